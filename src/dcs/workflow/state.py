"""The state of an approval: everything `decide` knows, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

PROCESS = 2
"""The version of the process a stored state was made by; what 1 stored is still read."""

READABLE = {1, PROCESS}
SLOWEST = 2_000_000
"""Bytes a second that work on a file is given, far below what is measured; its limit grows so."""


class Stage(StrEnum):
    """How far an approval has come."""

    INITIALIZING = "INITIALIZING"
    VALIDATING = "VALIDATING"
    COMPLIANCE_CHECK = "COMPLIANCE_CHECK"
    APPROVAL_PENDING = "APPROVAL_PENDING"
    ACTIVATING = "ACTIVATING"
    COMPLETING = "COMPLETING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


PROGRESS: Mapping[Stage, int] = {
    Stage.INITIALIZING: 0,
    Stage.VALIDATING: 10,
    Stage.COMPLIANCE_CHECK: 30,
    Stage.APPROVAL_PENDING: 50,
    Stage.ACTIVATING: 80,
    Stage.COMPLETING: 95,
    Stage.COMPLETED: 100,
}
"""Percent at each stage; FAILED keeps what was reached."""


class Activity(StrEnum):
    """Work the machinery does between two events."""

    INSPECT = "inspect"
    VALIDATE = "validate"
    CHECK_COMPLIANCE = "check_compliance"
    ACTIVATE = "activate"

    def time_allowed(self, size: int) -> timedelta:
        """Return how long one attempt may take for a file of *size* bytes."""
        minutes, reads_the_file = {
            Activity.INSPECT: (5, True),
            Activity.VALIDATE: (5, True),
            Activity.CHECK_COMPLIANCE: (10, False),
            Activity.ACTIVATE: (15, True),
        }[self]
        return timedelta(minutes=minutes, seconds=size // SLOWEST if reads_the_file else 0)


class Level(StrEnum):
    """Who has to agree: always L1, and L2 as well where the data is sensitive."""

    L1 = "L1"
    L2 = "L2"

    def time_to_decide(self, expedited: bool) -> timedelta:
        """Return how long the people of this level have."""
        usual, urgent = {Level.L1: (24, 1), Level.L2: (48, 2)}[self]
        return timedelta(hours=urgent if expedited else usual)


class Outcome(StrEnum):
    """How an approval ended; also the status its version ends with."""

    ACTIVE = "active"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RequestState:
    """
    One level's request.

    Attributes:
        deadline: Until when somebody has to decide.
        remind_at: When those who were asked are reminded; None if they were.
        voter: Who decided.
        approved: What they decided.
    """

    level: Level
    deadline: datetime
    remind_at: datetime | None = None
    voter: str | None = None
    approved: bool = False

    @property
    def next_moment(self) -> datetime:
        """When there is something to be done about it next."""
        return self.deadline if self.remind_at is None else min(self.remind_at, self.deadline)


@dataclass(frozen=True, slots=True)
class State:
    """
    An approval at one moment.

    Attributes:
        requester: Who asked; never somebody who may vote.
        classification: The dataset's label when the approval was opened.
        asked_for_two: The requester wants a second level; they can only raise, never lower.
        submitted: Whether approval was asked for; a draft waits once it is validated.
        running: The activity whose result is awaited.
        expedited: Somebody asked for haste; it holds for every deadline from then on.
        round: Counts how often people were asked; a return begins a new one.
        requests: The levels that were asked in this round, once they were.
        outcome: How it ended; None while it is open.
        reason: Why it ended so.
    """

    requester: str
    classification: str
    asked_for_two: bool = False
    submitted: bool = True
    stage: Stage = Stage.INITIALIZING
    progress: int = 0
    running: Activity | None = Activity.INSPECT
    expedited: bool = False
    undeclared_personal_data: bool = False
    round: int = 1
    requests: tuple[RequestState, ...] = ()
    outcome: Outcome | None = None
    reason: str | None = None

    @property
    def is_sensitive(self) -> bool:
        """HIGH sensitivity: a closed classification, undeclared personal data, or asked for."""
        closed = self.classification in {"CONFIDENTIAL", "SECRET"}
        return closed or self.undeclared_personal_data or self.asked_for_two

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that have to agree."""
        return (Level.L1, Level.L2) if self.is_sensitive else (Level.L1,)

    def to_json(self) -> dict[str, Any]:
        """Return the state as it is stored."""
        return {
            "process": PROCESS,
            "requester": self.requester,
            "classification": self.classification,
            "asked_for_two": self.asked_for_two,
            "submitted": self.submitted,
            "stage": self.stage.value,
            "progress": self.progress,
            "running": None if self.running is None else self.running.value,
            "expedited": self.expedited,
            "undeclared_personal_data": self.undeclared_personal_data,
            "round": self.round,
            "requests": [_request_json(each) for each in self.requests],
            "outcome": None if self.outcome is None else self.outcome.value,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "State":
        """Read a stored state; one of another process version is refused, never guessed at."""
        if data["process"] not in READABLE:
            raise ValueError(f"approval process {data['process']} is not known to this release")
        return cls(
            requester=data["requester"],
            classification=data["classification"],
            asked_for_two=data["asked_for_two"],
            submitted=data["submitted"],
            stage=Stage(data["stage"]),
            progress=data["progress"],
            running=None if data["running"] is None else Activity(data["running"]),
            expedited=data.get("expedited", False),
            undeclared_personal_data=data["undeclared_personal_data"],
            round=data.get("round", 1),
            requests=tuple(_request(each) for each in data["requests"]),
            outcome=None if data["outcome"] is None else Outcome(data["outcome"]),
            reason=data["reason"],
        )


def _request_json(request: RequestState) -> dict[str, Any]:
    remind_at = request.remind_at
    return {
        "level": request.level.value,
        "deadline": request.deadline.isoformat(),
        "remind_at": None if remind_at is None else remind_at.isoformat(),
        "voter": request.voter,
        "approved": request.approved,
    }


def _request(data: Mapping[str, Any]) -> RequestState:
    remind_at = data.get("remind_at")
    return RequestState(
        Level(data["level"]),
        datetime.fromisoformat(data["deadline"]),
        None if remind_at is None else datetime.fromisoformat(remind_at),
        data["voter"],
        data["approved"],
    )
