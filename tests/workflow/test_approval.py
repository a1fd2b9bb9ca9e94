"""The approval, step by step: what each event makes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from dcs.workflow.approval import decide
from dcs.workflow.messages import (
    Activated,
    ActivityFailed,
    Awaken,
    Cancelled,
    CloseRequest,
    Commented,
    ComplianceFinished,
    DeadlinePassed,
    Discarded,
    Effect,
    Event,
    Expedited,
    Finish,
    Ignored,
    Inspected,
    MoveDeadline,
    Opened,
    OpenRequest,
    Released,
    Remind,
    Returned,
    RunActivity,
    SetStatus,
    Submitted,
    ValidationFinished,
    Voted,
)
from dcs.workflow.state import Activity, Level, Outcome, Stage, State

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def after(*events: Event) -> tuple[State, tuple[Effect, ...]]:
    state: State | None = None
    effects: tuple[Effect, ...] = ()
    for event in events:
        state, effects = decide(state, event)
    assert state is not None
    return state, effects


def opened(
    classification: str = "INTERNAL", *, submit: bool = True, sensitive: bool = False
) -> Opened:
    return Opened(NOON, "paula", classification, submit, sensitive)


CLEAN = Inspected(NOON, "clean", cleared=True)
PASSED = ValidationFinished(NOON, passed=True)
COMPLIANT = ComplianceFinished(NOON, passed=True)
PENDING = (opened(), CLEAN, PASSED, COMPLIANT)
PENDING_TWO = (opened("SECRET"), CLEAN, PASSED, COMPLIANT)


def yes(by: str, level: Level = Level.L1, at: datetime = NOON) -> Voted:
    return Voted(at, by, level, approve=True)


def no(by: str, level: Level = Level.L1) -> Voted:
    return Voted(NOON, by, level, approve=False)


def test_an_upload_is_inspected_first() -> None:
    state, effects = after(opened())
    assert effects == (RunActivity(Activity.INSPECT),)
    assert (state.stage, state.progress) == (Stage.INITIALIZING, 0)


def test_a_clean_file_is_validated() -> None:
    state, effects = after(opened(), CLEAN)
    assert effects == (SetStatus("validating", None), RunActivity(Activity.VALIDATE))
    assert (state.stage, state.progress) == (Stage.VALIDATING, 10)


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        ("infected", "MALWARE"),
        ("clean", "HOSTILE_STRUCTURE"),
        ("too_large", "NOT_SCANNED_WHOLE"),
        ("unscanned", "NOT_SCANNED"),
        ("error", "SCAN_FAILED"),
        ("", "SCAN_FAILED"),
    ],
)
def test_a_file_that_is_not_cleared_waits_in_quarantine_with_the_reason(
    verdict: str, reason: str
) -> None:
    state, effects = after(opened(), Inspected(NOON, verdict, cleared=False))
    assert effects == (SetStatus("quarantined", reason),)
    assert state.outcome is None
    assert state.running is None


HELD = Inspected(NOON, "infected", cleared=False)


def test_a_released_file_goes_on_to_its_validation() -> None:
    state, effects = after(opened(), HELD, Released(NOON, "admin"))
    assert effects == (SetStatus("validating", None), RunActivity(Activity.VALIDATE))
    assert state.stage is Stage.VALIDATING


def test_a_discarded_file_ends_cancelled() -> None:
    state, effects = after(opened(), HELD, Discarded(NOON, "admin"))
    assert (state.outcome, state.reason) == (Outcome.CANCELLED, "DISCARDED")
    assert SetStatus("cancelled", "DISCARDED") in effects


@pytest.mark.parametrize("event", [Released(NOON, "admin"), Discarded(NOON, "admin")])
def test_only_what_waits_in_quarantine_can_be_let_go_or_removed(event: Event) -> None:
    for events in ((opened(),), (opened(), CLEAN), PENDING):
        before, _ = after(*events)
        state, [ignored] = decide(before, event)
        assert isinstance(ignored, Ignored)
        assert (state, ignored.why) == (before, "not_in_quarantine")


def test_a_failed_validation_ends_it() -> None:
    state, effects = after(opened(), CLEAN, ValidationFinished(NOON, passed=False))
    assert state.outcome is Outcome.REJECTED
    assert state.reason == "VALIDATION_FAILED"
    assert Finish(Outcome.REJECTED, "VALIDATION_FAILED", NOON) in effects


def test_a_draft_waits_until_it_is_submitted() -> None:
    state, effects = after(opened(submit=False), CLEAN, PASSED)
    assert effects == (SetStatus("validated", None),)
    state, effects = decide(state, Submitted(NOON, "paula"))
    assert effects == (SetStatus("checking", None), RunActivity(Activity.CHECK_COMPLIANCE))


def test_a_draft_submitted_before_its_validation_goes_on_by_itself() -> None:
    _, effects = after(opened(submit=False), CLEAN, Submitted(NOON, "paula"), PASSED)
    assert RunActivity(Activity.CHECK_COMPLIANCE) in effects


def test_submitting_twice_changes_nothing() -> None:
    state, effects = after(*PENDING, Submitted(NOON, "paula"))
    assert effects == (Ignored("Submitted", "already_submitted"),)
    assert state.stage is Stage.APPROVAL_PENDING


def test_failed_compliance_ends_it() -> None:
    state, _ = after(opened(), CLEAN, PASSED, ComplianceFinished(NOON, passed=False))
    assert (state.outcome, state.reason) == (Outcome.REJECTED, "COMPLIANCE_FAILED")


def test_what_the_rules_say_stays_with_the_approval() -> None:
    said = ComplianceFinished(NOON, passed=True, shown=("no_contract",))
    state, effects = after(opened(), CLEAN, PASSED, said)
    assert OpenRequest(Level.L1, NOON + 24 * HOUR) in effects
    assert (state.problems, state.shown, state.unanswered) == ((), ("no_contract",), ())
    said = ComplianceFinished(NOON, passed=False, problems=("retention_missing",))
    state, _ = after(opened(), CLEAN, PASSED, said)
    assert (state.reason, state.problems) == ("COMPLIANCE_FAILED", ("retention_missing",))
    assert State.from_json(state.to_json()) == state


UNANSWERED = ComplianceFinished(NOON, passed=False, unanswered=("It is mine to give.",))


def test_what_is_not_attested_waits_for_its_requester_who_submits_it_again() -> None:
    state, effects = after(opened(), CLEAN, PASSED, UNANSWERED)
    assert effects == (SetStatus("validated", "ATTESTATIONS_MISSING"),)
    assert (state.outcome, state.running, state.submitted) == (None, None, False)
    assert (state.requests, state.unanswered) == ((), ("It is mine to give.",))
    assert State.from_json(state.to_json()) == state
    _, ignored = decide(state, yes("stella"))
    assert ignored == (Ignored("Voted", "not_awaiting_approval", Level.L1),)

    state, effects = decide(state, Submitted(NOON, "paula", ("It is mine to give.",)))
    assert effects == (SetStatus("checking", None), RunActivity(Activity.CHECK_COMPLIANCE))
    state, effects = decide(state, COMPLIANT)
    assert OpenRequest(Level.L1, NOON + 24 * HOUR) in effects
    assert state.unanswered == ()


def test_what_is_not_attested_in_a_second_round_keeps_what_was_reached() -> None:
    back = Returned(NOON, "stella", Level.L1)
    state, effects = after(*PENDING, back, Submitted(NOON, "paula"), UNANSWERED)
    assert effects == (SetStatus("validated", "ATTESTATIONS_MISSING"),)
    assert (state.round, state.progress) == (2, 50)
    _, effects = decide(state, Submitted(NOON, "paula"))
    assert RunActivity(Activity.CHECK_COMPLIANCE) in effects


def test_a_broken_rule_ends_it_whatever_was_not_attested() -> None:
    both = ComplianceFinished(NOON, False, ("owner_not_active",), unanswered=("It is mine.",))
    state, _ = after(opened(), CLEAN, PASSED, both)
    assert (state.outcome, state.reason) == (Outcome.REJECTED, "COMPLIANCE_FAILED")


def test_what_waits_for_an_attestation_can_be_cancelled_and_made_urgent() -> None:
    state, _ = after(opened(), CLEAN, PASSED, UNANSWERED, Expedited(NOON, "paula"))
    assert state.expedited
    state, _ = decide(state, Cancelled(NOON, "paula"))
    assert state.outcome is Outcome.CANCELLED


def test_internal_data_asks_one_level_for_a_day() -> None:
    state, effects = after(*PENDING)
    assert effects == (
        SetStatus("awaiting_approval", None),
        OpenRequest(Level.L1, NOON + 24 * HOUR),
        Awaken(Level.L1, NOON + 18 * HOUR),
    )
    assert state.progress == 50


@pytest.mark.parametrize(
    ("first", "validated"),
    [
        (opened("CONFIDENTIAL"), PASSED),
        (opened("SECRET"), PASSED),
        (opened(sensitive=True), PASSED),
        (opened(), ValidationFinished(NOON, passed=True, undeclared_personal_data=True)),
    ],
    ids=["confidential", "secret", "asked for", "undeclared personal data"],
)
def test_sensitive_data_asks_both_levels_at_once(first: Event, validated: Event) -> None:
    _, effects = after(first, CLEAN, validated, COMPLIANT)
    assert OpenRequest(Level.L1, NOON + 24 * HOUR) in effects
    assert OpenRequest(Level.L2, NOON + 48 * HOUR) in effects


def test_one_level_approved_activates() -> None:
    state, effects = after(*PENDING, yes("stella"))
    assert effects == (
        CloseRequest(Level.L1, "approved"),
        SetStatus("activating", None),
        RunActivity(Activity.ACTIVATE),
    )
    assert state.progress == 80


def test_two_levels_need_two_people() -> None:
    state, effects = after(*PENDING_TWO, yes("stella"))
    assert effects == (CloseRequest(Level.L1, "approved"),)
    same, effects = decide(state, yes("stella", Level.L2))
    assert effects == (Ignored("Voted", "same_person_on_another_level", Level.L2),)
    assert same == state
    state, effects = decide(state, yes("simon", Level.L2))
    assert RunActivity(Activity.ACTIVATE) in effects


def test_nobody_approves_their_own_request() -> None:
    state, effects = after(*PENDING, yes("paula"))
    assert effects == (Ignored("Voted", "own_request", Level.L1),)
    assert state.stage is Stage.APPROVAL_PENDING


def test_one_rejection_ends_it_and_closes_the_other_level() -> None:
    state, effects = after(*PENDING_TWO, no("stella"))
    assert effects[:2] == (CloseRequest(Level.L1, "rejected"), CloseRequest(Level.L2, "closed"))
    assert (state.outcome, state.reason) == (Outcome.REJECTED, "HUMAN_REJECTION")


def test_a_level_is_decided_once() -> None:
    _, effects = after(*PENDING_TWO, yes("stella"), no("simon"))
    assert effects == (Ignored("Voted", "level_already_decided", Level.L1),)


def test_a_level_that_was_not_asked_cannot_vote() -> None:
    _, effects = after(*PENDING, yes("simon", Level.L2))
    assert effects == (Ignored("Voted", "level_not_open", Level.L2),)


def test_a_vote_before_the_request_does_not_count() -> None:
    _, effects = after(opened(), CLEAN, yes("stella"))
    assert effects == (Ignored("Voted", "not_awaiting_approval", Level.L1),)


def test_a_vote_after_the_deadline_does_not_count() -> None:
    _, effects = after(*PENDING, yes("stella", at=NOON + 25 * HOUR))
    assert effects == (Ignored("Voted", "after_the_deadline", Level.L1),)


def test_a_passed_deadline_ends_it() -> None:
    state, effects = after(*PENDING, DeadlinePassed(NOON + 24 * HOUR, Level.L1))
    assert (state.outcome, state.reason) == (Outcome.REJECTED, "DEADLINE")
    assert CloseRequest(Level.L1, "closed") in effects


def test_a_deadline_that_is_not_reached_or_not_waited_for_changes_nothing() -> None:
    state, effects = after(*PENDING_TWO, DeadlinePassed(NOON + 24 * HOUR, Level.L2))
    again = Awaken(Level.L2, NOON + 36 * HOUR)
    assert effects == (Ignored("DeadlinePassed", "deadline_not_reached", Level.L2), again)
    state, effects = after(*PENDING_TWO, yes("stella"), DeadlinePassed(NOON + 24 * HOUR, Level.L1))
    assert effects == (Ignored("DeadlinePassed", "nothing_waits_for_it", Level.L1),)
    assert state.outcome is None


@pytest.mark.parametrize("count", range(1, 5))
def test_it_can_be_cancelled_until_it_is_being_activated(count: int) -> None:
    state, _ = after(*PENDING[:count], Cancelled(NOON, "paula"))
    assert state.outcome is Outcome.CANCELLED


def test_it_cannot_be_cancelled_while_it_is_being_activated() -> None:
    _, effects = after(*PENDING, yes("stella"), Cancelled(NOON, "paula"))
    assert effects == (Ignored("Cancelled", "already_activating"),)


def test_an_activated_version_is_active() -> None:
    state, effects = after(*PENDING, yes("stella"), Activated(NOON))
    assert (state.stage, state.progress, state.outcome) == (Stage.COMPLETED, 100, Outcome.ACTIVE)
    assert effects == (SetStatus("active", None), Finish(Outcome.ACTIVE, None, NOON))


def test_a_failure_keeps_the_progress_it_happened_at() -> None:
    state, _ = after(opened(), CLEAN, ActivityFailed(NOON, Activity.VALIDATE))
    assert (state.stage, state.progress) == (Stage.FAILED, 10)
    assert state.reason == "VALIDATE_FAILED"


def test_a_failure_of_something_else_changes_nothing() -> None:
    _, effects = after(opened(), CLEAN, ActivityFailed(NOON, Activity.INSPECT))
    assert effects == (Ignored("ActivityFailed", "not_running"),)


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ((opened(), opened()), "already_open"),
        ((*PENDING, CLEAN), "not_inspecting"),
        ((*PENDING, PASSED), "not_validating"),
        ((*PENDING, COMPLIANT), "not_checking"),
        ((*PENDING, Activated(NOON)), "not_activating"),
        ((*PENDING, no("stella"), yes("simon")), "already_ended"),
    ],
)
def test_late_and_repeated_news_is_ignored_with_its_reason(
    events: tuple[Event, ...], why: str
) -> None:
    _, effects = after(*events)
    assert len(effects) == 1
    assert isinstance(effects[0], Ignored)
    assert effects[0].why == why


def test_an_approval_begins_with_being_opened() -> None:
    with pytest.raises(ValueError, match="Opened"):
        decide(None, CLEAN)


def test_a_state_of_another_process_is_refused() -> None:
    state, _ = after(opened())
    with pytest.raises(ValueError, match="process 4"):
        State.from_json({**state.to_json(), "process": 4})


def test_a_state_that_the_first_release_stored_is_still_read() -> None:
    state, _ = after(*PENDING_TWO, yes("stella"))
    known = {
        "requester",
        "classification",
        "asked_for_two",
        "submitted",
        "stage",
        "progress",
        "running",
        "undeclared_personal_data",
        "outcome",
        "reason",
    }
    stored = {key: value for key, value in state.to_json().items() if key in known}
    stored["process"] = 1
    stored["requests"] = [
        {
            "level": "L1",
            "deadline": "2026-03-03T12:00:00+00:00",
            "voter": "stella",
            "approved": True,
        },
        {"level": "L2", "deadline": "2026-03-04T12:00:00+00:00", "voter": None, "approved": False},
    ]
    read = State.from_json(stored)
    assert [each.approvals for each in read.requests] == [("stella",), ()]
    assert [each.urgent for each in read.requests] == [HOUR, 2 * HOUR]
    assert [each.remind_at for each in read.requests] == [None, None]
    assert [each.next_moment for each in read.requests] == [NOON + 24 * HOUR, NOON + 48 * HOUR]
    late, _ = decide(read, DeadlinePassed(NOON + 48 * HOUR, Level.L2))
    assert late.reason == "DEADLINE"


def test_haste_shortens_deadlines_that_run() -> None:
    state, effects = after(*PENDING_TWO, yes("stella"), Expedited(NOON + 3 * HOUR, "paula"))
    assert effects == (
        MoveDeadline(Level.L2, NOON + 5 * HOUR),
        Awaken(Level.L2, NOON + 4.5 * HOUR),
    )
    assert state.expedited
    assert [each.deadline for each in state.requests] == [NOON + 24 * HOUR, NOON + 5 * HOUR]


def test_haste_never_gives_more_time() -> None:
    state, effects = after(*PENDING, Expedited(NOON + 23.5 * HOUR, "paula"))
    assert effects == ()
    assert state.expedited
    assert state.requests[0].deadline == NOON + 24 * HOUR


@pytest.mark.parametrize("count", [1, 2, 3])
def test_haste_that_is_asked_for_early_survives_every_stage(count: int) -> None:
    events = [*PENDING_TWO[:count], Expedited(NOON, "paula"), *PENDING_TWO[count:]]
    _, effects = after(*events)
    assert OpenRequest(Level.L1, NOON + HOUR) in effects
    assert OpenRequest(Level.L2, NOON + 2 * HOUR) in effects


def test_haste_is_asked_for_once_and_not_while_activating() -> None:
    _, effects = after(*PENDING, Expedited(NOON, "paula"), Expedited(NOON + HOUR, "stella"))
    assert effects == (Ignored("Expedited", "already_expedited"),)
    _, effects = after(*PENDING, yes("stella"), Expedited(NOON, "paula"))
    assert effects == (Ignored("Expedited", "already_activating"),)


def test_whoever_was_asked_is_reminded_once_in_the_last_quarter() -> None:
    state, effects = after(*PENDING, DeadlinePassed(NOON + 18 * HOUR, Level.L1))
    deadline = NOON + 24 * HOUR
    assert effects == (Remind(Level.L1, deadline), Awaken(Level.L1, deadline))
    _, effects = decide(state, DeadlinePassed(NOON + 19 * HOUR, Level.L1))
    ignored = Ignored("DeadlinePassed", "deadline_not_reached", Level.L1)
    assert effects == (ignored, Awaken(Level.L1, deadline))


def test_a_clock_that_leaps_ends_it_without_a_reminder() -> None:
    state, effects = after(*PENDING, DeadlinePassed(NOON + 400 * 24 * HOUR, Level.L1))
    assert state.reason == "DEADLINE"
    assert not [each for each in effects if isinstance(each, Remind)]


def test_a_comment_changes_nothing_and_is_not_taken_after_the_end() -> None:
    before, _ = after(*PENDING)
    assert decide(before, Commented(NOON, "stella")) == (before, ())
    _, effects = after(*PENDING, no("stella"), Commented(NOON, "paula"))
    assert effects == (Ignored("Commented", "already_ended"),)


@pytest.mark.parametrize("activity", list(Activity))
def test_work_on_a_large_file_may_take_longer(activity: Activity) -> None:
    small, large = activity.time_allowed(0), activity.time_allowed(10 * 10**9)
    more = timedelta(seconds=5_000)
    assert large - small == (timedelta() if activity is Activity.CHECK_COMPLIANCE else more)


def test_what_was_returned_waits_for_its_requester_and_is_then_decided_anew() -> None:
    back = Returned(NOON, "simon", Level.L2)
    state, effects = after(*PENDING_TWO, yes("stella"), back)
    assert effects == (
        CloseRequest(Level.L1, "closed"),
        CloseRequest(Level.L2, "returned"),
        SetStatus("returned", "RETURNED"),
    )
    assert (state.outcome, state.round, state.requests) == (None, 2, ())
    _, ignored = decide(state, yes("stella"))
    assert ignored == (Ignored("Voted", "not_awaiting_approval", Level.L1),)

    state, effects = decide(state, Submitted(NOON, "paula"))
    assert effects == (SetStatus("checking", None), RunActivity(Activity.CHECK_COMPLIANCE))
    assert state.progress == 50
    later = NOON + 30 * HOUR
    state, effects = decide(state, ComplianceFinished(later, passed=True))
    assert OpenRequest(Level.L1, later + 24 * HOUR) in effects
    state, effects = decide(state, yes("simon", at=later))
    assert RunActivity(Activity.ACTIVATE) not in effects  # what stella said was of round 1
    _, effects = decide(state, yes("stella", Level.L2, at=later))
    assert RunActivity(Activity.ACTIVATE) in effects


def test_nobody_returns_their_own_request_or_one_that_waits_for_nobody() -> None:
    _, effects = after(*PENDING, Returned(NOON, "paula", Level.L1))
    assert effects == (Ignored("Returned", "own_request", Level.L1),)
    _, effects = after(
        *PENDING, Returned(NOON, "stella", Level.L1), Returned(NOON, "simon", Level.L1)
    )
    assert effects == (Ignored("Returned", "not_awaiting_approval", Level.L1),)


def test_what_was_returned_can_be_cancelled_and_no_deadline_ends_it() -> None:
    back = Returned(NOON, "stella", Level.L1)
    _, effects = after(*PENDING, back, DeadlinePassed(NOON + 99 * HOUR, Level.L1))
    assert effects == (Ignored("DeadlinePassed", "nothing_waits_for_it", Level.L1),)
    state, _ = after(*PENDING, back, Cancelled(NOON, "paula"))
    assert state.outcome is Outcome.CANCELLED
