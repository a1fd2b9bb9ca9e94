"""
The end of an upload: a version, a part that can be joined, or nothing.

Rights and room are asked once more, because hours may have passed since the
first byte. The version and the end of the upload are one transaction; a
process that dies before it leaves an upload whose bytes are all there, which
is completed the next time anybody asks.
"""

from dataclasses import dataclass

from dcs.core.actor import Actor
from dcs.core.errors import DcsError, ForbiddenError
from dcs.engines.database import Database, Session
from dcs.engines.objects import Incoming, ObjectStore
from dcs.ingestion import store
from dcs.ingestion.errors import DigestMismatchError, EmptyFileError, UploadEndedError
from dcs.ingestion.gate import Gate
from dcs.ingestion.models import Progress, Upload, UploadKind, UploadRequest, UploadState
from dcs.ingestion.service import Received, Receiver
from dcs.observability import Metrics


@dataclass(frozen=True, slots=True)
class Completion:
    """Bring uploads to their end."""

    database: Database
    objects: ObjectStore
    gate: Gate
    receiver: Receiver
    metrics: Metrics

    async def complete(self, actor: Actor, upload: Upload, stream: Incoming) -> Progress:
        """Make the whole stream a version, or a part that can be joined."""
        if upload.kind is UploadKind.PARTIAL or upload.dataset is None:
            return await self._keep_part(upload, stream.offset)
        try:
            actor = await self._as_now(actor)
            dataset, _ = await self.gate.admit(
                actor, upload.dataset, upload.filename, stream.offset
            )
            if stream.offset == 0:
                raise EmptyFileError("The file is empty. Send a file with a header and rows.")
            sealed = await stream.seal()
            if upload.expected not in (None, sealed.sha256):
                raise DigestMismatchError("The file is not the one its sender hashed.")
        except DcsError as error:
            if not error.retryable:
                await self.fail(upload, error.code)
                error.extra["upload-complete"] = True  # all had come; it is the file that fails
            raise

        def also(session: Session, received: Received) -> None:
            if not store.complete_upload(
                session,
                upload.id,
                size=sealed.size,
                sha256=sealed.sha256,
                version=received.version.id,
                duplicate=received.duplicate,
            ):
                raise UploadEndedError("The upload has ended meanwhile. Begin a new one.")

        request = UploadRequest(upload.submit, upload.sensitive)
        received = await self.receiver.accept(
            actor, dataset, upload.filename, sealed, request, also
        )
        self.metrics.uploads.labels(upload.tenant, UploadState.COMPLETE.value).inc()
        found = await self.database.read(upload.tenant, lambda s: store.get_upload(s, upload.id))
        return Progress(found or upload, sealed.size, received.version)

    async def _keep_part(self, upload: Upload, size: int) -> Progress:
        def keep(session: Session) -> Upload | None:
            store.complete_upload(
                session, upload.id, size=size, sha256="", version=None, duplicate=False
            )
            return store.get_upload(session, upload.id)

        kept = await self.database.write(upload.tenant, keep)
        if kept is None or kept.state is not UploadState.COMPLETE:
            raise UploadEndedError("The upload has ended meanwhile. Begin a new one.")
        return Progress(kept, size)

    async def resume(self, actor: Actor, upload: Upload) -> Progress:
        """Complete an upload whose last byte came before its process died."""
        async with self.objects.resume(upload.tenant, upload.id) as stream:
            progress = await self.complete(actor, upload, stream)
        if upload.kind is not UploadKind.PARTIAL:
            await self.let_go(upload)
        return progress

    async def _as_now(self, actor: Actor) -> Actor:
        """Return the sender with the rights of this moment; hours may have passed."""
        account = await self.gate.identity.account(actor.tenant, actor.id)
        if account is None or account.disabled:
            raise ForbiddenError("The account of the sender was closed.")
        return account.actor()

    async def fail(self, upload: Upload, reason: str) -> None:
        """End an upload that cannot become a version; *reason* is a code."""
        await self.end(upload, UploadState.FAILED, reason)

    async def end(self, upload: Upload, state: UploadState, reason: str) -> None:
        """End an upload without a version and remove its bytes."""
        await self.database.write(
            upload.tenant, lambda s: store.end_upload(s, upload.id, state, reason)
        )
        self.metrics.uploads.labels(upload.tenant, state.value).inc()
        await self.let_go(upload)

    async def let_go(self, upload: Upload) -> None:
        """Remove an upload's bytes; the object of a version has a name of its own."""
        await self.objects.abandon(upload.tenant, upload.id)
