"""
The equal checks with Great Expectations over pandas; runs in the guide's environment.

``python -m benchmarks.peers.gx_checks CSV``. Results are asked for as SUMMARY, which
counts everything and keeps twenty examples a check.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations import expectations as gxe

from benchmarks.equal_checks import EQUAL_CHECKS, TEXTS, EqualCheck, Kind
from benchmarks.peers.bounds import pandas_bounds
from benchmarks.peers.figures import report


def count(path: Path) -> Mapping[str, int]:
    """Read the file, check it, count the failures of each check."""
    table = pd.read_csv(path, dtype=dict.fromkeys(TEXTS, "str"))
    asked = [_expectation(each, table) for each in EQUAL_CHECKS]
    return validate(table, asked, [each.key for each in EQUAL_CHECKS])


def validate(table: pd.DataFrame, asked: Sequence[Any], keys: Sequence[str]) -> dict[str, int]:
    """
    Validate a table in one run.

    Args:
        asked: The expectations.
        keys: A name for each of them, in the same order; no two alike.

    Returns:
        The cells or rows that failed each, under its name.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("table").add_dataframe_asset("table")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": table})
    suite = gx.ExpectationSuite(name="suite")
    for key, each in zip(keys, asked, strict=True):
        each.meta = {"key": key}
        suite.add_expectation(each)
    outcome = batch.validate(suite, result_format="SUMMARY")
    broken = [each for each in outcome.results if each.exception_info.get("raised_exception")]
    if broken or len(outcome.results) != len(keys):
        raise RuntimeError(f"{len(broken)} of {len(outcome.results)} expectations were not judged")
    return {each.expectation_config.meta["key"]: _failed(each) for each in outcome.results}


def _failed(outcome: Any) -> int:
    return outcome.result.get("unexpected_count", 0 if outcome.success else 1)


def _expectation(check: EqualCheck, table: pd.DataFrame) -> Any:
    column = check.column
    match check.kind:
        case Kind.NULLS:
            return gxe.ExpectColumnValuesToNotBeNull(column=column)
        case Kind.FORMAT:
            return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=check.pattern)
        case Kind.ZSCORE | Kind.IQR:
            low, high = pandas_bounds(check, table[column])
            return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=low, max_value=high)
        case Kind.UNIQUE:
            return gxe.ExpectColumnValuesToBeUnique(column=column)
        case Kind.ENUM:
            return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=list(check.allowed))
        case Kind.RANGE:
            return gxe.ExpectColumnValuesToBeBetween(
                column=column, min_value=check.low, max_value=check.high
            )


if __name__ == "__main__":
    report(count)
