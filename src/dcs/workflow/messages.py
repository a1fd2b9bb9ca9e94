"""What an approval is told, and what it asks for: events in, effects out, both plain data."""

from dataclasses import dataclass
from datetime import datetime

from dcs.workflow.state import Activity, Binding, Level, LevelPlan, Outcome

__all__ = [
    "Activated",
    "Activity",
    "ActivityFailed",
    "Awaken",
    "Cancelled",
    "CloseRequest",
    "Commented",
    "ComplianceFinished",
    "DeadlinePassed",
    "Delegated",
    "Discarded",
    "Effect",
    "Escalate",
    "Escalated",
    "Event",
    "Expedited",
    "Finish",
    "HandOver",
    "Ignored",
    "Inspected",
    "MoveDeadline",
    "OpenRequest",
    "Opened",
    "Released",
    "Remind",
    "Returned",
    "RunActivity",
    "SetStatus",
    "Submitted",
    "ValidationFinished",
    "Void",
    "Voided",
    "Voted",
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a time; the machine knows no other clock."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Opened(Event):
    """A file was received as a new version."""

    requester: str
    classification: str
    submit: bool = True
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Inspected(Event):
    """The inspection ended with a verdict; only a *cleared* file goes on by itself."""

    verdict: str
    cleared: bool


@dataclass(frozen=True, slots=True)
class Released(Event):
    """Somebody let the file out of quarantine."""

    by: str


@dataclass(frozen=True, slots=True)
class Discarded(Event):
    """Somebody had the file removed from quarantine."""

    by: str


@dataclass(frozen=True, slots=True)
class ValidationFinished(Event):
    """The file was judged; *passed* unless a check of severity error failed."""

    passed: bool
    undeclared_personal_data: bool = False


@dataclass(frozen=True, slots=True)
class Submitted(Event):
    """Somebody asked for the approval of a draft, or of what was returned; *attested* is what they confirm."""

    by: str
    attested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComplianceFinished(Event):
    """
    The automatic rules were applied.

    Attributes:
        passed: Whether people may be asked.
        problems: The codes of the rules that are broken.
        approvers: Everybody who may decide now.
        plans: How each level is asked; the usual way where it is empty.
        binding: What they are asked about.
        shown: The codes of what they have to see before they decide.
        unanswered: The sentences that the requester has to attest first.
    """

    passed: bool
    problems: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    plans: tuple[LevelPlan, ...] = ()
    binding: Binding | None = None
    shown: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voted(Event):
    """
    Somebody decided for one level.

    Attributes:
        groups: The groups whose voice they have: their own, and those of whom they stand in for.
        masks: Columns that they want masked for everybody, and how.
        binding: What they had before them; an approval of anything else voids the round.
    """

    by: str
    level: Level
    approve: bool
    groups: tuple[str, ...] = ()
    masks: tuple[tuple[str, str], ...] = ()
    binding: Binding | None = None


@dataclass(frozen=True, slots=True)
class Returned(Event):
    """Somebody who may decide on a level wants something changed first."""

    by: str
    level: Level
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delegated(Event):
    """Somebody who may decide on a level hands their vote to somebody else who may."""

    by: str
    level: Level
    to: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalated(Event):
    """Somebody wants the next group to be asked now."""

    by: str


@dataclass(frozen=True, slots=True)
class Voided(Event):
    """What is there is not what was reviewed; *changes* are the names of what is different."""

    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeadlinePassed(Event):
    """A moment that a level waited for has come: its reminder, its escalation, or its deadline."""

    level: Level


@dataclass(frozen=True, slots=True)
class Expedited(Event):
    """Somebody asked for haste."""

    by: str


@dataclass(frozen=True, slots=True)
class Commented(Event):
    """Somebody said something; the words are kept beside the approval."""

    by: str


@dataclass(frozen=True, slots=True)
class Cancelled(Event):
    """The requester or an admin ended it."""

    by: str


@dataclass(frozen=True, slots=True)
class Activated(Event):
    """The version was published."""


@dataclass(frozen=True, slots=True)
class ActivityFailed(Event):
    """An activity failed for the last time."""

    activity: Activity


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to be done, in the transaction that keeps the new state."""


@dataclass(frozen=True, slots=True)
class RunActivity(Effect):
    """Let the machinery work; its result comes back as an event."""

    activity: Activity


@dataclass(frozen=True, slots=True)
class OpenRequest(Effect):
    """Ask the people of a level."""

    level: Level
    deadline: datetime
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveDeadline(Effect):
    """Give a level less time than it had."""

    level: Level
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Awaken(Effect):
    """Look at a level again at a moment; one moment a level, the last one counts."""

    level: Level
    moment: datetime


@dataclass(frozen=True, slots=True)
class Remind(Effect):
    """Tell those who were asked that little time is left."""

    level: Level
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Escalate(Effect):
    """Ask the members of a group as well."""

    level: Level
    group: str
    deadline: datetime


@dataclass(frozen=True, slots=True)
class HandOver(Effect):
    """Somebody votes instead of somebody else."""

    level: Level
    giver: str
    taker: str
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Void(Effect):
    """Nothing that was voted counts any more, because of these changes."""

    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CloseRequest(Effect):
    """A level is ``approved``, ``rejected``, ``returned`` or, undecided, ``closed``."""

    level: Level
    state: str


@dataclass(frozen=True, slots=True)
class SetStatus(Effect):
    """Change the status clients see."""

    status: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Ignored(Effect):
    """An event changed nothing, and why."""

    event: str
    why: str
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Finish(Effect):
    """The approval has ended."""

    outcome: Outcome
    reason: str | None
    at: datetime
