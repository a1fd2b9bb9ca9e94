"""
Compare a version with the previous active one: what changed, and does it matter?

Pure: two sketches in, checks out. The ids of the checks stay the same from
version to version, so each can be followed over time; what did not change is
a check that passed.
"""

from collections.abc import Iterator, Sequence

from dcs.validation.drift.columns import column_differences
from dcs.validation.drift.models import ColumnSketch, Sketch
from dcs.validation.drift.personal import found_newly
from dcs.validation.drift.settings import DriftSettings, Metric
from dcs.validation.drift.verdicts import Difference, verdict
from dcs.validation.models import Check, Kind, Outcome

NAMED = 5  # columns a message names


def compare(
    previous: Sketch, current: Sketch, settings: DriftSettings | None = None
) -> tuple[Check, ...]:
    """
    Return a check of everything that may have changed since the previous version.

    Args:
        previous: The active version before.
        current: The version that is judged.
        settings: What the data contract says about it; by default everything warns.

    Returns:
        Of the table: added, removed, retyped and reordered columns, rows, and new
        personal data; of each column that both have with one type: empty cells and its
        distribution. Where there is nothing to compare the check is EXCLUDED and says why.
    """
    chosen = settings or DriftSettings()
    return tuple(verdict(each, chosen) for each in _differences(previous, current))


def nothing_before(settings: DriftSettings) -> tuple[Check, ...]:
    """Return the data contract's rules about drift for a dataset's first version: EXCLUDED."""
    return tuple(
        verdict(
            Difference(
                rule.metric,
                rule.metric.value,
                rule.column,
                None,
                "",
                "there is no previous active version to compare with",
            ),
            settings,
        )
        for rule in settings.rules
    )


def drifted(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the checks that found a difference to the previous version."""
    broken = {Outcome.WARN, Outcome.FAILED}
    return tuple(each for each in checks if each.kind is Kind.DRIFT and each.outcome in broken)


def _differences(previous: Sketch, current: Sketch) -> Iterator[Difference]:
    yield from _schema(previous, current)
    yield _rows(previous.rows, current.rows)
    before = {each.name: each for each in previous.columns}
    for column in current.columns:
        yield from found_newly(before.get(column.name), column)
    for was, column in common_columns(previous, current):
        yield from column_differences(was, column)


def common_columns(previous: Sketch, current: Sketch) -> list[tuple[ColumnSketch, ColumnSketch]]:
    """Return the columns that both versions have with the same type, in today's order."""
    before = {each.name: each for each in previous.columns}
    return [
        (before[each.name], each)
        for each in current.columns
        if each.name in before and before[each.name].type == each.type
    ]


def added(previous: Sketch, current: Sketch) -> list[str]:
    """Return the names of columns that the previous version did not have."""
    known = set(previous.names)
    return [name for name in current.names if name not in known]


def retyped(previous: Sketch, current: Sketch) -> list[tuple[str, str, str]]:
    """Return name, previous and current type of the columns whose type is another."""
    types = {each.name: each.type for each in previous.columns}
    return [
        (each.name, types[each.name], each.type)
        for each in current.columns
        if types.get(each.name, each.type) != each.type
    ]


def moved(previous: Sketch, current: Sketch) -> list[str]:
    """Return the columns of both versions that stand in another place among them."""
    before, now = set(previous.names), set(current.names)
    kept = [name for name in current.names if name in before]
    was = [name for name in previous.names if name in now]
    return [name for name, other in zip(kept, was, strict=True) if name != other]


def _schema(previous: Sketch, current: Sketch) -> Iterator[Difference]:
    yield _columns("added_columns", "new columns", added(previous, current))
    yield _columns("removed_columns", "missing columns", added(current, previous))
    types = [f"{name} ({was} → {now})" for name, was, now in retyped(previous, current)]
    yield _columns("retyped_columns", "columns of another type", types)
    yield _columns("reordered_columns", "columns in another order", moved(previous, current))


def _columns(rule: str, what: str, names: Sequence[str]) -> Difference:
    shown = ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
    message = f"{what} since the previous version: {len(names):,} ({shown})"
    return Difference(Metric.SCHEMA, rule, None, float(len(names)), "columns", message)


def _rows(previous: int, current: int) -> Difference:
    change = abs(current - previous) / previous if previous else None
    message = f"{previous:,} rows in the previous version, {current:,} now"
    return Difference(Metric.ROWS, "rows", None, change, "share of the previous rows", message)
