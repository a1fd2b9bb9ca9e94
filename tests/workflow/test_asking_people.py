"""How a template asks people: quorum, groups, delegation, escalation, and what voids a round."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dcs.workflow.approval import decide
from dcs.workflow.messages import (
    Activated,
    Activity,
    Awaken,
    CloseRequest,
    ComplianceFinished,
    DeadlinePassed,
    Delegated,
    Effect,
    Escalate,
    Escalated,
    Event,
    Expedited,
    HandOver,
    Ignored,
    Inspected,
    MoveDeadline,
    Opened,
    OpenRequest,
    Remind,
    Returned,
    RunActivity,
    SetStatus,
    ValidationFinished,
    Void,
    Voided,
    Voted,
)
from dcs.workflow.state import Binding, Level, LevelPlan, Outcome, Stage, State

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEEN = Binding("a" * 64, "INTERNAL", "contract-1", "b" * 64, "rules-1", 4)
STEWARDS = ("stewards",)

PLAN = LevelPlan(
    Level.L1,
    NOON + 24 * HOUR,
    HOUR,
    quorum=2,
    group="stewards",
    escalate_to="office",
    escalate_at=NOON + 20 * HOUR,
    people=("stella", "simon"),
)


def after(*events: Event) -> tuple[State, tuple[Effect, ...]]:
    state: State | None = None
    effects: tuple[Effect, ...] = ()
    for event in events:
        state, effects = decide(state, event)
    assert state is not None
    return state, effects


def asked(plan: LevelPlan = PLAN, binding: Binding | None = SEEN) -> tuple[Event, ...]:
    return (
        Opened(NOON, "paula", "INTERNAL"),
        Inspected(NOON, "clean", cleared=True),
        ValidationFinished(NOON, passed=True),
        ComplianceFinished(NOON, True, plans=(plan,), binding=binding),
    )


def yes(by: str, groups: tuple[str, ...] = STEWARDS, binding: Binding = SEEN) -> Voted:
    return Voted(NOON + HOUR, by, Level.L1, approve=True, groups=groups, binding=binding)


def why_not(effects: tuple[Effect, ...]) -> str | None:
    return next((each.why for each in effects if isinstance(each, Ignored)), None)


def test_a_template_says_who_is_asked_until_when_and_how_many_have_to_agree() -> None:
    state, effects = after(*asked())
    [request] = state.requests
    assert (request.quorum, request.groups, request.deadline) == (2, STEWARDS, NOON + 24 * HOUR)
    assert OpenRequest(Level.L1, NOON + 24 * HOUR, ("stella", "simon")) in effects


def test_a_level_waits_until_enough_people_have_approved() -> None:
    state, effects = after(*asked(), yes("stella"))
    assert (state.stage, effects) == (Stage.APPROVAL_PENDING, ())
    state, effects = decide(state, yes("simon"))
    assert state.stage is Stage.ACTIVATING
    assert effects[0] == CloseRequest(Level.L1, "approved")


def test_one_person_is_not_a_quorum() -> None:
    _, effects = after(*asked(), yes("stella"), yes("stella"))
    assert why_not(effects) == "already_voted"


def test_one_rejection_ends_it_whoever_has_approved() -> None:
    no = Voted(NOON + HOUR, "simon", Level.L1, approve=False, groups=STEWARDS)
    state, effects = after(*asked(), yes("stella"), no)
    assert (state.outcome, state.reason) == (Outcome.REJECTED, "HUMAN_REJECTION")
    closed = [each for each in effects if isinstance(each, CloseRequest)]
    assert closed == [CloseRequest(Level.L1, "rejected")]


@pytest.mark.parametrize(
    "event",
    [
        yes("otto", groups=("office",)),
        Returned(NOON + HOUR, "otto", Level.L1),
        Delegated(NOON + HOUR, "otto", Level.L1, "simon"),
    ],
)
def test_only_the_group_that_was_asked_has_a_say(event: Event) -> None:
    _, effects = after(*asked(), event)
    assert why_not(effects) == "not_in_the_group"


def test_a_vote_that_is_handed_over_is_cast_by_the_other_and_no_more_by_the_giver() -> None:
    handed = Delegated(NOON + HOUR, "stella", Level.L1, "otto", STEWARDS)
    state, effects = after(*asked(), handed)
    assert effects == (HandOver(Level.L1, "stella", "otto", NOON + 24 * HOUR),)
    assert why_not(decide(state, yes("stella"))[1]) == "vote_was_delegated"
    state, _ = decide(state, yes("otto", groups=()))
    [request] = state.requests
    assert request.approvals == ("otto",)


@pytest.mark.parametrize("to", ["paula", "stella", "simon"])
def test_a_vote_cannot_be_handed_to_the_requester_oneself_or_who_has_voted(to: str) -> None:
    handed = Delegated(NOON + HOUR, "stella", Level.L1, to, STEWARDS)
    _, effects = after(*asked(), yes("simon"), handed)
    assert why_not(effects) == "cannot_be_delegated_to_them"


def test_votes_cannot_be_handed_round_in_a_circle() -> None:
    there = Delegated(NOON + HOUR, "stella", Level.L1, "simon", STEWARDS)
    back = Delegated(NOON + HOUR, "simon", Level.L1, "stella", STEWARDS)
    _, effects = after(*asked(), there, back)
    assert why_not(effects) == "cannot_be_delegated_to_them"


def test_another_group_is_asked_before_the_deadline() -> None:
    state, effects = after(*asked(), DeadlinePassed(NOON + 18 * HOUR, Level.L1))
    assert [type(each) for each in effects] == [Remind, Awaken]
    state, effects = decide(state, DeadlinePassed(NOON + 20 * HOUR, Level.L1))
    assert effects == (
        Escalate(Level.L1, "office", NOON + 24 * HOUR),
        Awaken(Level.L1, NOON + 24 * HOUR),
    )
    late = replace(yes("otto", groups=("office",)), at=NOON + 21 * HOUR)
    state, _ = decide(state, late)
    assert state.requests[0].approvals == ("otto",)


def test_a_clock_that_leaps_over_both_moments_does_both_at_once() -> None:
    _, effects = after(*asked(), DeadlinePassed(NOON + 22 * HOUR, Level.L1))
    assert [type(each) for each in effects] == [Remind, Escalate, Awaken]


def test_somebody_can_have_the_next_group_asked_at_once_and_only_once() -> None:
    state, effects = after(*asked(), Escalated(NOON + HOUR, "stella"))
    assert Escalate(Level.L1, "office", NOON + 24 * HOUR) in effects
    assert state.requests[0].groups == ("stewards", "office")
    _, effects = decide(state, Escalated(NOON + 2 * HOUR, "stella"))
    assert why_not(effects) == "nobody_to_escalate_to"


def test_where_policy_alone_says_who_may_vote_escalation_shuts_nobody_out() -> None:
    open_to_all = replace(PLAN, group=None)
    state, _ = after(*asked(open_to_all), Escalated(NOON + HOUR, "stella"))
    assert state.requests[0].groups == ()


def test_haste_brings_the_escalation_before_the_nearer_deadline() -> None:
    state, effects = after(*asked(), Expedited(NOON + HOUR, "paula"))
    [request] = state.requests
    assert request.deadline == NOON + 2 * HOUR
    assert request.escalate_at == NOON + 1.5 * HOUR
    assert effects[0] == MoveDeadline(Level.L1, NOON + 2 * HOUR)


def test_haste_that_was_asked_for_before_holds_for_every_template() -> None:
    opened, clean, passed, compliant = asked()
    state, _ = after(opened, Expedited(NOON, "paula"), clean, passed, compliant)
    assert state.requests[0].deadline == NOON + HOUR


def test_an_approval_of_something_else_voids_the_round_and_says_what_changed() -> None:
    changed = replace(SEEN, contract="contract-2")
    state, effects = after(*asked(), yes("stella"), yes("simon", binding=changed))
    assert Void(("contract",)) in effects
    assert effects[-1] == RunActivity(Activity.VALIDATE)
    assert (state.round, state.requests, state.binding) == (2, (), None)


def test_what_is_judged_the_same_is_only_checked_again() -> None:
    changed = replace(SEEN, policy="rules-2")
    state, effects = after(*asked(), yes("stella", binding=changed))
    assert effects[-1] == RunActivity(Activity.CHECK_COMPLIANCE)
    again = ComplianceFinished(NOON + HOUR, True, plans=(PLAN,), binding=changed)
    state, _ = decide(state, again)
    assert state.requests[0].approvals == ()


def test_a_no_counts_whatever_has_changed() -> None:
    no = Voted(
        NOON, "stella", Level.L1, approve=False, groups=STEWARDS, binding=replace(SEEN, template=9)
    )
    state, _ = after(*asked(), no)
    assert state.reason == "HUMAN_REJECTION"


def test_what_changed_while_it_is_being_activated_is_not_activated() -> None:
    state, effects = after(*asked(), yes("stella"), yes("simon"), Voided(NOON, ("contract",)))
    assert effects[0] == Void(("contract",))
    assert SetStatus("validating", None) in effects
    assert state.progress == 80
    _, effects = decide(state, Activated(NOON))
    assert why_not(effects) == "not_activating"


def test_a_change_that_the_check_finds_is_judged_before_anybody_is_asked() -> None:
    opened, clean, passed, _ = asked()
    state, effects = after(opened, clean, passed, Voided(NOON, ("contract",)))
    assert effects == (SetStatus("validating", None), RunActivity(Activity.VALIDATE))
    assert state.round == 1


def test_nothing_is_voided_that_nobody_reviews() -> None:
    _, effects = after(Opened(NOON, "paula", "INTERNAL"), Voided(NOON, ("contract",)))
    assert why_not(effects) == "nothing_to_void"


def test_masks_of_all_approvers_hold_and_the_stricter_one_wins() -> None:
    first = replace(yes("stella"), masks=(("phone", "partial"), ("iban", "partial")))
    second = replace(yes("simon"), masks=(("phone", "redact"),))
    state, _ = after(*asked(), first, second)
    assert state.masks == (("iban", "partial"), ("phone", "redact"))


def test_masks_of_a_round_that_was_voided_are_asked_for_again() -> None:
    first = replace(yes("stella"), masks=(("phone", "redact"),))
    state, _ = after(*asked(), first, yes("simon", binding=replace(SEEN, policy="rules-2")))
    assert state.masks == ()


def test_everything_a_template_asks_for_survives_being_stored() -> None:
    handed = Delegated(NOON + HOUR, "stella", Level.L1, "otto", STEWARDS)
    masked = replace(yes("simon"), masks=(("phone", "redact"),))
    state, _ = after(*asked(), handed, masked)
    assert State.from_json(state.to_json()) == state
