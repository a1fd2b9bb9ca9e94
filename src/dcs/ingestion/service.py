"""
Receive a file: whole and durable, or not at all.

The bytes go to a staging file and through SHA-256 as they arrive; memory stays
at a few chunks. Then, in this order: the file's data is synced, linked under
its hash, its folder synced, and one transaction makes it known together with
its version, its approval, the news and the audit event. Whatever dies in
between leaves either nothing or an object that no row knows, and the next
start removes that.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from dcs.audit import AuditTrail
from dcs.catalog import Catalog, Dataset, Status, Version
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.events import Event
from dcs.core.failpoints import reach
from dcs.core.ids import VersionId, new_id
from dcs.engines.database import Database, Session
from dcs.engines.events import EventBus
from dcs.engines.objects import ObjectStore, Sealed, StoredObject
from dcs.ingestion.errors import EmptyFileError
from dcs.ingestion.filenames import safe_filename, supported_extension
from dcs.ingestion.gate import Gate
from dcs.ingestion.models import UploadRequest
from dcs.observability import Metrics


@dataclass(frozen=True, slots=True)
class Received:
    """The version that holds the file; *duplicate* if the dataset had it already."""

    version: Version
    duplicate: bool


Opening = Callable[[Session, Dataset, Version, UploadRequest], None]
"""Opens the approval of a new version, in the transaction that adds the version."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Take files in, one version each."""

    database: Database
    objects: ObjectStore
    catalog: Catalog
    audit: AuditTrail
    events: EventBus
    clock: Clock
    metrics: Metrics
    open_approval: Opening
    gate: Gate

    async def receive(
        self,
        actor: Actor,
        dataset_name: str,
        filename: str,
        chunks: AsyncIterator[bytes],
        request: UploadRequest | None = None,
        size: int | None = None,
    ) -> Received:
        """
        Store a stream as the next version of a dataset.

        When this returns, the file survives a power failure. The same bytes
        again are answered with the version that holds them already; in another
        dataset they become a version of their own on the same object.

        Args:
            actor: Who sends; policy decides whether they may.
            dataset_name: The dataset's id or name.
            filename: What the sender calls the file: shown, never used as a path.
            chunks: The bytes in order, read once.
            request: What else is wanted.
            size: Bytes of the file, where the sender announced them.

        Raises:
            DatasetNotFoundError: No such dataset, or none the actor may know of.
            ForbiddenError: The actor may not add versions to it.
            UnsupportedFormatError: The file name's ending is not supported.
            EmptyFileError: There was no byte.
            LimitError: The file is larger than allowed. Nothing was kept.
        """
        dataset, bounds = await self.gate.admit(actor, dataset_name, filename, size)
        async with self.objects.stage(dataset.tenant, max_bytes=bounds.most) as staging:
            async for chunk in chunks:
                await staging.write(chunk)
            if staging.size == 0:
                raise EmptyFileError("The file is empty. Send a file with a header and rows.")
            sealed = await staging.seal()
            await self.gate.admit(actor, dataset.id, filename, sealed.size)
            asked = request or UploadRequest()
            return await self.accept(actor, dataset, filename, sealed, asked)

    async def accept(
        self,
        actor: Actor,
        dataset: Dataset,
        filename: str,
        sealed: Sealed,
        request: UploadRequest,
        also: Callable[[Session, Received], None] | None = None,
    ) -> Received:
        """
        Publish a sealed stream and make it the next version of a dataset, in one transaction.

        Args:
            sealed: The stream; it must stay until this has returned.
            also: What else is to be kept or not together with it.
        """
        version_id, name = VersionId(new_id()), safe_filename(filename)
        stored = await self.objects.publish(sealed)

        def add(session: Session) -> Received:
            received = self._add(session, actor, dataset, name, stored, request, version_id)
            if also is not None:
                also(session, received)
            return received

        reach("ingestion.before_commit")
        received = await self.database.write(dataset.tenant, add)
        reach("ingestion.after_commit")
        if not await self.objects.exists(stored.tenant, stored.sha256):
            await self.objects.publish(sealed)  # the same content was being removed meanwhile
        if not received.duplicate:
            kind = supported_extension(name).lstrip(".")
            self.metrics.dataset_bytes.labels(dataset.tenant, kind).observe(stored.size)
        return received

    def _add(
        self,
        session: Session,
        actor: Actor,
        dataset: Dataset,
        name: str,
        stored: StoredObject,
        request: UploadRequest,
        version_id: VersionId,
    ) -> Received:
        """Make the object known and add its version, or find the version that has it."""
        now = self.clock.now()
        number, current, existing = self.catalog.place(session, dataset, stored.sha256)
        if existing is not None:
            self._record(session, actor, "version.receive_again", existing)
            return Received(existing, duplicate=True)
        self.catalog.know_object(session, stored.sha256, stored.size)
        version = Version(
            id=version_id,
            tenant=dataset.tenant,
            dataset=dataset.id,
            number=number,
            status=Status.INSPECTING,
            stage="INITIALIZING",
            progress=0,
            reason=None,
            filename=name,
            bytes=stored.size,
            sha256=stored.sha256,
            uploaded_by=actor.id,
            created_at=now,
            contract=current.contract,
        )
        self.catalog.add_version(session, version)
        self.open_approval(session, current, version, request)
        self.events.publish(
            session,
            Event(
                "version.received",
                dataset.tenant,
                version.id,
                now,
                {"dataset": dataset.id, "number": number, "bytes": stored.size},
            ),
        )
        self._record(session, actor, "version.receive", version)
        return Received(version, duplicate=False)

    def _record(self, session: Session, actor: Actor, action: str, version: Version) -> None:
        self.audit.record(
            session,
            actor=actor.id,
            action=action,
            object_kind="version",
            object_id=version.id,
            details={
                "dataset": version.dataset,
                "number": version.number,
                "sha256": version.sha256,
                "bytes": version.bytes,
            },
        )
