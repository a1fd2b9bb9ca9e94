"""What a person reads first, and what the verdict is."""

from dcs.validation import Kind, Outcome, Severity, first_steps, outline_of
from tests.validation.report.examples import (
    check,
    drift,
    everything,
    failure,
    passed,
    personal,
    report,
)


def test_failures_come_first_and_each_stands_by_itself() -> None:
    shown = outline_of(
        report(check("outliers", "a"), failure("email"), failure("phone"), passed("b"))
    )
    assert [each.subject for each in shown.failures] == ["email", "phone"]
    assert [each.subject for each in shown.warnings] == ["a"]


def test_the_same_rule_in_many_columns_is_one_group_that_names_the_worst() -> None:
    checks = [check("outliers", each, failed_share=0.1) for each in "abc"]
    worst = check("outliers", "budget", failed_share=0.2, message="values far away: 40 (20.0%)")
    [group] = outline_of(report(*checks, worst)).warnings
    assert group.headline == "budget and 3 more columns: values far away: 40 (20.0%)"
    assert [each.column for each in group.others] == ["a", "b", "c"]


def test_two_columns_are_told_one_by_one() -> None:
    shown = outline_of(report(check("outliers", "a"), check("outliers", "b")))
    assert [each.headline for each in shown.warnings] == [
        "a: values far away: 3 (1.5%)",
        "b: values far away: 3 (1.5%)",
    ]


def test_where_no_rows_fail_the_worst_is_farthest_beyond_its_limit() -> None:
    checks = [
        check("distinct", name, failed_share=0.0, threshold=0.01, observed=share)
        for name, share in (("a", 0.009), ("b", 0.0001), ("c", 0.005))
    ]
    [group] = outline_of(report(*checks)).warnings
    assert group.subject == "b and 2 more columns"


def test_findings_of_different_severity_or_outcome_are_never_one_group() -> None:
    checks = [check("outliers", each) for each in "abc"]
    unclear = [check("outliers", each, outcome=Outcome.NOT_EVALUATED) for each in "def"]
    info = [check("outliers", each, severity=Severity.INFO) for each in "ghi"]
    groups = outline_of(report(*info, *checks, *unclear)).warnings
    assert sorted(len(each.checks) for each in groups) == [3, 3, 3]
    assert [each.worst.severity for each in groups] == ["warning", "warning", "info"]
    assert sum("not evaluated" in each.message for each in groups) == 1


def test_everything_by_itself_if_asked() -> None:
    checks = [check("outliers", f"c{n}") for n in range(20)]
    assert len(outline_of(report(*checks), whole=True).warnings) == 20


def test_what_is_only_suspected_is_shown_and_changes_no_verdict() -> None:
    only = report(passed("a"), personal_data=(personal("a", tier="C"),))
    assert only.status is Outcome.PASSED
    assert only.undeclared == ()
    assert outline_of(only).suspected == only.personal_data


def test_what_was_excluded_with_a_reason_changes_no_verdict_and_is_not_counted() -> None:
    only = report(passed("a"), personal_data=(personal("a", excluded="ours"),))
    assert only.status is Outcome.PASSED
    assert only.findings_by_kind() == {}
    assert outline_of(only).excluded == only.personal_data


def test_undeclared_personal_data_warns_and_is_shown_before_declared() -> None:
    both = report(personal_data=(personal("a", declared=True), personal("b")))
    assert both.status is Outcome.WARN
    assert [each.column for each in outline_of(both).personal] == ["b", "a"]


def test_drift_is_shown_once_however_it_was_told() -> None:
    told = check("null_share", "a", kind=Kind.DRIFT, observed=0.4, message="emptier")
    both = report(told, drift=(drift("b"), drift("c", outcome=Outcome.PASSED)))
    shown = outline_of(both)
    assert {each.column for each in shown.drift} == {"a", "b"}
    assert shown.steady == 1
    assert shown.warnings == ()
    assert both.findings_by_kind() == {"drift": 2}
    assert both.status is Outcome.WARN


def test_drift_that_fails_keeps_the_file_back() -> None:
    assert report(drift=(drift("a", outcome=Outcome.FAILED),)).status is Outcome.FAILED


def test_the_first_steps_say_where_what_and_how() -> None:
    steps = first_steps(everything())
    assert steps[0] == (
        "points: not a valid email: 1 (first in row 2, line 3). Write them like name@example.org."
    )
    assert steps[1] == (
        "points holds EMAIL_ADDRESS: classify it as CONFIDENTIAL in the data contract, "
        "or leave it out."
    )
    assert len(steps) <= 5


def test_where_nothing_was_found_there_is_nothing_to_do() -> None:
    assert first_steps(report(passed("a"))) == ()


def test_an_error_rule_that_could_not_be_run_keeps_a_file_back() -> None:
    for kind, severity, outcome, status in (
        (Kind.RULE, Severity.ERROR, Outcome.NOT_EVALUATED, Outcome.FAILED),
        (Kind.RULE, Severity.WARNING, Outcome.NOT_EVALUATED, Outcome.WARN),
        (Kind.CONTRACT, Severity.ERROR, Outcome.NOT_EVALUATED, Outcome.WARN),
        (Kind.RULE, Severity.ERROR, Outcome.PASSED, Outcome.PASSED),
    ):
        made = report(check("sql", None, kind=kind, severity=severity, outcome=outcome))
        assert made.status is status, (kind, severity, outcome)
        assert bool(outline_of(made).failures) is (status is Outcome.FAILED)


def test_a_broken_promise_is_one_of_the_contract_for_which_the_file_may_not_go_on() -> None:
    promised = {"odcs_path": "schema[0].properties[0]"}
    broken = failure("email", **promised)
    others = [failure("phone"), check("outliers", "a", **promised), passed("b")]
    assert report(broken, *others).broken_promises == (broken,)
