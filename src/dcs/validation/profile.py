"""What each column is like: counts, numbers and a histogram, over all rows."""

from typing import Any

import numpy as np

from dcs.validation.examined import MOSTLY, Examined, ExaminedColumn
from dcs.validation.kernels.cells import KINDS, LENGTHS, PLAIN_LENGTHS
from dcs.validation.masking import digest
from dcs.validation.models import ColumnProfile, Frequent, PersonalData
from dcs.validation.passes.second import BINS
from dcs.validation.shapes import shape
from dcs.validation.statistics.column import ColumnStatistics

MOST_FREQUENT = 10  # values that are shown of a column
NARROW = 200  # columns up to which each shows its frequent values
STRICTEST = ("SECRET", "CONFIDENTIAL", "INTERNAL", "PUBLIC")
PARTLY_SHOWN = frozenset({"EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD"})


def profile_columns(examined: Examined) -> dict[str, ColumnProfile]:
    """Return the profile of every column; numbers of personal data are left out."""
    return {name: _profile(examined, each) for name, each in examined.columns.items()}


def _profile(examined: Examined, column: ExaminedColumn) -> ColumnProfile:
    statistics = column.statistics
    counted = (each for each in column.personal_data if not (each.is_suspected or each.excluded))
    tags = tuple(dict.fromkeys(each.tag for each in counted))
    shown: dict[str, Any] = {}
    if not tags:
        shown = _numbers(column) if column.exact is not None else {}
        if column.kind == "text":
            shown = _lengths(statistics) | {"frequent": _frequent(examined, column)}
    return ColumnProfile(
        name=column.name,
        type=column.kind,
        nulls=statistics.nulls,
        null_share=statistics.nulls / examined.rows,
        distinct=min(statistics.distinct.count(), examined.rows),
        tags=tags,
        method=_method(column.personal_data),
        distinct_exact=statistics.distinct.is_exact,
        formats=_formats(statistics),
        proposed_classification=_classification(column.personal_data),
        **shown,
    )


def _numbers(column: ExaminedColumn) -> dict[str, Any]:
    moments, exact = column.statistics.moments, column.exact
    if exact is None:
        return {}
    return {
        "low": moments.low,
        "high": moments.high,
        "mean": moments.mean,
        "deviation": moments.deviation,
        "quartiles": exact.quartiles,
        "histogram": exact.histogram,
    }


def _lengths(statistics: ColumnStatistics) -> dict[str, Any]:
    """Count the texts in equal steps between the shortest and the longest."""
    if not statistics.filled:
        return {}
    low, high = statistics.shortest, statistics.longest
    step = (high - low) / BINS
    counts = [0] * BINS
    for bucket in np.flatnonzero(statistics.lengths):
        length = min(max(_length_of(int(bucket)), low), high)
        place = min(int((length - low) / step), BINS - 1) if step else 0
        counts[place] += int(statistics.lengths[bucket])
    return {
        "low": float(low),
        "high": float(high),
        "histogram": tuple(counts),
        "minimum_length": low,
        "maximum_length": high,
        "mean_length": statistics.characters / statistics.filled,
    }


def _frequent(examined: Examined, column: ExaminedColumn) -> tuple[Frequent, ...]:
    """Return the values that occur most often, masked; () where too many are different."""
    if len(examined.columns) > NARROW:
        return ()
    found = [each for each in column.statistics.distinct.frequent(MOST_FREQUENT) if each.count > 1]
    if not found:
        return ()
    values = examined.published.texts_at(column.name, [each.first_row for each in found])
    return tuple(
        Frequent(shape(value), digest(examined.key, value), each.count)
        for each, value in zip(found, values, strict=True)
        if value
    )


def _formats(statistics: ColumnStatistics) -> dict[str, int]:
    """Count the cells by the type each would have alone."""
    return {
        kind: int(statistics.counts[place])
        for place, kind in enumerate(KINDS)
        if statistics.counts[place]
    }


def _classification(found: tuple[PersonalData, ...]) -> str:
    """Return the strictest classification that personal data of the column proposes."""
    proposed = {each.classification for each in found if not each.excluded}
    return next((each for each in STRICTEST if each in proposed), "")


def _length_of(bucket: int) -> int:
    """Return the shortest length of a bucket of `cells.length_bucket`."""
    if bucket < PLAIN_LENGTHS:
        return bucket
    doubling, quarter = divmod(min(bucket, LENGTHS - 1) - PLAIN_LENGTHS, 4)
    return (4 + quarter) << (5 + doubling)


def _method(found: tuple[PersonalData, ...]) -> str:
    """Choose how a column is masked: partly shown only where nearly every cell has that form."""
    partly = any(each.entity in PARTLY_SHOWN and each.share >= MOSTLY for each in found)
    return "partial" if partly else "redact"
