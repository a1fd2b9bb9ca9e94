"""
Files that wait because something speaks against them: look, let go with a reason, or remove.

A file comes here from its inspection, or when newer rules find something in a
version that is active already; from then on nobody reads it. Whoever sent it
has no say. Releasing and removing are on record like every decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dcs.audit import AuditTrail
from dcs.catalog import Catalog, Dataset, Status, Version, version_resource
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.errors import UnavailableError
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session
from dcs.engines.durable import Finish, Job, JobQueue
from dcs.engines.objects import ObjectStore
from dcs.ingestion import Inspection, Inspector
from dcs.policy import Action, Permits
from dcs.workflow import messages, store
from dcs.workflow.engine import Engine
from dcs.workflow.errors import NotInQuarantineError, require_reason
from dcs.workflow.host import Host

RESCAN = "quarantine.rescan"
ATTEMPTS = 20  # of a scan: a scanner that is away comes back


class ScanIncompleteError(UnavailableError):
    """An active version could not be scanned again; what was known of it stays."""

    code = "scan_incomplete"


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The tenant's files in quarantine."""

    database: Database
    host: Host
    engine: Engine
    catalog: Catalog
    permits: Permits
    audit: AuditTrail
    objects: ObjectStore
    inspector: Inspector
    jobs: JobQueue
    clock: Clock

    async def find(self, actor: Actor, limit: int) -> Sequence[tuple[Dataset, Version]]:
        """Return the files in quarantine that *actor* may look after, newest first."""
        return await self.catalog.quarantined(actor, limit)

    async def release(self, actor: Actor, version_id: str, reason: str) -> Version:
        """
        Let a file go on; the reason stays with it.

        A new version goes on to its validation; one that was active before is so again.

        Raises:
            ReasonMissingError: There is no reason.
            NotInQuarantineError: It does not wait there.
            DeniedError: The actor may not, or sent the file.
        """
        version = await self._decide_on(actor, version_id, Action.RELEASE, reason)
        if version.activated_at is None:
            event = messages.Released(self.clock.now(), actor.id)
            await self._happen(actor, version, event, reason)
        else:
            await self.database.write(
                actor.tenant, lambda s: self._let_back(s, actor, version, reason)
            )
        return (await self.catalog.load(actor.tenant, version.id))[1]

    def _let_back(self, session: Session, actor: Actor, version: Version, reason: str) -> None:
        """Let a version be active again, whose approval ended when it became so."""
        self.catalog.note_release(session, version.id, actor.id, reason)
        self._record(session, actor, "quarantine.release", version)
        self._set_status(session, version, Status.ACTIVE, None)

    async def discard(self, actor: Actor, version_id: str, reason: str) -> Version:
        """
        End a file in quarantine and remove its bytes, unless another version has the same.

        Raises:
            ReasonMissingError: There is no reason.
            NotInQuarantineError: It does not wait there, or was active before.
            DeniedError: The actor may not, or sent the file.
        """
        version = await self._decide_on(actor, version_id, Action.DISCARD, reason)
        if version.activated_at is not None:
            raise NotInQuarantineError("People have read it already; it can only be withdrawn.")

        event = messages.Discarded(self.clock.now(), actor.id)
        await self._happen(actor, version, event, reason)
        if await self.catalog.is_unknown(actor.tenant, version.sha256):
            await self.objects.remove(
                actor.tenant,
                version.sha256,
                lambda: self.catalog.is_unknown(actor.tenant, version.sha256),
            )
        return (await self.catalog.load(actor.tenant, version.id))[1]

    async def plan_rescans(self, tenant: TenantId, limit: int = 100) -> int:
        """Plan a new scan of active versions that other rules have scanned; return how many."""
        revision = await self.inspector.revision()
        if revision is None:
            return 0
        stale = await self.catalog.scanned_otherwise(tenant, revision, limit)

        def plan(session: Session) -> int:
            return sum(
                self.jobs.add(
                    session,
                    RESCAN,
                    f"{each.id}:{revision}"[:200],
                    {"version": each.id},
                    attempts=ATTEMPTS,
                )
                for each in stale
            )

        return await self.database.write(tenant, plan) if stale else 0

    async def rescan(self, job: Job) -> Finish:
        """Scan an active version again; the job's work. What is found leads into quarantine."""
        _, version = await self.catalog.load(job.tenant, job.payload["version"])
        inspection = await self.inspector.inspect(job.tenant, version)
        if inspection.verdict not in {"clean", "infected"}:  # says nothing new about the file
            raise ScanIncompleteError("The scan did not complete.")

        def finish(session: Session) -> None:
            self.inspector.keep(session, version, inspection)
            if version.status is Status.ACTIVE and not self._still_fine(version, inspection):
                self.catalog.end_release(session, version.id)
                self._set_status(session, version, Status.QUARANTINED, "MALWARE")
                self._record(session, None, "quarantine.enter", version)

        return finish

    def _still_fine(self, version: Version, inspection: Inspection) -> bool:
        """Say whether a version stays active: a release covers what was known when it was given."""
        known = version.released_by is not None and inspection.threat == version.threat
        return known or inspection.verdict != "infected"

    async def _decide_on(
        self, actor: Actor, version_id: str, action: Action, reason: str
    ) -> Version:
        dataset, version = await self.catalog.with_dataset(actor, version_id)
        await self.permits.require(actor, action, version_resource(dataset, version))
        require_reason(reason)
        if version.status is not Status.QUARANTINED:
            raise NotInQuarantineError("The version is not in quarantine.")
        return version

    async def _happen(
        self, actor: Actor, version: Version, event: messages.Event, reason: str
    ) -> None:
        row = await self.database.read(actor.tenant, lambda s: store.approval_of(s, version.id))
        if row is None:
            raise NotInQuarantineError("The version is not in quarantine.")
        if await self.host.happen(actor.tenant, row.id, event, reason) is not None:
            raise NotInQuarantineError("The version is not in quarantine any more.")

    def _set_status(
        self, session: Session, version: Version, status: Status, reason: str | None
    ) -> None:
        """Change the status of a version whose approval has ended."""
        self.catalog.set_status(
            session,
            version.id,
            status=status,
            stage=version.stage,
            progress=version.progress,
            reason=reason,
        )
        self.engine.tell_status(session, version.id, status.value, version.stage, reason)

    def _record(self, session: Session, actor: Actor | None, action: str, version: Version) -> None:
        self.audit.record(
            session,
            actor=None if actor is None else actor.id,
            action=action,
            object_kind="version",
            object_id=version.id,
            details={"malware": version.malware, "threat": version.threat or ""},
        )
