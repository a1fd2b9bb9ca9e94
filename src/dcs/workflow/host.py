"""Where approvals live: one port, on rows of the database or on a cluster."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dcs.catalog import Dataset, Version
from dcs.core.ids import TenantId, new_id
from dcs.engines.database import Database, Session
from dcs.workflow import messages, store
from dcs.workflow.beside import Beside
from dcs.workflow.engine import Engine
from dcs.workflow.errors import ApprovalNotFoundError


class Host(Protocol):
    """
    Begin approvals, and let what people do happen to them.

    ``tests/workflow/test_engines.py`` is the contract. Whatever hosts an
    approval, what it is can be read from the rows alone.
    """

    def open(
        self, session: Session, dataset: Dataset, version: Version, event: messages.Opened
    ) -> None:
        """Begin the approval of a version, in the transaction that received it."""
        ...

    async def happen(
        self, tenant: TenantId, approval: str, event: messages.Event, words: str = ""
    ) -> str | None:
        """
        Let what a person did happen, with what they wrote.

        When this returns, the rows tell of it.

        Returns:
            Why it changed nothing, as a code; None if it did.

        Raises:
            ApprovalNotFoundError: The tenant has no such approval.
            UnavailableError: What hosts it did not answer; it may yet happen.
        """
        ...


@dataclass(frozen=True, slots=True)
class RowHost:
    """Approvals on rows: an event, what it changes and what was written, in one transaction."""

    database: Database
    engine: Engine
    beside: Beside

    def open(
        self, session: Session, dataset: Dataset, version: Version, event: messages.Opened
    ) -> None:
        """Add the approval's row and its first job."""
        self.engine.open(session, new_id(), version.id, dataset.id, event)

    async def happen(
        self, tenant: TenantId, approval: str, event: messages.Event, words: str = ""
    ) -> str | None:
        """Apply the event; nobody else decides about this approval meanwhile."""

        def happen(session: Session) -> str | None:
            row = store.get_approval(session, approval, lock=True)
            if row is None:
                raise ApprovalNotFoundError("There is no such approval.")
            state, effects = self.engine.apply(session, approval, event)
            why_not = why_ignored(effects)
            if why_not is None:
                self.beside.keep(session, row, event, state, words)
            return why_not

        return await self.database.write(tenant, happen)


def why_ignored(effects: Sequence[messages.Effect]) -> str | None:
    """Return why what somebody did does not count; None if it does."""
    for each in effects:
        if isinstance(each, messages.Ignored):
            return each.why
        if isinstance(each, messages.Void):
            return "what_was_reviewed_has_changed"
    return None
