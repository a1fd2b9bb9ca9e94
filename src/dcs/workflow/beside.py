"""What is kept beside an event that a person caused: their words, and what follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from dcs.audit import AuditTrail
from dcs.catalog import Catalog, find_version
from dcs.core.ids import UserId, VersionId, new_id
from dcs.engines.database import Session
from dcs.validation import Reports
from dcs.workflow import messages, store
from dcs.workflow.messages import Event
from dcs.workflow.state import State


@dataclass(frozen=True, slots=True)
class Beside:
    """
    Keep what a person wrote in the transaction of the step that it led to.

    An event carries ids alone, because an engine may remember events for years
    where nobody could take a text out again.
    """

    catalog: Catalog
    reports: Reports
    audit: AuditTrail

    def keep(
        self,
        session: Session,
        approval: Row[Any],
        event: Event,
        state: State,
        words: str,
    ) -> None:
        """
        Keep what belongs to an event that counted.

        Args:
            approval: Its row.
            event: What happened.
            state: What that made of the approval.
            words: What the person wrote, if anything.
        """
        version = VersionId(approval.version)
        match event:
            case messages.Voted(approve=True):
                confirmed = self.reports.undeclared(session, version)
                self._vote(session, approval, event, state.round, words, confirmed)
            case messages.Voted():
                self._vote(session, approval, event, state.round, words)
            case messages.Returned():  # it has begun the next round
                self._vote(session, approval, event, state.round - 1, words)
            case messages.Commented(at=at, by=by):
                store.add_comment(
                    session, id=new_id(), approval=approval.id, author=by, text=words, at=at
                )
            case messages.Released(by=by):
                self.catalog.note_release(session, version, UserId(by), words)
                self._record(session, by, "quarantine.release", version)
            case messages.Discarded(by=by):
                self.catalog.note_release_reason(session, version, words)
                self._record(session, by, "quarantine.discard", version)
                self._forget(session, version)
            case _:
                pass  # nothing was written

    def _vote(
        self,
        session: Session,
        approval: Row[Any],
        event: messages.Voted | messages.Returned,
        round_: int,
        reason: str,
        confirmed: Sequence[str] = (),
    ) -> None:
        store.add_vote(
            session,
            id=new_id(),
            approval=approval.id,
            level=event.level.value,
            round=round_,
            voter=event.by,
            decision=_decision(event),
            reason=reason,
            masks=dict(event.masks) or None if isinstance(event, messages.Voted) else None,
            confirmed=list(confirmed) or None,
            at=event.at,
        )

    def _record(self, session: Session, by: str, action: str, version: VersionId) -> None:
        found = find_version(session, version)
        if found is not None:
            self.audit.record(
                session,
                actor=by,
                action=action,
                object_kind="version",
                object_id=version,
                details={"malware": found[1].malware, "threat": found[1].threat or ""},
            )

    def _forget(self, session: Session, version: VersionId) -> None:
        """Let the bytes be unknown, unless another version has the same."""
        found = find_version(session, version)
        if found is not None:
            self.catalog.forget_object(session, found[1].sha256)


def _decision(event: messages.Voted | messages.Returned) -> str:
    match event:
        case messages.Voted(approve=True):
            return "approve"
        case messages.Voted():
            return "reject"
        case _:
            return "return"
