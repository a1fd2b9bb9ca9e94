"""Record what happened inside the transaction it happened in, and prove the record whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from dcs.audit import store
from dcs.audit.chain import GENESIS, AuditEvent, ChainBrokenError, link_hash, verify_chain
from dcs.core.clock import Clock
from dcs.core.ids import TenantId, new_id
from dcs.engines.database import Database, Session

PAGE = 5_000  # events in memory at once while verifying


@dataclass(frozen=True, slots=True)
class Verification:
    """A proof's result: how many events were followed and where the chain ends."""

    events: int
    head: str
    verified: bool
    broken_at: int | None = None


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The tenant's record: written beside each change, read and proven at any time."""

    database: Database
    clock: Clock

    def record(
        self,
        session: Session,
        *,
        actor: str | None,
        action: str,
        object_kind: str,
        object_id: str,
        outcome: str = "done",
        reasons: Sequence[str] = (),
        details: Mapping[str, Any] | None = None,
    ) -> AuditEvent:
        """
        Append an event to the tenant's chain in the running transaction.

        Either the change and its event are both kept or neither is. The head's
        row is locked, so the events of a tenant are in one order.
        """
        sequence, previous = store.head(session, lock=True)
        event = AuditEvent(
            tenant=session.tenant,
            sequence=sequence + 1,
            id=new_id(),
            at=self.clock.now(),
            actor=actor,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            outcome=outcome,
            reasons=tuple(reasons),
            details=dict(details or {}),
            previous=previous,
        )
        event = replace(event, hash=link_hash(event))
        store.append(session, event)
        return event

    async def newest(
        self, tenant: TenantId, *, before: int | None = None, limit: int = 100
    ) -> Sequence[AuditEvent]:
        """Return the latest events, newest first, older than the sequence *before*."""
        return await self.database.read(tenant, lambda s: store.newest(s, before, limit))

    async def about(
        self, tenant: TenantId, object_id: str, limit: int = 200
    ) -> Sequence[AuditEvent]:
        """Return what happened to one thing, oldest first."""
        return await self.database.read(tenant, lambda s: store.about(s, object_id, limit))

    async def verify(self, tenant: TenantId) -> Verification:
        """
        Follow the whole chain from its start and compare its end with the head.

        Memory stays at one page however long the record is. Events that are
        appended meanwhile are not part of the answer.
        """
        length, expected = await self.database.read(tenant, store.head)
        sequence, last = 0, GENESIS
        try:
            while sequence < length:
                wanted = min(PAGE, length - sequence)
                events = await self.database.read(
                    tenant, partial(store.page, after=sequence, limit=wanted)
                )
                if not events:
                    raise ChainBrokenError(sequence + 1)
                sequence, last = verify_chain(events, last, sequence)
            if last != expected:
                raise ChainBrokenError(sequence)
        except ChainBrokenError as broken:
            return Verification(broken.sequence - 1, last, False, broken.sequence)
        return Verification(sequence, last, True)
