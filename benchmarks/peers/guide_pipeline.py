"""
The guide's validation as it was meant, on today's libraries; runs in the guide's environment.

pandas loads the file, Presidio looks at the first thousand cells of each text column, Great
Expectations judges 41 expectations, and scipy's z-scores and the quartiles find outliers in
every column that pandas reads as a number. What the guide calls of Great Expectations was
removed from it, so the checks of its name run on the current interface.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from great_expectations import expectations as gxe
from scipy import stats

from benchmarks.equal_checks import COLUMNS, EQUAL_CHECKS, IQR_FACTOR, Kind, of_kind
from benchmarks.peers.figures import report
from benchmarks.peers.gx_checks import validate
from benchmarks.peers.presidio_blank import ENTITIES, analyzer

EMAIL = r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$"
SAMPLED = 1_000  # cells of a column that are searched for personal data
LOOKED_AT = 100  # cells of a column that are held to the format of a mailbox
MOST_NULLS, LEAST_UNIQUE, DEVIATIONS = 0.05, 0.01, 3
EXPECTED = 41


def pipeline(path: Path) -> Mapping[str, int]:
    """Run it; return how many findings each of its parts has, and its exact counts."""
    table = pd.read_csv(path)
    return {
        "personal_data": sum(1 for _ in _personal_data(table)),
        "quality": sum(1 for _ in _quality(table)),
        **_expectations(table),
        **dict(_outliers(table)),
    }


def _texts(table: pd.DataFrame) -> pd.DataFrame:
    return table.select_dtypes(include=["object", "string"])


def _personal_data(table: pd.DataFrame) -> Iterator[tuple[str, int, list[str]]]:
    engine = analyzer()
    for name, column in _texts(table).items():
        for row, text in enumerate(column.dropna().astype(str).head(SAMPLED)):
            found = engine.analyze(text=text, language="en", entities=list(ENTITIES))
            if found:
                yield str(name), row, [each.entity_type for each in found]


def _quality(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    for name in table.columns:
        if table[name].isnull().sum() / len(table) > MOST_NULLS:
            yield "completeness", name
    for name, column in _texts(table).items():
        if column.nunique() / len(table) < LEAST_UNIQUE:
            yield "uniqueness", str(name)
        sample = column.dropna().head(LOOKED_AT).astype(str)
        if sample.str.contains("@").any() and (~sample.str.match(EMAIL)).any():
            yield "format", str(name)


def _outliers(table: pd.DataFrame) -> Iterator[tuple[str, int]]:
    for name, column in table.select_dtypes(include=["float64", "int64"]).items():
        scores = np.abs(stats.zscore(column.dropna()))
        yield f"{Kind.ZSCORE}:{name}", int((scores > DEVIATIONS).sum())
        low, high = column.quantile(0.25), column.quantile(0.75)
        reach = IQR_FACTOR * (high - low)
        beyond = (column < low - reach) | (column > high + reach)
        yield f"{Kind.IQR}:{name}", int(beyond.sum())


def _expectations(table: pd.DataFrame) -> dict[str, int]:
    asked = dict(_asked(table))
    if len(asked) != EXPECTED:
        raise RuntimeError(f"{len(asked)} expectations instead of {EXPECTED}")
    return validate(table, list(asked.values()), list(asked))


def _asked(table: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    """Yield 20 for empty cells, 8 for types, 5 for ranges, 4 for z, and 4 of other kinds."""
    for name in COLUMNS:
        yield f"{Kind.NULLS}:{name}", gxe.ExpectColumnValuesToNotBeNull(column=name)
    for name in COLUMNS[:8]:
        kind = str(table[name].dtype)
        yield f"type:{name}", gxe.ExpectColumnValuesToBeOfType(column=name, type_=kind)
    for name in ("id", "amount", "score", "ratio"):
        low, high = float(table[name].min()), float(table[name].max())
        yield f"whole_range:{name}", _between(name, low, high)
    for check in of_kind(Kind.RANGE):
        yield check.key, _between(check.column, check.low, check.high)
    for check in of_kind(Kind.ZSCORE):
        yield (
            f"expected_{check.key}",
            gxe.ExpectColumnValueZScoresToBeLessThan(
                column=check.column, threshold=DEVIATIONS, double_sided=True
            ),
        )
    for check in EQUAL_CHECKS:
        name = check.column
        if check.kind is Kind.UNIQUE:
            yield check.key, gxe.ExpectColumnValuesToBeUnique(column=name)
        elif check.kind is Kind.FORMAT:
            yield check.key, gxe.ExpectColumnValuesToMatchRegex(column=name, regex=check.pattern)
        elif check.kind is Kind.ENUM:
            allowed = list(check.allowed)
            yield check.key, gxe.ExpectColumnValuesToBeInSet(column=name, value_set=allowed)


def _between(name: str, low: float, high: float) -> Any:
    return gxe.ExpectColumnValuesToBeBetween(column=name, min_value=low, max_value=high)


if __name__ == "__main__":
    report(pipeline, note=f"personal data in the first {SAMPLED:,} cells of a text column")
