"""
What people do with an approval, each as a story with an end.

Nobody remembers anything: what is done next follows from the rows, so another
process goes on where one has died.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from dcs.core.actor import Actor
from dcs.ingestion import UploadRequest
from dcs.studio import Studio
from dcs.workflow import Ballot, Level
from dcs.workflow.state import Outcome, Stage, State
from tests.faults.approvals.offices import SharedClock

STATUSES = ("validating", "checking", "awaiting_approval")


@dataclass(frozen=True)
class Plot:
    """
    How a story ends, and everything that has happened by then, each once.

    Attributes:
        actions: The events in the record, in order.
        votes: Who decided what, as level, round, login and decision.
        notices: How many notices of a kind and level somebody gets.
    """

    dataset: str
    outcome: Outcome
    reason: str | None
    actions: tuple[str, ...]
    statuses: tuple[str, ...]
    votes: tuple[tuple[str, int, str, str], ...] = ()
    notices: Mapping[tuple[str, str, str], int] = field(default_factory=dict)


def _told(kind: str, level: str, *logins: str) -> dict[tuple[str, str, str], int]:
    return {(login, kind, level): 1 for login in logins}


BOTH = ("stella", "simon")
BEGUN = ("opened", "inspected", "validation_finished", "compliance_finished")
ASKED = _told("approval_requested", "L1", *BOTH)
ASKED_TWICE = ASKED | _told("approval_requested", "L2", *BOTH)


class Story(Enum):
    """Every way that is tried."""

    APPROVED = Plot(
        "closed",
        Outcome.ACTIVE,
        None,
        (*BEGUN, "commented", "expedited", "voted", "voted", "activated"),
        (*STATUSES, "activating", "active"),
        (("L1", 1, "stella", "approve"), ("L2", 1, "simon", "approve")),
        ASKED_TWICE
        | _told("commented", "", *BOTH)
        | _told("expedited", "L1", *BOTH)
        | _told("expedited", "L2", *BOTH)
        | _told("already_decided", "L2", "stella")
        | _told("decided", "", "paula"),
    )
    RETURNED = Plot(
        "open",
        Outcome.ACTIVE,
        None,
        (*BEGUN, "returned", "submitted", "compliance_finished", "voted", "activated"),
        (*STATUSES, "returned", "checking", "awaiting_approval", "activating", "active"),
        (("L1", 1, "stella", "return"), ("L1", 2, "simon", "approve")),
        dict.fromkeys(ASKED, 2)
        | _told("returned", "L1", "paula")
        | _told("already_decided", "L1", "simon", "stella")
        | _told("decided", "", "paula"),
    )
    CANCELLED = Plot(
        "closed",
        Outcome.CANCELLED,
        "CANCELLED",
        (*BEGUN, "cancelled"),
        (*STATUSES, "cancelled"),
        notices=ASKED_TWICE | _told("decided", "", "paula"),
    )
    REJECTED = Plot(
        "closed",
        Outcome.REJECTED,
        "HUMAN_REJECTION",
        (*BEGUN, "voted"),
        (*STATUSES, "rejected"),
        (("L2", 1, "simon", "reject"),),
        ASKED_TWICE | _told("already_decided", "L2", "stella") | _told("decided", "", "paula"),
    )
    LATE = Plot(
        "open",
        Outcome.REJECTED,
        "DEADLINE",
        (*BEGUN, "deadline_passed", "deadline_passed"),
        (*STATUSES, "rejected"),
        notices=ASKED | _told("deadline_near", "L1", *BOTH) | _told("decided", "", "paula"),
    )

    @classmethod
    def of(cls, filename: str) -> "Story":
        """Return the story that a file was sent for."""
        return cls[filename.partition("-")[0]]


@dataclass(frozen=True)
class People:
    """Those who send files and decide about them, at one studio."""

    studio: Studio
    clock: SharedClock
    actors: Mapping[str, Actor]

    async def send(self, story: Story, number: int) -> str:
        """Send a file of its own for each number, and return its version."""

        async def content():  # type: ignore[no-untyped-def]
            yield b"id,amount\n%d,2\n" % number

        received = await self.studio.receiver.receive(
            self.actors["paula"],
            story.value.dataset,
            f"{story.name}-{number}.csv",
            content(),
            UploadRequest(sensitive=story.value.dataset == "closed"),
        )
        return str(received.version.id)

    async def go_on(
        self, story: Story, approval: str, version: str, state: State, comments: int
    ) -> None:
        """Do the next thing that a story has in store for an approval, if it is people's turn."""
        if story is Story.RETURNED and not state.submitted and state.running is None:
            found = (await self.studio.catalog.load(self.actors["paula"].tenant, version))[1]
            await self.studio.approvals.submit(self.actors["paula"], found)
        if state.stage is not Stage.APPROVAL_PENDING or state.running is not None:
            return
        approvals, actors = self.studio.approvals, self.actors
        match story:
            case Story.APPROVED if not comments:
                await approvals.comment(actors["paula"], approval, "Please have a look.")
            case Story.APPROVED if not state.expedited:
                await approvals.expedite(actors["paula"], approval)
            case Story.APPROVED if Level.L1 in _open(state):
                await approvals.vote(actors["stella"], approval, Ballot(Level.L1, "approve"))
            case Story.APPROVED if Level.L2 in _open(state):
                await approvals.vote(actors["simon"], approval, Ballot(Level.L2, "approve"))
            case Story.RETURNED if state.round == 1 and state.submitted:
                await approvals.vote(
                    actors["stella"], approval, Ballot(Level.L1, "return", "other columns")
                )
            case Story.RETURNED if state.submitted:
                await approvals.vote(actors["simon"], approval, Ballot(Level.L1, "approve"))
            case Story.CANCELLED:
                await approvals.cancel(actors["paula"], approval, "sent by mistake")
            case Story.REJECTED:
                await approvals.vote(
                    actors["simon"], approval, Ballot(Level.L2, "reject", "not this one")
                )
            case Story.LATE:
                moment = min(each.next_moment for each in state.requests)
                if moment > self.clock.now():
                    self.clock.move(moment - self.clock.now() + timedelta(milliseconds=1))
            case _:
                pass


def _open(state: State) -> Sequence[Level]:
    return [each.level for each in state.requests if not each.approved]
