"""What is said of a version that differs from the one before, and of one that does not."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dcs.validation import Check, Kind, Outcome, Report, Severity
from dcs.validation.drift import DriftRule, DriftSettings, compare, drift_rule, nothing_before
from dcs.validation.drift.comparing import drifted
from dcs.validation.drift.distances import FLOOR, ks_p_value, psi, psi_by_chance
from dcs.validation.drift.distributions import Distribution, ks_distance
from dcs.validation.drift.settings import Metric
from tests.validation.drift.conftest import Sketched

Columns = Mapping[str, Sequence[Any]] | pa.Table
RANDOM = np.random.default_rng(7)
AMOUNTS = RANDOM.lognormal(3, 0.8, 50_000)


def checks_of(sketched: Sketched, before: Columns, now: Columns) -> dict[str, Check]:
    return {each.id: each for each in compare(sketched(before), sketched(now))}


def found(sketched: Sketched, before: Columns, now: Columns) -> set[str]:
    return {each.id for each in drifted(tuple(checks_of(sketched, before, now).values()))}


def test_the_same_rows_again_have_not_drifted(sketched: Sketched) -> None:
    table = pa.table(
        {
            "n": list(range(500)),
            "amount": AMOUNTS[:500],
            "city": ["Turku", "Uppsala"] * 250,
            "ok": [True, None] * 250,
            "text": [f"text number {n}" for n in range(500)],
            "empty": pa.nulls(500, pa.string()),
        }
    )
    checks = compare(sketched(table), sketched(table))
    assert drifted(checks) == ()
    assert {each.kind for each in checks} == {Kind.DRIFT}
    assert all((each.observed or 0.0) <= (each.error_bound or 0.0) for each in checks)


def test_another_sample_of_the_same_distribution_has_not_drifted(sketched: Sketched) -> None:
    for size in (10, 100, 3_000):
        one, other = AMOUNTS[:size], AMOUNTS[size : 2 * size]
        assert found(sketched, {"a": one}, {"a": other}) == set(), size


def test_columns_that_came_went_or_changed_their_type_are_named(sketched: Sketched) -> None:
    before = {"a": [1, 2], "b": [1, 2], "gone": [1, 2]}
    now = {"b": ["x", "y"], "a": [1, 2], "new": [1, 2]}
    checks = checks_of(sketched, before, now)
    messages = {name: checks[f"drift:{name}_columns:"].message for name in ("added", "removed")}
    assert "1 (new)" in messages["added"]
    assert "1 (gone)" in messages["removed"]
    assert "b (integer → text)" in checks["drift:retyped_columns:"].message
    assert checks["drift:reordered_columns:"].observed == 2
    assert "drift:psi:b" not in checks


def test_a_column_in_front_moves_no_other(sketched: Sketched) -> None:
    checks = checks_of(sketched, {"a": [1], "b": [1]}, {"new": [1], "a": [1], "b": [1]})
    assert checks["drift:reordered_columns:"].outcome is Outcome.PASSED


def test_half_of_the_rows_missing_is_said_with_both_numbers(sketched: Sketched) -> None:
    checks = checks_of(sketched, {"a": list(range(1_000))}, {"a": list(range(300))})
    rows = checks["drift:rows:"]
    assert (rows.outcome, rows.observed, rows.threshold) == (Outcome.WARN, 0.7, 0.5)
    assert rows.message == "1,000 rows in the previous version, 300 now"
    assert (rows.operator, rows.exact) == ("mustBeLessOrEqualTo", True)


def test_more_empty_cells_are_said_with_both_shares(sketched: Sketched) -> None:
    before = {"a": [1] * 900 + [None] * 100}
    now = {"a": [1] * 600 + [None] * 400}
    nulls = checks_of(sketched, before, now)["drift:nulls:a"]
    assert (nulls.outcome, nulls.observed) == (Outcome.WARN, pytest.approx(0.3))
    assert nulls.message == "empty cells: 10.0% in the previous version, 40.0% now"


def test_a_few_cells_more_in_a_small_file_may_be_chance(sketched: Sketched) -> None:
    few = found(sketched, {"a": [1] * 9 + [None]}, {"a": [1] * 7 + [None] * 3})
    assert "drift:nulls:a" not in few


@pytest.mark.parametrize(
    ("factor", "broken"), [(1.0, set()), (1.05, set()), (2.0, {"drift:psi:a", "drift:ks:a"})]
)
def test_numbers_that_were_scaled_have_drifted(
    sketched: Sketched, factor: float, broken: set[str]
) -> None:
    assert found(sketched, {"a": AMOUNTS}, {"a": AMOUNTS * factor}) == broken


def test_the_ks_distance_is_within_its_bound_of_the_exact_one(sketched: Sketched) -> None:
    one, other = AMOUNTS[:20_000], AMOUNTS[20_000:] * 1.2
    points = np.sort(np.concatenate([one, other]))
    exact = np.abs(
        np.searchsorted(np.sort(one), points, "right") / len(one)
        - np.searchsorted(np.sort(other), points, "right") / len(other)
    ).max()
    ks = checks_of(sketched, {"a": one}, {"a": other})["drift:ks:a"]
    assert ks.observed is not None
    assert ks.error_bound is not None
    assert not ks.exact
    assert abs(ks.observed - exact) <= ks.error_bound
    assert ks.error_bound < 0.02


def test_the_ks_distance_of_few_values_is_exact(sketched: Sketched) -> None:
    ks = checks_of(sketched, {"a": [1, 2, 3, 4]}, {"a": [3, 4, 5, 6]})["drift:ks:a"]
    assert (ks.observed, ks.error_bound, ks.exact) == (0.5, None, True)


def test_psi_is_within_its_bound_of_the_exact_one(sketched: Sketched) -> None:
    one, other = AMOUNTS[:25_000], AMOUNTS[25_000:] * 1.5
    edges = np.quantile(one, np.arange(1, 10) / 10)
    shares = [
        np.bincount(np.searchsorted(edges, each), minlength=10) / len(each) for each in (one, other)
    ]
    check = checks_of(sketched, {"a": one}, {"a": other})["drift:psi:a"]
    assert check.observed is not None
    assert check.error_bound is not None
    assert abs(check.observed - psi(*shares)) <= check.error_bound
    assert check.observed > 0.1


def test_a_constant_column_that_holds_another_constant_has_drifted(sketched: Sketched) -> None:
    assert {"drift:psi:a", "drift:ks:a"} == found(sketched, {"a": [5] * 200}, {"a": [3] * 200})
    assert {"drift:psi:a", "drift:ks:a"} == found(sketched, {"a": [5] * 200}, {"a": [9] * 200})
    assert found(sketched, {"a": [5] * 200}, {"a": [5] * 200}) == set()


def test_a_column_of_zeros_that_has_other_values_now_has_drifted(sketched: Sketched) -> None:
    before = {"a": [0] * 700 + list(range(1, 301))}
    assert "drift:psi:a" in found(sketched, before, {"a": list(range(1, 1_001))})
    assert found(sketched, before, {"a": [0] * 690 + list(range(1, 311))}) == set()


def test_a_new_value_of_a_category_has_drifted(sketched: Sketched) -> None:
    before = {"city": ["Turku", "Uppsala"] * 500}
    now = {"city": ["Turku", "Uppsala"] * 400 + ["Oslo"] * 200}
    check = checks_of(sketched, before, now)["drift:values:city"]
    assert check.outcome is Outcome.WARN
    assert check.exact
    assert check.observed == pytest.approx(
        2 * (0.4 - 0.5) * math.log(0.4 / 0.5) + (0.2 - FLOOR) * math.log(0.2 / FLOOR)
    )
    assert "Oslo" not in check.message


def test_texts_that_became_longer_have_drifted(sketched: Sketched) -> None:
    before = {"t": [f"text {n:05}" for n in range(2_000)]}
    now = {"t": [f"a much longer text than before {n:05}" for n in range(2_000)]}
    assert found(sketched, before, now) == {"drift:lengths:t"}


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.string(), pa.bool_()])
def test_a_column_that_became_empty_or_full_is_said_without_dividing_by_nothing(
    sketched: Sketched, kind: pa.DataType
) -> None:
    full = pa.table({"a": pa.array([1] * 50).cast(kind)})
    empty = pa.table({"a": pa.nulls(50, kind)})
    rule = "psi" if kind in {pa.int64(), pa.float64()} else "values"
    for before, now, when in ((full, empty, "now"), (empty, full, "in the previous version")):
        checks = checks_of(sketched, before, now)
        assert checks["drift:nulls:a"].outcome is Outcome.WARN
        left_out = checks[f"drift:{rule}:a"]
        assert left_out.outcome is Outcome.EXCLUDED
        assert left_out.message == f"all its cells are empty {when}"
    checks = checks_of(sketched, empty, empty)
    assert checks[f"drift:{rule}:a"].message == "all its cells are empty in both versions"
    assert checks["drift:nulls:a"].outcome is Outcome.PASSED


def test_a_version_without_rows_can_be_compared(sketched: Sketched) -> None:
    none = pa.table({"a": pa.array([], pa.int64())})
    some = {"a": [1, 2, 3]}
    assert found(sketched, some, none) == {"drift:rows:"}
    assert checks_of(sketched, none, some)["drift:rows:"].outcome is Outcome.EXCLUDED
    assert found(sketched, none, none) == set()


def test_a_column_without_finite_numbers_is_left_out(sketched: Sketched) -> None:
    checks = checks_of(sketched, {"a": [math.nan] * 9}, {"a": [1.0] * 9})
    assert checks["drift:psi:a"].outcome is Outcome.EXCLUDED
    assert "none are finite" in checks["drift:psi:a"].message


def test_personal_data_that_was_not_there_before_is_named(sketched: Sketched) -> None:
    rows = {"note": [f"note {n}" for n in range(40)]}
    before = sketched(rows)
    now = sketched(rows, {"note": ("EMAIL_ADDRESS", 30)})
    [check] = drifted(compare(before, now))
    assert check.id == "drift:new_email_address:note"
    assert check.message == "EMAIL_ADDRESS in 30 cells, where the previous version had none"
    assert (check.severity, check.failed_rows) == (Severity.WARNING, 30)
    assert drifted(compare(now, now)) == ()
    left_out = next(each for each in compare(before, now) if each.id == "drift:values:note")
    assert left_out.outcome is Outcome.EXCLUDED


def test_a_contract_can_make_drift_an_error_with_a_threshold_of_its_own(
    sketched: Sketched,
) -> None:
    before, now = sketched({"a": AMOUNTS}), sketched({"a": AMOUNTS * 1.5})
    strict = drift_rule(
        {"check": "psi", "mustBeLessThan": 0.12},
        column="a",
        severity=Severity.ERROR,
        odcs_path="schema[0].properties[0].quality[0]",
    )
    assert strict is not None
    by_id = {each.id: each for each in compare(before, now, DriftSettings((strict,)))}
    check = by_id["drift:psi:a"]
    assert (check.outcome, check.severity, check.threshold) == (
        Outcome.FAILED,
        Severity.ERROR,
        0.12,
    )
    assert check.odcs_path == "schema[0].properties[0].quality[0]"
    assert by_id["drift:ks:a"].severity is Severity.WARNING
    report = Report("d.csv", 1, "0", 1, tuple(by_id.values()))
    assert report.status is Outcome.FAILED


def test_an_error_about_psi_begins_where_drift_is_strong(sketched: Sketched) -> None:
    rule = DriftRule(Metric.PSI)
    before, now = sketched({"a": AMOUNTS}), sketched({"a": AMOUNTS * 1.4})
    checks = {each.id: each for each in compare(before, now, DriftSettings((rule,)))}
    check = checks["drift:psi:a"]
    assert (check.threshold, check.outcome) == (0.25, Outcome.PASSED)
    assert check.observed is not None
    assert 0.1 < check.observed < 0.25


def test_a_rule_of_a_column_goes_before_one_of_the_table() -> None:
    table, own = DriftRule(Metric.KS, None, 0.5), DriftRule(Metric.KS, "a", 0.2)
    settings = DriftSettings((table, own))
    assert settings.rule(Metric.KS, "a") is own
    assert settings.rule(Metric.KS, "b") is table
    assert settings.rule(Metric.PSI, "a").severity is Severity.WARNING


@pytest.mark.parametrize("limit", [-0.1, "0.1", True, math.nan])
def test_a_threshold_that_is_no_number_is_refused(limit: object) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        drift_rule({"check": "ks", "mustBeLessThan": limit}, column=None, severity=Severity.ERROR)
    assert drift_rule({"check": "zscore"}, column="a", severity=Severity.ERROR) is None


def test_rules_about_drift_wait_for_a_second_version() -> None:
    [check] = nothing_before(DriftSettings((DriftRule(Metric.PSI, "a"),)))
    assert check.outcome is Outcome.EXCLUDED
    assert "no previous active version" in check.message


def test_p_values_are_those_of_the_table_of_kolmogorov() -> None:
    large = 10**8
    for distance, expected in ((0.5, 0.9639), (1.0, 0.2700), (1.3581, 0.05), (1.6276, 0.01)):
        assert ks_p_value(distance / math.sqrt(large / 2), large, large) == pytest.approx(
            expected, abs=2e-4
        )
    assert ks_p_value(0, 10, 10) == 1.0
    assert ks_p_value(1.0, 10_000, 10_000) == 0.0
    assert ks_p_value(0.5, 0, 10) == 1.0


def test_chance_explains_as_much_psi_as_simulated_samples_have() -> None:
    random = np.random.default_rng(3)
    drawn = [random.multinomial(300, [0.1] * 10) / 300 for _ in range(4_000)]
    values = [psi(list(a), list(b)) for a, b in zip(drawn[::2], drawn[1::2], strict=True)]
    limit = psi_by_chance(10, 300, 300)
    assert 0 < sum(value > limit for value in values) + 1 < 20
    assert np.quantile(values, 0.99) < limit < 1.6 * np.quantile(values, 0.999)


def test_two_distributions_of_one_value_each_are_as_far_apart_as_can_be(
    sketched: Sketched,
) -> None:
    one, other = (Distribution.of(sketched({"a": [value]}).columns[0]) for value in (1, 2))
    assert one is not None
    assert other is not None
    assert ks_distance(one, other) == (1.0, 0.0)
