"""Compare a version with the previous active one: schema, rows, distributions, personal data."""

from typing import TYPE_CHECKING

from dcs.core.doors import opens
from dcs.validation.drift.models import ColumnSketch, Sketch

if TYPE_CHECKING:
    from dcs.validation.drift.comparing import compare, nothing_before
    from dcs.validation.drift.diff import Diff, distance
    from dcs.validation.drift.settings import DriftRule, DriftSettings, drift_rule
    from dcs.validation.drift.sketching import sketch_of

__all__ = [
    "ColumnSketch",
    "Diff",
    "DriftRule",
    "DriftSettings",
    "Sketch",
    "compare",
    "distance",
    "drift_rule",
    "nothing_before",
    "sketch_of",
]

_LATER = {
    "Diff": "diff",
    "DriftRule": "settings",
    "DriftSettings": "settings",
    "compare": "comparing",
    "distance": "diff",
    "drift_rule": "settings",
    "nothing_before": "comparing",
    "sketch_of": "sketching",
}

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, _LATER)
