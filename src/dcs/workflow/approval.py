"""
The approval of a version, as one pure state machine.

``decide(state, event) -> (state, effects)`` knows no clock, no storage and no
engine: time arrives inside events, everything to be done leaves as data. The
same events therefore give the same approval on every engine, and a crash
between two events loses nothing that was not also not yet known.

An event that does not fit (late, repeated, or of somebody who may not) is
never an error: it leaves the state as it is and an `Ignored` effect that says
why, which is audited like everything else.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from dcs.workflow.messages import (
    Activated,
    Activity,
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
from dcs.workflow.state import PROGRESS, Level, Outcome, RequestState, Stage, State

Step = tuple[State, tuple[Effect, ...]]

# A clean file that was not cleared has a structure that no honest file has.
_WHY_HELD = {
    "infected": "MALWARE",
    "clean": "HOSTILE_STRUCTURE",
    "too_large": "NOT_SCANNED_WHOLE",
    "unscanned": "NOT_SCANNED",
}


def decide(state: State | None, event: Event) -> Step:
    """
    Return what an event makes of an approval.

    Args:
        state: The approval so far; None only for `Opened`.
        event: What happened, with its time.

    Returns:
        The new state and the effects, in the order in which they are to be kept.
    """
    if isinstance(event, Opened):
        return _opened(event) if state is None else _ignore(state, event, "already_open")
    if state is None:
        raise ValueError("the first event of an approval is Opened")
    if state.outcome is not None:
        return _ignore(state, event, "already_ended")
    return _HANDLERS[type(event)](state, event)


def _opened(event: Opened) -> Step:
    state = State(
        requester=event.requester,
        classification=event.classification,
        asked_for_two=event.sensitive,
        submitted=event.submit,
    )
    return state, (RunActivity(Activity.INSPECT),)


def _inspected(state: State, event: Inspected) -> Step:
    if state.running is not Activity.INSPECT:
        return _ignore(state, event, "not_inspecting")
    if not event.cleared:
        waiting = replace(state, running=None)
        return waiting, (SetStatus("quarantined", _WHY_HELD.get(event.verdict, "SCAN_FAILED")),)
    return _begin(state, Stage.VALIDATING, Activity.VALIDATE, "validating")


def _released(state: State, event: Released) -> Step:
    if not _in_quarantine(state):
        return _ignore(state, event, "not_in_quarantine")
    return _begin(state, Stage.VALIDATING, Activity.VALIDATE, "validating")


def _discarded(state: State, event: Discarded) -> Step:
    if not _in_quarantine(state):
        return _ignore(state, event, "not_in_quarantine")
    return _end(state, event.at, Outcome.CANCELLED, "DISCARDED")


def _in_quarantine(state: State) -> bool:
    """Whether the inspection has ended and did not let the file go on."""
    return state.stage is Stage.INITIALIZING and state.running is None


def _validated(state: State, event: ValidationFinished) -> Step:
    if state.running is not Activity.VALIDATE:
        return _ignore(state, event, "not_validating")
    if not event.passed:
        return _end(state, event.at, Outcome.REJECTED, "VALIDATION_FAILED")
    state = replace(state, running=None, undeclared_personal_data=event.undeclared_personal_data)
    if not state.submitted:
        return state, (SetStatus("validated", None),)
    return _begin(state, Stage.COMPLIANCE_CHECK, Activity.CHECK_COMPLIANCE, "checking")


def _submitted(state: State, event: Submitted) -> Step:
    if state.submitted:
        return _ignore(state, event, "already_submitted")
    state = replace(state, submitted=True)
    if state.running is None and state.stage in {Stage.VALIDATING, Stage.APPROVAL_PENDING}:
        return _begin(state, Stage.COMPLIANCE_CHECK, Activity.CHECK_COMPLIANCE, "checking")
    return state, ()  # goes on by itself once it has been validated


def _compliance(state: State, event: ComplianceFinished) -> Step:
    if state.running is not Activity.CHECK_COMPLIANCE:
        return _ignore(state, event, "not_checking")
    if not event.passed:
        return _end(state, event.at, Outcome.REJECTED, "COMPLIANCE_FAILED")
    requests = tuple(_ask(level, event.at, state.expedited) for level in state.levels)
    state = replace(_at(state, Stage.APPROVAL_PENDING), running=None, requests=requests)
    opened = tuple(OpenRequest(each.level, each.deadline) for each in requests)
    return state, (SetStatus("awaiting_approval", None), *opened, *_awaken(requests))


def _ask(level: Level, at: datetime, expedited: bool) -> RequestState:
    """Return a level's request; whoever has not decided is reminded in the last quarter of its time."""
    time = level.time_to_decide(expedited)
    return RequestState(level, at + time, at + time * 3 / 4)


def _awaken(requests: tuple[RequestState, ...]) -> tuple[Awaken, ...]:
    return tuple(Awaken(each.level, each.next_moment) for each in requests)


def _expedited(state: State, event: Expedited) -> Step:
    """Shorten the deadlines that run; those of later stages will be short as well."""
    if state.stage in {Stage.ACTIVATING, Stage.COMPLETING}:
        return _ignore(state, event, "already_activating")
    if state.expedited:
        return _ignore(state, event, "already_expedited")
    shorter = {
        each.level: asked
        for each in state.requests
        if each.voter is None
        and (asked := _ask(each.level, event.at, expedited=True)).deadline < each.deadline
    }
    requests = tuple(shorter.get(each.level, each) for each in state.requests)
    moved = tuple(MoveDeadline(each.level, each.deadline) for each in shorter.values())
    state = replace(state, expedited=True, requests=requests)
    return state, (*moved, *_awaken(tuple(shorter.values())))


def _commented(state: State, _event: Commented) -> Step:
    return state, ()  # that it happened is on record; it changes nothing


def _voted(state: State, event: Voted) -> Step:
    why_not = _why_not_counted(state, event)
    if why_not is not None:
        return _ignore(state, event, why_not)
    requests = tuple(
        replace(each, voter=event.by, approved=event.approve) if each.level is event.level else each
        for each in state.requests
    )
    state = replace(state, requests=requests)
    closed = CloseRequest(event.level, "approved" if event.approve else "rejected")
    if not event.approve:
        state, effects = _end(state, event.at, Outcome.REJECTED, "HUMAN_REJECTION")
    elif all(each.approved for each in requests):
        state, effects = _begin(state, Stage.ACTIVATING, Activity.ACTIVATE, "activating")
    else:
        effects = ()
    return state, (closed, *effects)


def _returned(state: State, event: Returned) -> Step:
    """Let the requester change something and submit again; everybody is asked anew then."""
    why_not = _why_not_counted(state, event)
    if why_not is not None:
        return _ignore(state, event, why_not)
    closed = tuple(
        CloseRequest(each.level, "returned" if each.level is event.level else "closed")
        for each in state.requests
    )
    state = replace(state, submitted=False, round=state.round + 1, requests=())
    return state, (*closed, SetStatus("returned", "RETURNED"))


def _why_not_counted(state: State, event: Voted | Returned) -> str | None:
    """Return why somebody's say does not count, or None if it does."""
    if state.stage is not Stage.APPROVAL_PENDING or not state.submitted:
        return "not_awaiting_approval"
    if event.by == state.requester:
        return "own_request"
    request = next((each for each in state.requests if each.level is event.level), None)
    if request is None:
        return "level_not_open"
    if request.voter is not None:
        return "level_already_decided"
    if event.at > request.deadline:
        return "after_the_deadline"
    if any(each.voter == event.by for each in state.requests):
        return "same_person_on_another_level"
    return None


def _deadline(state: State, event: DeadlinePassed) -> Step:
    request = next((each for each in state.requests if each.level is event.level), None)
    if state.stage is not Stage.APPROVAL_PENDING or request is None or request.voter is not None:
        return _ignore(state, event, "nothing_waits_for_it")
    if event.at >= request.deadline:
        return _end(state, event.at, Outcome.REJECTED, "DEADLINE")
    if event.at < request.next_moment:  # a clock was set back: the moment has yet to come
        state, ignored = _ignore(state, event, "deadline_not_reached")
        return state, (*ignored, Awaken(request.level, request.next_moment))
    reminded = replace(request, remind_at=None)
    requests = tuple(reminded if each is request else each for each in state.requests)
    remind = Remind(request.level, request.deadline)
    return replace(state, requests=requests), (remind, Awaken(request.level, request.deadline))


def _cancelled(state: State, event: Cancelled) -> Step:
    if state.stage in {Stage.ACTIVATING, Stage.COMPLETING}:
        return _ignore(state, event, "already_activating")
    return _end(state, event.at, Outcome.CANCELLED, "CANCELLED")


def _activated(state: State, event: Activated) -> Step:
    if state.running is not Activity.ACTIVATE:
        return _ignore(state, event, "not_activating")
    completing = _at(state, Stage.COMPLETING)
    return _end(completing, event.at, Outcome.ACTIVE, None)


def _activity_failed(state: State, event: ActivityFailed) -> Step:
    if state.running is not event.activity:
        return _ignore(state, event, "not_running")
    return _end(state, event.at, Outcome.FAILED, f"{event.activity.name}_FAILED")


_HANDLERS: dict[type[Event], Callable[[State, Any], Step]] = {
    Inspected: _inspected,
    Released: _released,
    Discarded: _discarded,
    ValidationFinished: _validated,
    Submitted: _submitted,
    ComplianceFinished: _compliance,
    Voted: _voted,
    Returned: _returned,
    DeadlinePassed: _deadline,
    Expedited: _expedited,
    Commented: _commented,
    Cancelled: _cancelled,
    Activated: _activated,
    ActivityFailed: _activity_failed,
}


def _begin(state: State, stage: Stage, activity: Activity, status: str) -> Step:
    """Enter a stage whose work is done by an activity."""
    return replace(_at(state, stage), running=activity), (
        SetStatus(status, None),
        RunActivity(activity),
    )


def _end(state: State, at: datetime, outcome: Outcome, reason: str | None) -> Step:
    """End the approval; a failure keeps the progress at which it happened."""
    stages = {Outcome.ACTIVE: Stage.COMPLETED, Outcome.FAILED: Stage.FAILED}
    still_open = tuple(
        CloseRequest(each.level, "closed") for each in state.requests if each.voter is None
    )
    ended = replace(
        _at(state, stages.get(outcome, Stage.COMPLETED)),
        running=None,
        outcome=outcome,
        reason=reason,
    )
    status = SetStatus(outcome.value, reason)
    return ended, (*still_open, status, Finish(outcome, reason, at))


def _at(state: State, stage: Stage) -> State:
    progress = max(state.progress, PROGRESS.get(stage, 0))  # a second round keeps what was reached
    return replace(state, stage=stage, progress=progress)


def _ignore(state: State, event: Event, why: str) -> Step:
    return state, (Ignored(type(event).__name__, why, level=getattr(event, "level", None)),)
