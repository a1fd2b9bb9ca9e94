"""The stories of approvals that every later release has to be able to replay."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dcs.engines.durable import Attempt, Body, Hosted, Json
from dcs.workflow import messages
from dcs.workflow.codec import to_json
from dcs.workflow.engine import activity_kind
from dcs.workflow.hosting import APPROVAL, PROCESS
from dcs.workflow.messages import Event
from dcs.workflow.state import Activity, Level, LevelPlan
from tests.engines.temporal_toy import Kept

if TYPE_CHECKING:
    from tests.engines.temporal_golden import Lived, Story

FAILING, LATE = "failing", "late"  # how an approval is opened whose work does not go as usual


async def agreed(approval: "Lived") -> None:
    """Two levels, a vote that came twice, one of who asked, a comment."""
    await begin(approval, classification="CONFIDENTIAL")
    await approval.reach(stage="APPROVAL_PENDING")
    await tell(approval, messages.Commented(now(), "simon"))
    await tell(approval, messages.Voted(now(), "paula", Level.L1, approve=True))
    for _ in range(2):
        await tell(approval, messages.Voted(now(), "stella", Level.L1, approve=True), key="1")
    await tell(approval, messages.Voted(now(), "simon", Level.L2, approve=True))


async def rejected(approval: "Lived") -> None:
    """Somebody is in haste, somebody else says no."""
    await begin(approval)
    await approval.reach(stage="APPROVAL_PENDING")
    await tell(approval, messages.Expedited(now(), "paula"))
    await tell(approval, messages.Voted(now(), "stella", Level.L1, approve=False))


async def deadline(approval: "Lived") -> None:
    """A reminder, an escalation, and nobody who decides."""
    await begin(approval, requester=LATE)


async def returned(approval: "Lived") -> None:
    """A draft that is submitted, returned, submitted again and approved."""
    await begin(approval, submit=False)
    await approval.reach(status="validated")
    await tell(approval, messages.Submitted(now(), "paula"))
    await approval.reach(stage="APPROVAL_PENDING")
    await tell(approval, messages.Returned(now(), "stella", Level.L1))
    await tell(approval, messages.Submitted(now(), "paula"))
    await approval.reach(status="awaiting_approval")
    await tell(approval, messages.Voted(now(), "stella", Level.L1, approve=True))


async def operated(approval: "Lived") -> None:
    """An operator asks for haste, then cancels."""
    await begin(approval)
    await approval.reach(stage="APPROVAL_PENDING")
    await approval.engine.expedite(approval.workflow)
    await approval.reach(expedited=True)
    await approval.engine.cancel(approval.workflow)


async def failed(approval: "Lived") -> None:
    """Work that is given up."""
    await begin(approval, requester=FAILING)


STORIES: Mapping[str, "Story"] = {
    "approval-agreed": agreed,
    "approval-rejected": rejected,
    "approval-deadline": deadline,
    "approval-returned": returned,
    "approval-operated": operated,
    "approval-failed": failed,
}


async def begin(
    approval: "Lived",
    *,
    requester: str = "paula",
    classification: str = "INTERNAL",
    submit: bool = True,
) -> None:
    event = messages.Opened(now(), requester, classification, submit)
    await approval.begin(APPROVAL, to_json(event))


async def tell(approval: "Lived", event: Event, key: str | None = None) -> None:
    await approval.ask(to_json(event), key)


def now() -> datetime:
    return datetime.now(UTC)


def hosted(kept: Kept) -> dict[str, Hosted]:
    """Return approvals as a worker hosts them, with work that knows its result beforehand."""
    bodies: dict[Activity, Callable[[Kept, Attempt], Awaitable[Event]]] = {
        Activity.INSPECT: _inspect,
        Activity.VALIDATE: _validate,
        Activity.CHECK_COMPLIANCE: _check,
        Activity.ACTIVATE: _activate,
    }
    named: dict[str, Body] = {
        activity_kind(each): _body(kept, body) for each, body in bodies.items()
    }
    return {APPROVAL: Hosted(PROCESS, kept.keep, named)}


def _body(kept: Kept, body: Callable[[Kept, Attempt], Awaitable[Event]]) -> Body:
    async def run(attempt: Attempt) -> Json:
        return to_json(await body(kept, attempt))

    return run


def _requester(kept: Kept, attempt: Attempt) -> Any:
    return kept.state(attempt.id)["requester"]


async def _inspect(_kept: Kept, attempt: Attempt) -> Event:
    if attempt.number == 1:
        raise ValueError("a scanner that has to be asked twice")
    return messages.Inspected(now(), "clean", True)


async def _validate(kept: Kept, attempt: Attempt) -> Event:
    if _requester(kept, attempt) == FAILING:
        raise ValueError("a file that nobody can read")
    return messages.ValidationFinished(now(), True)


async def _check(kept: Kept, attempt: Attempt) -> Event:
    at, plans = now(), ()
    if _requester(kept, attempt) == LATE:
        soon = timedelta(seconds=1)
        plans = (
            LevelPlan(
                Level.L1, at + 4 * soon, soon, escalate_to="office", escalate_at=at + 2 * soon
            ),
        )
    return messages.ComplianceFinished(at, True, approvers=("stella", "simon"), plans=plans)


async def _activate(_kept: Kept, _attempt: Attempt) -> Event:
    return messages.Activated(now())
