"""What people who were asked can say: yes, no, not like this, or ask somebody else."""

from dataclasses import replace

from dcs.workflow.deciding.steps import Step, begin, close_open, end, ignore
from dcs.workflow.messages import (
    Activity,
    CloseRequest,
    Delegated,
    Effect,
    HandOver,
    Returned,
    SetStatus,
    Void,
    Voided,
    Voted,
)
from dcs.workflow.state import Outcome, RequestState, Stage, State

JUDGED_ANEW = frozenset({"sha256", "contract", "report"})
"""Changes after which a file is judged again before anybody is asked again."""


def voted(state: State, event: Voted) -> Step:
    """Count a vote; one cast on something else than what was asked about voids the round."""
    why_not = why_not_counted(state, event)
    if why_not is not None:
        return ignore(state, event, why_not)
    if not event.approve:
        ended, effects = end(state, event.at, Outcome.REJECTED, "HUMAN_REJECTION")
        others = tuple(each for each in effects if each != CloseRequest(event.level, "closed"))
        return ended, (CloseRequest(event.level, "rejected"), *others)
    changes = _changes(state, event)
    if changes:
        return _void(state, changes)
    return _approved(state, event)


def _approved(state: State, event: Voted) -> Step:
    requests = tuple(
        replace(each, approvals=(*each.approvals, event.by)) if each.level is event.level else each
        for each in state.requests
    )
    state = replace(state, requests=requests, masks=_stricter(state.masks, event.masks))
    agreed = any(each.level is event.level and each.approved for each in requests)
    closed = (CloseRequest(event.level, "approved"),) if agreed else ()
    if not all(each.approved for each in requests):
        return state, closed
    state, effects = begin(state, Stage.ACTIVATING, Activity.ACTIVATE, "activating")
    return state, (*closed, *effects)


def returned(state: State, event: Returned) -> Step:
    """Let the requester change something and submit again; everybody is asked anew then."""
    why_not = why_not_counted(state, event)
    if why_not is not None:
        return ignore(state, event, why_not)
    closed = tuple(
        CloseRequest(each.level, "returned" if each.level is event.level else "closed")
        for each in state.requests
    )
    return _next_round(replace(state, submitted=False)), (
        *closed,
        SetStatus("returned", "RETURNED"),
    )


def delegated(state: State, event: Delegated) -> Step:
    """Hand a vote over: whoever gave it has it no more."""
    why_not = why_not_counted(state, event) or _why_not_taken(state, event)
    if why_not is not None:
        return ignore(state, event, why_not)
    requests = tuple(
        replace(each, delegated=(*each.delegated, (event.by, event.to)))
        if each.level is event.level
        else each
        for each in state.requests
    )
    told = tuple(
        HandOver(each.level, event.by, event.to, each.deadline)
        for each in requests
        if each.level is event.level
    )
    return replace(state, requests=requests), told


def voided(state: State, event: Voided) -> Step:
    """Begin again with what is there now: it is not what was reviewed."""
    checks = state.running is Activity.CHECK_COMPLIANCE
    if not checks and state.running is not Activity.ACTIVATE:
        return ignore(state, event, "nothing_to_void")
    return _void(state, event.changes)


def why_not_counted(state: State, event: Voted | Returned | Delegated) -> str | None:
    """Return why somebody's say does not count, or None if it does."""
    if state.stage is not Stage.APPROVAL_PENDING or not state.submitted:
        return "not_awaiting_approval"
    if event.by == state.requester:
        return "own_request"
    request = state.request(event.level)
    if request is None:
        return "level_not_open"
    if request.approved:
        return "level_already_decided"
    if event.at > request.deadline:
        return "after_the_deadline"
    if event.by in request.approvals:
        return "already_voted"
    if any(event.by in each.approvals for each in state.requests):
        return "same_person_on_another_level"
    return _why_not_admitted(request, event)


def _why_not_admitted(request: RequestState, event: Voted | Returned | Delegated) -> str | None:
    if request.has_handed_over(event.by):
        return "vote_was_delegated"
    if not request.admits(event.by, event.groups):
        return "not_in_the_group"
    return None


def _why_not_taken(state: State, event: Delegated) -> str | None:
    if event.to in {event.by, state.requester}:
        return "cannot_be_delegated_to_them"
    request = state.request(event.level)
    if request is not None and (event.to in request.approvals or request.has_handed_over(event.to)):
        return "cannot_be_delegated_to_them"
    return None


def _changes(state: State, event: Voted) -> tuple[str, ...]:
    if state.binding is None or event.binding is None:
        return ()
    return state.binding.changes(event.binding)


def _void(state: State, changes: tuple[str, ...]) -> Step:
    """Close what was asked, and check again; judge again first if what it is judged by has changed."""
    told: tuple[Effect, ...] = ()
    if state.requests:
        told = (*close_open(state), Void(changes))
        state = _next_round(state)
    if JUDGED_ANEW.isdisjoint(changes):
        check = Activity.CHECK_COMPLIANCE
        state, effects = begin(state, Stage.COMPLIANCE_CHECK, check, "checking")
    else:
        state, effects = begin(state, Stage.VALIDATING, Activity.VALIDATE, "validating")
    return state, (*told, *effects)


def _next_round(state: State) -> State:
    return replace(state, round=state.round + 1, binding=None, masks=(), requests=())


def _stricter(
    masks: tuple[tuple[str, str], ...], more: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """Return all masks; where two want the same column masked, nothing of it is shown."""
    merged = dict(masks)
    for column, method in more:
        same = merged.get(column, method) == method
        merged[column] = method if same else "redact"
    return tuple(sorted(merged.items()))
