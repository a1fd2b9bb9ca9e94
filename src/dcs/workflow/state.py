"""The state of an approval: everything `decide` knows, and nothing else."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

PROCESS = 3
"""The version of the process a stored state was made by; what 1 and 2 stored is still read."""

READABLE = {1, 2, PROCESS}
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
class LevelPlan:
    """
    How the people of one level are asked, worked out from a template when they are.

    Attributes:
        deadline: Until when enough of them have to approve.
        urgent: How long they have from the moment somebody asks for haste.
        quorum: How many have to approve.
        group: Only its members are asked, and may vote; None leaves it to policy alone.
        escalate_to: The group that is asked as well when time runs short.
        escalate_at: When that is.
        people: Who hears of it, as far as it was known then.
    """

    level: Level
    deadline: datetime
    urgent: timedelta
    quorum: int = 1
    group: str | None = None
    escalate_to: str | None = None
    escalate_at: datetime | None = None
    people: tuple[str, ...] = ()

    @classmethod
    def usual(cls, level: Level, at: datetime) -> "LevelPlan":
        """Return how a level is asked where no template says anything."""
        return cls(level, at + level.time_to_decide(False), level.time_to_decide(True))


@dataclass(frozen=True, slots=True)
class Binding:
    """
    What the people who decide have before them: their approval counts for this and nothing else.

    Attributes:
        sha256: The content of the file.
        classification: The label of the dataset.
        contract: The data contract that holds for the dataset; None if there is none.
        report: The report, by its content.
        policy: The revision of the rules.
        template: The revision of the template.
    """

    sha256: str
    classification: str
    contract: str | None
    report: str
    policy: str
    template: int

    def changes(self, now: "Binding") -> tuple[str, ...]:
        """Return the names of what is different now."""
        return tuple(
            each.name
            for each in fields(self)
            if getattr(self, each.name) != getattr(now, each.name)
        )


@dataclass(frozen=True, slots=True)
class RequestState:
    """
    One level's request.

    Attributes:
        deadline: Until when enough people have to approve.
        remind_at: When those who were asked are reminded; None if they were.
        approvals: Who approved, in their order.
        quorum: How many have to.
        urgent: How long they have once somebody asks for haste.
        groups: Only their members may vote; empty leaves it to policy alone.
        escalate_to: The group that is asked as well when time runs short; None once it was.
        escalate_at: When that is.
        delegated: Who handed their vote to whom.
    """

    level: Level
    deadline: datetime
    remind_at: datetime | None = None
    approvals: tuple[str, ...] = ()
    quorum: int = 1
    urgent: timedelta = timedelta(hours=1)
    groups: tuple[str, ...] = ()
    escalate_to: str | None = None
    escalate_at: datetime | None = None
    delegated: tuple[tuple[str, str], ...] = ()

    @property
    def approved(self) -> bool:
        """Whether enough people have approved."""
        return len(self.approvals) >= self.quorum

    @property
    def next_moment(self) -> datetime:
        """When there is something to be done about it next."""
        moments = (self.remind_at, self.escalate_at, self.deadline)
        return min(each for each in moments if each is not None)

    def has_handed_over(self, person: str) -> bool:
        """Say whether somebody gave their vote away."""
        return any(giver == person for giver, _ in self.delegated)

    def admits(self, person: str, groups: tuple[str, ...]) -> bool:
        """Say whether the groups that were asked let somebody vote who is in *groups*."""
        if not self.groups or not set(self.groups).isdisjoint(groups):
            return True
        return any(taker == person for _, taker in self.delegated)


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
        round: Counts how often people were asked; a return or a change begins a new one.
        attested: What the requester has confirmed, each a sentence of the template.
        problems: The codes of the rules that it broke.
        shown: The codes of what those who decide have to see.
        unanswered: The sentences that the requester has to attest before anybody is asked.
        binding: What those who decide were asked about in this round.
        masks: The columns that an approver wants masked for everybody, and how.
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
    attested: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    binding: Binding | None = None
    masks: tuple[tuple[str, str], ...] = ()
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

    def request(self, level: Level) -> RequestState | None:
        """Return a level's request, if it was asked."""
        return next((each for each in self.requests if each.level is level), None)

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
            "attested": list(self.attested),
            "problems": list(self.problems),
            "shown": list(self.shown),
            "unanswered": list(self.unanswered),
            "binding": None if self.binding is None else asdict(self.binding),
            "masks": [list(each) for each in self.masks],
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
            attested=tuple(data.get("attested", ())),
            problems=tuple(data.get("problems", ())),
            shown=tuple(data.get("shown", ())),
            unanswered=tuple(data.get("unanswered", ())),
            binding=None if data.get("binding") is None else Binding(**data["binding"]),
            masks=tuple((column, method) for column, method in data.get("masks", ())),
            requests=tuple(_request(each) for each in data["requests"]),
            outcome=None if data["outcome"] is None else Outcome(data["outcome"]),
            reason=data["reason"],
        )


def _request_json(request: RequestState) -> dict[str, Any]:
    return {
        "level": request.level.value,
        "deadline": request.deadline.isoformat(),
        "remind_at": _text(request.remind_at),
        "approvals": list(request.approvals),
        "quorum": request.quorum,
        "urgent": request.urgent / timedelta(seconds=1),
        "groups": list(request.groups),
        "escalate_to": request.escalate_to,
        "escalate_at": _text(request.escalate_at),
        "delegated": [list(each) for each in request.delegated],
    }


def _request(data: Mapping[str, Any]) -> RequestState:
    level = Level(data["level"])
    if "approvals" not in data:  # before process 3 one vote decided a level
        data = {**data, "approvals": [data["voter"]] if data["approved"] else []}
    usual = level.time_to_decide(True) / timedelta(seconds=1)
    return RequestState(
        level=level,
        deadline=datetime.fromisoformat(data["deadline"]),
        remind_at=_instant(data.get("remind_at")),
        approvals=tuple(data["approvals"]),
        quorum=data.get("quorum", 1),
        urgent=timedelta(seconds=data.get("urgent", usual)),
        groups=tuple(data.get("groups", ())),
        escalate_to=data.get("escalate_to"),
        escalate_at=_instant(data.get("escalate_at")),
        delegated=tuple((giver, taker) for giver, taker in data.get("delegated", ())),
    )


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
