"""Bounds of outliers in pandas and Polars, where a peer knows no check of the kind."""

from typing import Any

from benchmarks.equal_checks import DEVIATIONS, IQR_FACTOR, EqualCheck, Kind

Bounds = tuple[float, float]


def pandas_bounds(check: EqualCheck, column: Any) -> Bounds:
    """Return the least and the greatest number of a pandas column that pass."""
    if check.kind is Kind.ZSCORE:
        return _around(column.mean(), column.std(ddof=0))
    return _beyond(column.quantile(0.25), column.quantile(0.75))


def polars_bounds(check: EqualCheck, column: Any) -> Bounds:
    """Return the same of a Polars column."""
    if check.kind is Kind.ZSCORE:
        return _around(column.mean(), column.std(ddof=0))
    quartiles = [column.quantile(share, interpolation="linear") for share in (0.25, 0.75)]
    return _beyond(quartiles[0], quartiles[1])


def _around(mean: float, deviation: float) -> Bounds:
    return mean - DEVIATIONS * deviation, mean + DEVIATIONS * deviation


def _beyond(low: float, high: float) -> Bounds:
    reach = IQR_FACTOR * (high - low)
    return low - reach, high + reach
