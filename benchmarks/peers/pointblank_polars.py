"""
The equal checks with Pointblank over Polars; runs in Pointblank's environment.

It keeps no extract of the rows that failed, which spares it time; z-scores and
quartile ranges are its check of bounds, with the bounds from Polars.
"""

from collections.abc import Mapping
from pathlib import Path

import pointblank as pb
import polars as pl

from benchmarks.equal_checks import EQUAL_CHECKS, TEXTS, EqualCheck, Kind
from benchmarks.peers.bounds import polars_bounds
from benchmarks.peers.figures import report


def count(path: Path) -> Mapping[str, int]:
    """Read the file, check it, count the failures of each check."""
    table = pl.read_csv(path, schema_overrides=dict.fromkeys(TEXTS, pl.String))
    validation = pb.Validate(data=table)
    for each in EQUAL_CHECKS:
        validation = _asked(validation, each, table)
    done = validation.interrogate(collect_extracts=False)
    failed = done.n_failed()
    if len(failed) != len(EQUAL_CHECKS):
        raise RuntimeError(f"{len(failed)} steps for {len(EQUAL_CHECKS)} checks")
    return {each.key: failed[step] for step, each in enumerate(EQUAL_CHECKS, start=1)}


def _asked(validation: pb.Validate, check: EqualCheck, table: pl.DataFrame) -> pb.Validate:
    column = check.column
    match check.kind:
        case Kind.NULLS:
            return validation.col_vals_not_null(columns=column)
        case Kind.FORMAT:
            return validation.col_vals_regex(columns=column, pattern=check.pattern, na_pass=True)
        case Kind.ZSCORE | Kind.IQR:
            low, high = polars_bounds(check, table[column])
            return validation.col_vals_between(columns=column, left=low, right=high, na_pass=True)
        case Kind.UNIQUE:
            return validation.rows_distinct(columns_subset=[column])
        case Kind.ENUM:
            return validation.col_vals_in_set(columns=column, set=[*check.allowed, None])
        case Kind.RANGE:
            return validation.col_vals_between(
                columns=column, left=check.low, right=check.high, na_pass=True
            )


if __name__ == "__main__":
    report(count)
