"""The steps that several events lead to: a stage begins, the approval ends, an event is ignored."""

from dataclasses import replace
from datetime import datetime

from dcs.workflow.messages import (
    Activity,
    CloseRequest,
    Effect,
    Event,
    Finish,
    Ignored,
    RunActivity,
    SetStatus,
)
from dcs.workflow.state import PROGRESS, Outcome, Stage, State

Step = tuple[State, tuple[Effect, ...]]
"""A new state, and what is to be done about it."""


def begin(state: State, stage: Stage, activity: Activity, status: str) -> Step:
    """Enter a stage whose work is done by an activity."""
    return replace(at_stage(state, stage), running=activity), (
        SetStatus(status, None),
        RunActivity(activity),
    )


def end(state: State, at: datetime, outcome: Outcome, reason: str | None) -> Step:
    """End the approval; a failure keeps the progress at which it happened."""
    stages = {Outcome.ACTIVE: Stage.COMPLETED, Outcome.FAILED: Stage.FAILED}
    ended = replace(
        at_stage(state, stages.get(outcome, Stage.COMPLETED)),
        running=None,
        outcome=outcome,
        reason=reason,
    )
    status = SetStatus(outcome.value, reason)
    return ended, (*close_open(state), status, Finish(outcome, reason, at))


def close_open(state: State) -> tuple[Effect, ...]:
    """Close every level on which nobody has to decide any more."""
    return tuple(CloseRequest(each.level, "closed") for each in state.requests if not each.approved)


def at_stage(state: State, stage: Stage) -> State:
    """Enter a stage; a later round keeps the progress that was reached."""
    return replace(state, stage=stage, progress=max(state.progress, PROGRESS.get(stage, 0)))


def ignore(state: State, event: Event, why: str) -> Step:
    """Leave everything as it is, and say why."""
    return state, (Ignored(type(event).__name__, why, level=getattr(event, "level", None)),)
