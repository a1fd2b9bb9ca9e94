"""The state of an approval: everything `decide` knows, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

PROCESS = 1
"""The version of the process a stored state was made by."""


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

    @property
    def time_allowed(self) -> timedelta:
        """How long one attempt may take."""
        return {
            Activity.INSPECT: timedelta(minutes=5),
            Activity.VALIDATE: timedelta(minutes=5),
            Activity.CHECK_COMPLIANCE: timedelta(minutes=10),
            Activity.ACTIVATE: timedelta(minutes=15),
        }[self]


class Level(StrEnum):
    """Who has to agree: always L1, and L2 as well where the data is sensitive."""

    L1 = "L1"
    L2 = "L2"

    @property
    def time_to_decide(self) -> timedelta:
        """How long the people of this level have."""
        return {Level.L1: timedelta(hours=24), Level.L2: timedelta(hours=48)}[self]


class Outcome(StrEnum):
    """How an approval ended; also the status its version ends with."""

    ACTIVE = "active"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RequestState:
    """One level's request: until when, and who decided what."""

    level: Level
    deadline: datetime
    voter: str | None = None
    approved: bool = False


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
        requests: The levels that were asked, once they were.
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
    undeclared_personal_data: bool = False
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
            "undeclared_personal_data": self.undeclared_personal_data,
            "requests": [
                {
                    "level": each.level.value,
                    "deadline": each.deadline.isoformat(),
                    "voter": each.voter,
                    "approved": each.approved,
                }
                for each in self.requests
            ],
            "outcome": None if self.outcome is None else self.outcome.value,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "State":
        """Read a stored state; one of another process version is refused, never guessed at."""
        if data["process"] != PROCESS:
            raise ValueError(f"approval process {data['process']} is not known to this release")
        return cls(
            requester=data["requester"],
            classification=data["classification"],
            asked_for_two=data["asked_for_two"],
            submitted=data["submitted"],
            stage=Stage(data["stage"]),
            progress=data["progress"],
            running=None if data["running"] is None else Activity(data["running"]),
            undeclared_personal_data=data["undeclared_personal_data"],
            requests=tuple(
                RequestState(
                    Level(each["level"]),
                    datetime.fromisoformat(each["deadline"]),
                    each["voter"],
                    each["approved"],
                )
                for each in data["requests"]
            ),
            outcome=None if data["outcome"] is None else Outcome(data["outcome"]),
            reason=data["reason"],
        )
