"""Give a report its sketch, and say what changed since the version before."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from dcs.validation.drift.comparing import compare, nothing_before
from dcs.validation.drift.models import Sketch
from dcs.validation.drift.settings import DriftSettings
from dcs.validation.drift.sketching import sketch_of
from dcs.validation.models import Check, Kind, Outcome, Report, Severity


def followed(
    report: Report,
    table: Path,
    key: bytes,
    previous: Mapping[str, Any] | None,
    *,
    scratch: Path,
    memory: int,
    settings: DriftSettings | None = None,
) -> Report:
    """
    Return the report of a published table with its sketch and its checks of drift.

    A table too large to be sketched within *memory* is no worse for it: the
    report then says that it was not compared.

    Args:
        key: Of the digests.
        previous: The sketch of the previous active version, as its document.
        settings: What the data contract says about drift.
    """
    chosen = settings or DriftSettings()
    try:
        sketch = sketch_of(table, report, key, scratch=scratch, memory=memory)
    except duckdb.OutOfMemoryException:
        return replace(report, checks=(*report.checks, _too_large()))
    before = None if previous is None else Sketch.from_json(previous)
    checks = nothing_before(chosen) if before is None else compare(before, sketch, chosen)
    return replace(report, checks=(*report.checks, *checks), sketch=sketch.to_json())


def _too_large() -> Check:
    return Check(
        id="drift:sketch:",
        kind=Kind.DRIFT,
        rule="sketch",
        column=None,
        severity=Severity.WARNING,
        outcome=Outcome.NOT_EVALUATED,
        message="the table did not fit into memory to be compared with another version",
        dimension="consistency",
        fix="Give the judge more memory (DCS_VALIDATION_MEMORY).",
    )
