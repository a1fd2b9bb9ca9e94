"""What each column is like: counts, numbers and a histogram, over all rows."""

from typing import Any

from dcs.validation.checks import MOSTLY, NUMERIC
from dcs.validation.models import ColumnProfile, PersonalData
from dcs.validation.table import Table

BINS = 20
PARTLY_SHOWN = frozenset({"EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD"})


def profile_columns(table: Table, found: tuple[PersonalData, ...]) -> dict[str, ColumnProfile]:
    """Return the profile of every column; numbers of personal data are left out."""
    return {name: _profile(table, name, found) for name in table.names}


def _profile(table: Table, name: str, found: tuple[PersonalData, ...]) -> ColumnProfile:
    kind = table.types[name]
    cell = table.cell(name)
    tags = tuple(each.entity for each in found if each.column == name)
    nulls, distinct = table.ask(
        f"SELECT count(*) - count({cell}), count(DISTINCT {cell}) FROM data"  # noqa: S608  # our own text
    )[0]
    shown: dict[str, Any] = {}
    if not tags:
        value = f"CAST({cell} AS DOUBLE)" if kind in NUMERIC else f"length({cell})"
        shown = _numbers(table, value) if kind in NUMERIC else {}
        if kind in NUMERIC or kind == "text":
            shown |= _histogram(table, value)
    return ColumnProfile(
        name=name,
        type=kind,
        nulls=nulls,
        null_share=nulls / table.rows,
        distinct=distinct,
        tags=tags,
        method=_method(name, found),
        **shown,
    )


def _numbers(table: Table, value: str) -> dict[str, Any]:
    mean, deviation, *quartiles = table.ask(
        f"SELECT avg({value}), stddev_pop({value}), quantile_cont({value}, 0.25), "  # noqa: S608  # our own text
        f"quantile_cont({value}, 0.5), quantile_cont({value}, 0.75) FROM data"
    )[0]
    return {"mean": mean, "deviation": deviation, "quartiles": tuple(quartiles)}


def _histogram(table: Table, value: str) -> dict[str, Any]:
    """Count the values in equal steps between the lowest and the highest."""
    low, high = table.ask(f"SELECT min({value}), max({value}) FROM data")[0]  # noqa: S608  # our own text
    if low is None:
        return {}
    step = (high - low) / BINS
    place = f"least(CAST(floor(({value} - {low!r}) / {step!r}) AS INTEGER), {BINS - 1})"
    counts = [0] * BINS
    if step > 0:
        rows = table.ask(
            f"SELECT {place} AS place, count(*) FROM data WHERE {value} IS NOT NULL GROUP BY place"  # noqa: S608  # our own text
        )
        for position, count in rows:
            counts[position] = count
    else:
        counts[0] = table.ask(f"SELECT count({value}) FROM data")[0][0]  # noqa: S608  # our own text
    return {"low": float(low), "high": float(high), "histogram": tuple(counts)}


def _method(name: str, found: tuple[PersonalData, ...]) -> str:
    """Choose how a column is masked: partly shown only where nearly every cell has that form."""
    for each in found:
        if each.column == name and each.entity in PARTLY_SHOWN and each.share >= MOSTLY:
            return "partial"
    return "redact"
