"""Keep what an organisation knows of its personal data, and judge its files with it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from dcs.audit import AuditTrail
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session
from dcs.policy import Action, Permits, Resource
from dcs.validation.errors import RecognizersChangedError, RecognizersNotFoundError
from dcs.validation.recognizers import store
from dcs.validation.recognizers.reading import parse_recognizers
from dcs.validation.recognizers.store import RecognizersRevision

MOST_SHOWN = 200  # revisions in one list


@dataclass(frozen=True, slots=True)
class TenantRecognizers:
    """The document of each organisation, revision after revision; the newest counts."""

    database: Database
    permits: Permits
    audit: AuditTrail
    clock: Clock

    async def put(
        self, actor: Actor, document: bytes, expected: int | None = None
    ) -> RecognizersRevision:
        """
        Judge the next files by another document.

        Args:
            expected: The revision it replaces, 0 for none; None where that does not matter.

        Raises:
            InvalidRecognizersError: It is not one; nothing was changed.
            RecognizersChangedError: Somebody else was faster.
            DeniedError: The actor may not.
        """
        await self._require(actor, Action.SET_RECOGNIZERS)
        read = await asyncio.to_thread(parse_recognizers, document)

        def keep(session: Session) -> RecognizersRevision | None:
            newest = store.newest_revision(session)
            number = 0 if newest is None else newest.revision
            if expected not in (None, number):
                return None
            new = RecognizersRevision(
                number + 1, document.decode(), read.sha256, actor.id, self.clock.now()
            )
            store.add_revision(session, new)
            self.audit.record(
                session,
                actor=actor.id,
                action="recognizers.set",
                object_kind="tenant",
                object_id=actor.tenant,
                details={
                    "revision": new.revision,
                    "sha256": new.sha256,
                    "recognizers": len(read.recognizers),
                    "thresholds": len(read.thresholds),
                    "suppressions": len(read.suppressions),
                },
            )
            return new

        kept = await self.database.write(actor.tenant, keep)
        if kept is None:
            raise RecognizersChangedError(
                "The recognizers are of another revision now. Read them again, then repeat the change."
            )
        return kept

    async def get(self, actor: Actor, revision: int | None = None) -> RecognizersRevision:
        """
        Return the document that files are judged with, or an earlier revision.

        Raises:
            RecognizersNotFoundError: There is none.
            DeniedError: The actor may not see it.
        """
        await self._require(actor, Action.SEE_RECOGNIZERS)
        found = await self.database.read(
            actor.tenant,
            lambda s: (
                store.newest_revision(s) if revision is None else store.get_revision(s, revision)
            ),
        )
        if found is None:
            raise RecognizersNotFoundError("There is no such revision of the recognizers.")
        return found

    async def revisions(self, actor: Actor) -> Sequence[RecognizersRevision]:
        """Return the newest revisions, the newest first."""
        await self._require(actor, Action.SEE_RECOGNIZERS)
        return await self.database.read(actor.tenant, lambda s: store.revisions(s, MOST_SHOWN))

    async def current(self, tenant: TenantId) -> bytes | None:
        """Return the document that a tenant's files are judged with, for the product's own work."""
        found = await self.database.read(tenant, store.newest_revision)
        return None if found is None else found.document.encode()

    async def _require(self, actor: Actor, action: Action) -> None:
        resource = Resource("tenant", actor.tenant, actor.tenant)
        await self.permits.require(actor, action, resource)
