"""
What changed between two versions, as a document that people and programs read.

``dcs.diff/v1`` says what a reviewer asks first: other columns, more or fewer
rows, values that are distributed differently (with both histograms to draw),
and personal data that is new or gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from dcs.validation.drift.comparing import added, common_columns, compare, drifted, moved, retyped
from dcs.validation.drift.histograms import Histogram, histogram
from dcs.validation.drift.models import ColumnSketch, Sketch
from dcs.validation.drift.personal import Entity, Proposal, changed_entities, proposals
from dcs.validation.drift.settings import DriftSettings
from dcs.validation.models import Check

SCHEMA = "dcs.diff/v1"


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """
    One column that both versions have with the same type.

    Attributes:
        distance: How far the distributions are apart, by measure: ``psi``, ``ks``, ``values`` or ``lengths``.
        histogram: Both distributions over the same bins; None where none was kept.
        changed: Whether a check says that it differs.
    """

    name: str
    type: str
    null_share: tuple[float, float]
    distinct: tuple[int, int]
    distance: Mapping[str, float]
    histogram: Histogram | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Diff:
    """
    What changed from one version to another.

    Attributes:
        rows: Before and now.
        retyped: Name, previous and current type.
        reordered: Columns that stand in another place among those that both have.
        columns: Those that both have with the same type; the changed ones first.
        checks: What a judge of the current version would say.
        versions: Which versions were compared; filled in by whoever knows.
    """

    rows: tuple[int, int]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    retyped: tuple[tuple[str, str, str], ...]
    reordered: tuple[str, ...]
    columns: tuple[ColumnChange, ...]
    new_personal_data: tuple[Entity, ...]
    gone_personal_data: tuple[Entity, ...]
    proposals: tuple[Proposal, ...]
    checks: tuple[Check, ...]
    versions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def same_schema(self) -> bool:
        """Whether both have the same columns of the same types in the same order."""
        return not (self.added or self.removed or self.retyped or self.reordered)

    def to_json(self) -> dict[str, Any]:
        """Return the document ``dcs.diff/v1``."""
        return {
            "schema": SCHEMA,
            **self.versions,
            "rows": {"before": self.rows[0], "now": self.rows[1]},
            "columns_added": list(self.added),
            "columns_removed": list(self.removed),
            "columns_retyped": [
                {"name": name, "before": was, "now": now} for name, was, now in self.retyped
            ],
            "columns_reordered": list(self.reordered),
            "columns": [_column(each) for each in self.columns],
            "personal_data": {
                "new": [asdict(each) for each in self.new_personal_data],
                "gone": [asdict(each) for each in self.gone_personal_data],
            },
            "proposals": [_proposal(each) for each in self.proposals],
            "checks": [asdict(each) for each in drifted(self.checks)],
        }


def distance(previous: Sketch, current: Sketch, settings: DriftSettings | None = None) -> Diff:
    """Return what changed from *previous* to *current*; pure."""
    checks = compare(previous, current, settings)
    new, gone = changed_entities(previous, current)
    changes = [_change(*pair, checks) for pair in common_columns(previous, current)]
    return Diff(
        rows=(previous.rows, current.rows),
        added=tuple(added(previous, current)),
        removed=tuple(added(current, previous)),
        retyped=tuple(retyped(previous, current)),
        reordered=tuple(moved(previous, current)),
        columns=tuple(sorted(changes, key=lambda each: not each.changed)),
        new_personal_data=new,
        gone_personal_data=gone,
        proposals=proposals(new),
        checks=checks,
    )


def _change(previous: ColumnSketch, current: ColumnSketch, checks: Sequence[Check]) -> ColumnChange:
    own = [each for each in checks if each.column == current.name]
    measured = {
        each.rule: each.observed
        for each in own
        if each.rule in {"psi", "ks", "values", "lengths"} and each.observed is not None
    }
    return ColumnChange(
        name=current.name,
        type=current.type,
        null_share=(previous.null_share, current.null_share),
        distinct=(previous.distinct, current.distinct),
        distance=measured,
        histogram=histogram(previous, current),
        changed=bool(drifted(own)),
    )


def _column(change: ColumnChange) -> dict[str, Any]:
    return {
        "name": change.name,
        "type": change.type,
        "changed": change.changed,
        "null_share": {"before": change.null_share[0], "now": change.null_share[1]},
        "distinct": {"before": change.distinct[0], "now": change.distinct[1]},
        "distance": dict(change.distance),
        "histogram": None if change.histogram is None else asdict(change.histogram),
    }


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "column": proposal.column,
        "classification": proposal.classification.value,
        "tags": list(proposal.tags),
        "why": proposal.why,
    }
