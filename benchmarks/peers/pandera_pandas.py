"""
The equal checks with Pandera over pandas; runs in Pandera's environment.

Validation is lazy, so that everything is counted; Pandera then also writes down every
cell that failed. z-scores and quartile ranges have no check of their own there: their
bounds come from pandas.
"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from benchmarks.equal_checks import COLUMNS, EQUAL_CHECKS, TEXTS, EqualCheck, Kind
from benchmarks.peers.bounds import pandas_bounds
from benchmarks.peers.figures import report


def count(path: Path) -> Mapping[str, int]:
    """Read the file, check it, count the failures of each check."""
    table = pd.read_csv(path, dtype=dict.fromkeys(TEXTS, "str"))
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
        failed = errors.failure_cases.groupby(["column", "check"], observed=True).size()
        for (column, check), number in failed.items():
            counts[f"{_NAMES.get(check, check)}:{column}"] += int(number)
    return counts


_NAMES = {"not_nullable": Kind.NULLS.value, "field_uniqueness": Kind.UNIQUE.value}


def _check(check: EqualCheck, column: pd.Series) -> pa.Check | None:
    name = {"error": check.kind.value}
    match check.kind:
        case Kind.FORMAT:
            return pa.Check.str_matches(check.pattern, **name)
        case Kind.ZSCORE | Kind.IQR:
            return pa.Check.in_range(*pandas_bounds(check, column), **name)
        case Kind.ENUM:
            return pa.Check.isin(check.allowed, **name)
        case Kind.RANGE:
            return pa.Check.in_range(check.low, check.high, **name)
        case _:
            return None


if __name__ == "__main__":
    report(count)
