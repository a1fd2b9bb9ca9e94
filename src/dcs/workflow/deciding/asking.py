"""How people are asked and until when: reminders, haste, escalation, deadlines."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from dcs.workflow.deciding.steps import Step, at_stage, end, ignore
from dcs.workflow.messages import (
    Awaken,
    ComplianceFinished,
    DeadlinePassed,
    Effect,
    Escalate,
    Escalated,
    Expedited,
    MoveDeadline,
    OpenRequest,
    Remind,
    SetStatus,
)
from dcs.workflow.state import Level, LevelPlan, Outcome, RequestState, Stage, State


def ask(state: State, event: ComplianceFinished) -> Step:
    """Ask every level that has to agree, all at once."""
    plans = [_plan(level, event) for level in state.levels]
    asked = [_request(plan, event.at) for plan in plans]
    if state.expedited:
        asked = [_sooner(each, event.at) for each in asked]
    state = replace(
        at_stage(state, Stage.APPROVAL_PENDING),
        running=None,
        binding=event.binding,
        masks=(),
        requests=tuple(asked),
    )
    opened = tuple(
        OpenRequest(each.level, each.deadline, plan.people if event.plans else event.approvers)
        for each, plan in zip(asked, plans, strict=True)
    )
    return state, (SetStatus("awaiting_approval", None), *opened, *_awaken(asked))


def _plan(level: Level, event: ComplianceFinished) -> LevelPlan:
    planned = (each for each in event.plans if each.level is level)
    return next(planned, LevelPlan.usual(level, event.at))


def expedited(state: State, event: Expedited) -> Step:
    """Shorten the deadlines that run; those of later rounds will be short as well."""
    if state.stage in {Stage.ACTIVATING, Stage.COMPLETING}:
        return ignore(state, event, "already_activating")
    if state.expedited:
        return ignore(state, event, "already_expedited")
    sooner = tuple(each if each.approved else _sooner(each, event.at) for each in state.requests)
    changed = [new for old, new in zip(state.requests, sooner, strict=True) if new != old]
    moved = tuple(MoveDeadline(each.level, each.deadline) for each in changed)
    return replace(state, expedited=True, requests=sooner), (*moved, *_awaken(changed))


def escalated(state: State, event: Escalated) -> Step:
    """Ask the next group of every open level that has one, now."""
    if state.stage is not Stage.APPROVAL_PENDING or not state.submitted:
        return ignore(state, event, "not_awaiting_approval")
    waiting = [each for each in state.requests if not each.approved and each.escalate_to]
    if not waiting:
        return ignore(state, event, "nobody_to_escalate_to")
    widened = [_widened(each) for each in waiting]
    effects = [effect for each in waiting for effect in _escalation(each)]
    return _with(state, widened), (*effects, *_awaken(widened))


def deadline(state: State, event: DeadlinePassed) -> Step:
    """Do what is due for a level: remind, escalate, or end because nobody decided in time."""
    request = state.request(event.level)
    if state.stage is not Stage.APPROVAL_PENDING or request is None or request.approved:
        return ignore(state, event, "nothing_waits_for_it")
    if event.at >= request.deadline:
        return end(state, event.at, Outcome.REJECTED, "DEADLINE")
    if event.at < request.next_moment:  # a clock was set back: the moment has yet to come
        state, ignored = ignore(state, event, "deadline_not_reached")
        return state, (*ignored, Awaken(request.level, request.next_moment))
    effects: list[Effect] = []
    later = request
    if later.remind_at is not None and event.at >= later.remind_at:
        effects.append(Remind(later.level, later.deadline))
        later = replace(later, remind_at=None)
    if later.escalate_at is not None and event.at >= later.escalate_at:
        effects.extend(_escalation(later))
        later = _widened(later)
    return _with(state, [later]), (*effects, *_awaken([later]))


def _request(plan: LevelPlan, at: datetime) -> RequestState:
    """Return a level's request; whoever has not decided is reminded in the last quarter of its time."""
    return RequestState(
        level=plan.level,
        deadline=plan.deadline,
        remind_at=at + (plan.deadline - at) * 3 / 4,
        quorum=plan.quorum,
        urgent=plan.urgent,
        groups=() if plan.group is None else (plan.group,),
        escalate_to=plan.escalate_to,
        escalate_at=plan.escalate_at,
    )


def _sooner(request: RequestState, at: datetime) -> RequestState:
    """Return the request with the deadline of haste, if that is sooner."""
    until = at + request.urgent
    if until >= request.deadline:
        return request
    escalate_at = request.escalate_at
    if escalate_at is not None and escalate_at > at + request.urgent / 2:
        escalate_at = at + request.urgent / 2
    return replace(
        request, deadline=until, remind_at=at + request.urgent * 3 / 4, escalate_at=escalate_at
    )


def _widened(request: RequestState) -> RequestState:
    """Return the request with the next group among those who may vote, if not everybody may."""
    more = (request.escalate_to,) if request.groups and request.escalate_to else ()
    return replace(request, groups=(*request.groups, *more), escalate_to=None, escalate_at=None)


def _escalation(request: RequestState) -> tuple[Effect, ...]:
    if request.escalate_to is None:
        return ()
    return (Escalate(request.level, request.escalate_to, request.deadline),)


def _awaken(requests: Iterable[RequestState]) -> tuple[Awaken, ...]:
    return tuple(Awaken(each.level, each.next_moment) for each in requests)


def _with(state: State, changed: Iterable[RequestState]) -> State:
    by_level = {each.level: each for each in changed}
    return replace(state, requests=tuple(by_level.get(each.level, each) for each in state.requests))
