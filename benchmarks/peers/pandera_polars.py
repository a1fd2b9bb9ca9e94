"""
The equal checks with Pandera over Polars; runs in Pandera's environment.

As over pandas: lazy, so that everything is counted, and with bounds from Polars for
what Pandera has no check of its own.
"""

from collections.abc import Mapping
from pathlib import Path

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from benchmarks.equal_checks import COLUMNS, EQUAL_CHECKS, TEXTS, EqualCheck, Kind
from benchmarks.peers.bounds import polars_bounds
from benchmarks.peers.figures import report


def count(path: Path) -> Mapping[str, int]:
    """Read the file, check it, count the failures of each check."""
    table = pl.read_csv(path, schema_overrides=dict.fromkeys(TEXTS, pl.String))
    columns = {}
    for name in COLUMNS:
        mine = [each for each in EQUAL_CHECKS if each.column == name]
        columns[name] = pa.Column(
            checks=[made for each in mine if (made := _check(each, table[name])) is not None],
            nullable=False,
            unique=any(each.kind is Kind.UNIQUE for each in mine),
        )
    counts = dict.fromkeys((each.key for each in EQUAL_CHECKS), 0)
    try:
        pa.DataFrameSchema(columns).validate(table, lazy=True)
    except SchemaErrors as errors:
        failed = errors.failure_cases.group_by("column", "check").len()
        for column, check, number in failed.iter_rows():
            counts[f"{_NAMES.get(check, check)}:{column}"] += number
    return counts


_NAMES = {"not_nullable": Kind.NULLS.value, "field_uniqueness": Kind.UNIQUE.value}


def _check(check: EqualCheck, column: pl.Series) -> pa.Check | None:
    name = {"error": check.kind.value}
    match check.kind:
        case Kind.FORMAT:
            return pa.Check.str_matches(check.pattern, **name)
        case Kind.ZSCORE | Kind.IQR:
            return pa.Check.in_range(*polars_bounds(check, column), **name)
        case Kind.ENUM:
            return pa.Check.isin(check.allowed, **name)
        case Kind.RANGE:
            return pa.Check.in_range(check.low, check.high, **name)
        case _:
            return None


if __name__ == "__main__":
    report(count)
