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
from typing import Any

from dcs.workflow.deciding import asking, checking, voting
from dcs.workflow.deciding.steps import Step, at_stage, end, ignore
from dcs.workflow.messages import (
    Activated,
    Activity,
    ActivityFailed,
    Cancelled,
    Commented,
    ComplianceFinished,
    DeadlinePassed,
    Delegated,
    Discarded,
    Escalated,
    Event,
    Expedited,
    Inspected,
    Opened,
    Released,
    Returned,
    Submitted,
    ValidationFinished,
    Voided,
    Voted,
)
from dcs.workflow.state import Outcome, Stage, State


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
        return checking.opened(event) if state is None else ignore(state, event, "already_open")
    if state is None:
        raise ValueError("the first event of an approval is Opened")
    if state.outcome is not None:
        return ignore(state, event, "already_ended")
    return _HANDLERS[type(event)](state, event)


def _commented(state: State, _event: Commented) -> Step:
    return state, ()  # that it happened is on record; it changes nothing


def _cancelled(state: State, event: Cancelled) -> Step:
    if state.stage in {Stage.ACTIVATING, Stage.COMPLETING}:
        return ignore(state, event, "already_activating")
    return end(state, event.at, Outcome.CANCELLED, "CANCELLED")


def _activated(state: State, event: Activated) -> Step:
    if state.running is not Activity.ACTIVATE:
        return ignore(state, event, "not_activating")
    return end(at_stage(state, Stage.COMPLETING), event.at, Outcome.ACTIVE, None)


def _activity_failed(state: State, event: ActivityFailed) -> Step:
    if state.running is not event.activity:
        return ignore(state, event, "not_running")
    return end(state, event.at, Outcome.FAILED, f"{event.activity.name}_FAILED")


_HANDLERS: dict[type[Event], Callable[[State, Any], Step]] = {
    Inspected: checking.inspected,
    Released: checking.released,
    Discarded: checking.discarded,
    ValidationFinished: checking.validated,
    Submitted: checking.submitted,
    ComplianceFinished: checking.compliance,
    Voted: voting.voted,
    Returned: voting.returned,
    Delegated: voting.delegated,
    Voided: voting.voided,
    DeadlinePassed: asking.deadline,
    Escalated: asking.escalated,
    Expedited: asking.expedited,
    Commented: _commented,
    Cancelled: _cancelled,
    Activated: _activated,
    ActivityFailed: _activity_failed,
}
