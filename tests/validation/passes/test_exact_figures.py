"""Exact figures are those of an independent computation with NumPy and SciPy, on real and on made tables."""

import csv
import math
import statistics
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from dcs.validation import Report
from dcs.validation.statistics.distinct import EXACT, STANDARD_ERROR
from tests.validation.conftest import Judge, check_of

NUMBERS = ("integer", "number")


def column(values: Sequence[str]) -> np.ndarray:
    return np.array([float(value) for value in values if value != ""])


SMALL = 1e6  # whole numbers up to it are squared and summed without rounding


def outliers(values: np.ndarray) -> tuple[int, int, int]:
    """
    Count by z-score and by interquartile range, as SciPy and NumPy have them.

    Between the two stands how many values are so near three deviations that the last digit
    of a sum decides; of small whole numbers none is.
    """
    low, high = np.quantile(values, [0.25, 0.75])
    reach = 1.5 * (high - low)
    far = unsure = 0
    if values.min() != values.max():
        scores = np.abs(stats.zscore(values))
        close = np.abs(scores - 3) < 1e-9  # rounding may decide about these, so it does not
        far = int((scores[~close] > 3).sum()) + exactly_far(values, values[close])
        whole = bool((values == np.round(values)).all()) and np.abs(values).max() <= SMALL
        unsure = 0 if whole else int(close.sum())
    return far, unsure, int(((values < low - reach) | (values > high + reach)).sum())


def exactly_far(values: np.ndarray, chosen: np.ndarray) -> int:
    """Count the chosen ones that are more than three deviations from the mean, in fractions."""
    if not len(chosen):
        return 0
    exact = [Fraction(each) for each in values.tolist()]
    mean = sum(exact) / len(exact)
    variance = sum((each - mean) ** 2 for each in exact) / len(exact)
    return sum((Fraction(each) - mean) ** 2 > 9 * variance for each in chosen.tolist())


def assert_distinct(found: int, expected: int) -> None:
    """Small sets are counted exactly; large ones are estimated, here within three standard errors."""
    if expected <= EXACT:
        assert found == expected
    else:
        assert found == pytest.approx(expected, rel=3 * STANDARD_ERROR)


def assert_figures(report: Report, rows: Sequence[Mapping[str, str]]) -> None:
    for profile in report.columns:
        cells = [row[profile.name] for row in rows]
        assert profile.nulls == cells.count(""), profile.name
        if profile.type not in NUMBERS:
            assert_distinct(profile.distinct, len(set(cells) - {""}))
            continue
        values = column(cells)
        assert_distinct(profile.distinct, len(np.unique(values)))
        if profile.tags:
            continue
        assert profile.quartiles == tuple(np.quantile(values, [0.25, 0.5, 0.75]))
        assert (profile.low, profile.high) == (values.min(), values.max())
        exact = [Fraction(each) for each in values.tolist()]
        assert profile.mean == float(sum(exact) / len(exact))
        assert profile.deviation == pytest.approx(statistics.pstdev(exact), rel=1e-12)
        assert sum(profile.histogram) == len(values)
        far, unsure, outside = outliers(values)
        counted = check_of(report, f"zscore:outliers:{profile.name}").failed_rows
        assert abs(counted - far) <= unsure
        assert check_of(report, f"iqr:outliers:{profile.name}").failed_rows == outside


@pytest.mark.parametrize(
    "name",
    [
        "bechdel_movies.csv",
        "college-majors_recent-grads.csv",
        "comic-characters_dc-wikia-data.csv",
        "congress-demographics_data_aging_congress.csv",
        "us-weather-history_KMDW.csv",
    ],
)
def test_figures_of_real_files_are_exact(
    judge: Judge, real_data: Mapping[str, Path], name: str
) -> None:
    report = judge(real_data[name])
    with real_data[name].open(encoding="utf-8-sig", newline="") as source:
        assert_figures(report, list(csv.DictReader(source)))


decimals = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3
)
cells = st.one_of(st.just(""), st.integers(-(10**15), 10**15).map(str), decimals.map(str))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(cells, st.sampled_from(["a", "b", "", "c c"])), min_size=1, max_size=60))
def test_figures_of_made_tables_are_exact(judge: Judge, table: list[tuple[str, str]]) -> None:
    report = judge("n,kind\n" + "".join(f"{n},{kind}\n" for n, kind in table))
    rows = [{"n": n, "kind": kind} for n, kind in table]
    if all(n == "" for n, _ in table):
        assert report.columns[0].type == "text"
    else:
        assert_figures(report, rows)


@pytest.mark.parametrize(
    "values",
    [
        np.full(5_000, 0.1),
        np.repeat([1.0, 2.0], [4_999, 1]),
        np.concatenate([np.zeros(9_000), np.geomspace(1e-9, 1e9, 1_000)]),
        np.random.default_rng(5).lognormal(4, 1, 200_000),
        np.arange(300_001.0),
    ],
    ids=["constant", "nearly constant", "skewed", "lognormal", "over several row groups"],
)
def test_quartiles_are_exact_whatever_the_sketch_says(judge: Judge, values: np.ndarray) -> None:
    shuffled = np.random.default_rng(1).permutation(values)
    report = judge("n\n" + "\n".join(map(repr, shuffled.tolist())) + "\n")
    [profile] = report.columns
    assert profile.quartiles == tuple(np.quantile(values, [0.25, 0.5, 0.75]))
    far, unsure, outside = outliers(values)
    assert abs(check_of(report, "zscore:outliers:n").failed_rows - far) <= unsure
    assert check_of(report, "iqr:outliers:n").failed_rows == outside
    assert profile.deviation is not None
    assert math.isclose(profile.deviation, values.std(), rel_tol=1e-9, abs_tol=1e-12)


def test_a_column_with_too_many_values_to_count_is_estimated_within_its_bound(judge: Judge) -> None:
    rows = "".join(f"person_{n}\n" for n in range(60_000))
    report = judge("name\n" + rows)
    check = check_of(report, "uniqueness:distinct:name")
    assert not check.exact
    assert check.error_bound is not None
    assert abs(report.columns[0].distinct - 60_000) <= check.error_bound * 60_000


@pytest.mark.parametrize(
    ("values", "far"),
    [
        ([0] * 9 + [1], 0),  # three deviations exactly
        ([0] * 10 + [1], 1),
        ([7] * 9 + [-3], 0),
    ],
)
def test_a_value_just_three_deviations_away_is_not_more(
    judge: Judge, values: list[int], far: int
) -> None:
    report = judge("n\n" + "\n".join(map(str, values)) + "\n")
    assert check_of(report, "zscore:outliers:n").failed_rows == far
