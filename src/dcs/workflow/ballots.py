"""A vote as somebody casts it, and everything the machine has to know about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dcs.auth import groups_of, standing_in_for
from dcs.catalog import find_version
from dcs.core.actor import Actor
from dcs.core.ids import UserId, VersionId
from dcs.engines.database import Session
from dcs.workflow import messages
from dcs.workflow.binding import Bindings
from dcs.workflow.errors import MaskInvalidError, require_reason
from dcs.workflow.state import Level

METHODS = frozenset({"redact", "partial"})


@dataclass(frozen=True, slots=True)
class Ballot:
    """
    What somebody decides on one level.

    Attributes:
        decision: ``approve``, ``return`` or ``reject``.
        reason: Owed by whoever does not approve.
        masks: The columns that nobody is to see as they are, and how each is masked:
            ``redact`` or ``partial``.
    """

    level: Level
    decision: str
    reason: str = ""
    masks: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Raise `ReasonMissingError` or `MaskInvalidError` if it cannot be cast like this."""
        if self.decision != "approve":
            require_reason(self.reason)
            if self.masks:
                raise MaskInvalidError("Only an approval can ask for masks.")
        if not METHODS.issuperset(self.masks.values()):
            raise MaskInvalidError("A column is masked by `redact` or by `partial`.")


@dataclass(frozen=True, slots=True)
class Ballots:
    """Turn ballots into events, with what is true in the transaction in which they are cast."""

    bindings: Bindings

    def event(
        self, session: Session, actor: Actor, at: datetime, version: VersionId, ballot: Ballot
    ) -> messages.Event:
        """
        Return the event of a vote.

        Raises:
            MaskInvalidError: The version does not have a column that is to be masked.
        """
        groups = voice(session, actor, at)
        if ballot.decision == "return":
            return messages.Returned(at, actor.id, ballot.level, groups)
        found = find_version(session, version)
        columns = frozenset() if found is None else {each.name for each in found[1].columns}
        if not ballot.masks.keys() <= columns:
            raise MaskInvalidError("The version does not have all of the columns to be masked.")
        return messages.Voted(
            at,
            actor.id,
            ballot.level,
            ballot.decision == "approve",
            groups,
            tuple(sorted(ballot.masks.items())),
            self.bindings.now(session, version),
        )


def voice(session: Session, actor: Actor, at: datetime) -> tuple[str, ...]:
    """Return the groups somebody speaks for: their own, and those of people they stand in for."""
    absent = standing_in_for(session, UserId(actor.id), at)
    borrowed = (group for each in absent for group in groups_of(session, each))
    return tuple(sorted({*actor.groups, *borrowed}))
