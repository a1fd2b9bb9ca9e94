"""
The approval as a cluster hosts it: `decide`, told and answered in JSON.

Pure, like the machine behind it. Beside the message of the machine an event
may carry two facts that are no business of `decide`: ``size``, the bytes of the
file, by which the time for work on it grows, and ``said``, under which the words
of a person wait in the database.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dcs.engines.durable import Deadline, Json, Work
from dcs.workflow import messages
from dcs.workflow.approval import decide
from dcs.workflow.codec import from_json, to_json
from dcs.workflow.engine import activity_kind
from dcs.workflow.messages import Effect, Event
from dcs.workflow.state import RequestState, Stage, State

APPROVAL = "approval"
"""The name that approvals are hosted under."""

OPERATOR = "operator"
"""Who did what was done on the cluster itself, by nobody who is known here."""

SIZE, SAID = "size", "said"
SILENCE = timedelta(seconds=10)  # after which an attempt without a sign of life is dead


class ApprovalProcess:
    """The approval of a version as a process; one object serves them all."""

    def decide(self, state: Json | None, event: Json) -> tuple[Json, Sequence[Json]]:
        """Return what an event makes of an approval, and what is to be done."""
        before = None if state is None else State.from_json(state)
        size = {SIZE: event.get(SIZE, 0) if state is None else state[SIZE]}
        after, effects = decide(before, event_of(event))
        return after.to_json() | size, [
            to_json(each) | (size if isinstance(each, messages.RunActivity) else {})
            for each in effects
        ]

    def work(self, effect: Json) -> Work | None:
        """Return the activity that an effect wants done."""
        wanted = effect_of(effect)
        if not isinstance(wanted, messages.RunActivity):
            return None
        allowed = wanted.activity.time_allowed(effect.get(SIZE, 0))
        return Work(activity_kind(wanted.activity), allowed, silence=SILENCE)

    def deadlines(self, state: Json) -> Sequence[Deadline]:
        """Return the next moment of every level that waits for people."""
        asked = State.from_json(state).requests
        return [_deadline(each) for each in asked if not each.approved]

    def ended(self, state: Json) -> bool:
        """Say whether the approval is over."""
        return State.from_json(state).outcome is not None

    def public(self, state: Json) -> Json:
        """Return where it stands, without a word of anybody."""
        found = State.from_json(state)
        return {
            "status": status_of(found),
            "stage": found.stage.value,
            "progress": found.progress,
            "details": {
                "sensitivity": "HIGH" if found.is_sensitive else "NORMAL",
                "round": found.round,
                "levels": [_level(each) for each in found.requests],
            },
            "expedited": found.expedited,
            "error": found.reason,
        }

    def failed(self, effect: Json, at: str) -> Json:
        """Return that an activity failed for the last time."""
        wanted = effect_of(effect)
        if not isinstance(wanted, messages.RunActivity):
            raise TypeError("only activities fail")
        return to_json(messages.ActivityFailed(datetime.fromisoformat(at), wanted.activity))

    def cancelled(self, at: str) -> Json:
        """Return that an operator cancelled it on the cluster."""
        return to_json(messages.Cancelled(datetime.fromisoformat(at), OPERATOR))

    def expedited(self, at: str) -> Json:
        """Return that an operator asked for haste on the cluster."""
        return to_json(messages.Expedited(datetime.fromisoformat(at), OPERATOR))


PROCESS = ApprovalProcess()
"""The one that is hosted: a name stands for one process."""


def event_of(event: Json) -> Event:
    """Return the machine's message in an event."""
    return from_json({key: event[key] for key in event if key not in {SIZE, SAID}}, Event)


def effect_of(effect: Json) -> Effect:
    """Return the machine's message in an effect."""
    return from_json({key: effect[key] for key in effect if key != SIZE}, Effect)


def status_of(state: State) -> str:
    """Return the status of the version that the approval is about."""
    if state.outcome is not None:
        return state.outcome.value
    waits = state.running is None
    match state.stage:
        case Stage.INITIALIZING:
            return "quarantined" if waits else "inspecting"
        case Stage.VALIDATING:
            return "validated" if waits else "validating"
        case Stage.COMPLIANCE_CHECK:
            return "checking"
        case Stage.APPROVAL_PENDING:
            return "awaiting_approval" if state.submitted else "returned"
        case _:
            return "activating"


def _deadline(request: RequestState) -> Deadline:
    moment = request.next_moment
    passed = messages.DeadlinePassed(moment, request.level)
    return Deadline(request.level.value, moment, to_json(passed))


def _level(request: RequestState) -> Json:
    return {
        "level": request.level.value,
        "approved": request.approved,
        "deadline": request.deadline.isoformat(),
    }
