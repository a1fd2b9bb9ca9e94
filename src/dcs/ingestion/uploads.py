"""
Take a file in over as many requests as it needs.

The row says what is known of an upload; its bytes and their number are the
store's. Whatever dies in between, the next request is told truthfully how
many bytes are kept, and a file whose last byte had come but whose version had
not been made becomes one the next time anybody asks.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dcs.catalog import Dataset, find_version
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.errors import DcsError
from dcs.core.ids import TenantId, UploadId, new_id
from dcs.engines.database import Database, Session
from dcs.engines.durable import JobQueue
from dcs.engines.objects import Incoming, ObjectStore
from dcs.ingestion import store
from dcs.ingestion.checksums import Checksum
from dcs.ingestion.errors import (
    ChecksumMismatchError,
    DigestMismatchError,
    EmptyFileError,
    InconsistentLengthError,
    JoinedUploadError,
    LengthExceededError,
    OffsetMismatchError,
    PartsNotReadyError,
    TooManyUploadsError,
    UploadCompleteError,
    UploadEndedError,
    UploadNotFoundError,
)
from dcs.ingestion.filenames import safe_filename
from dcs.ingestion.gate import Bounds, Gate, check_size
from dcs.ingestion.models import (
    NewUpload,
    Progress,
    Upload,
    UploadKind,
    UploadRequest,
    UploadState,
)
from dcs.ingestion.service import Received, Receiver
from dcs.ingestion.turns import Turn, Turns
from dcs.observability import Metrics
from dcs.policy import Action, Permits, Resource

EXPIRE = "upload.expire"
LONGEST = timedelta(days=7)  # however diligently bytes trickle in
LOOK_AGAIN = timedelta(minutes=1)  # at an upload that is being received when its time is over
AFTER_JOINING = timedelta(hours=1)  # parts stay a little, in case the answer was lost


@dataclass(frozen=True, slots=True)
class Chunks:
    """
    The bytes of one request, and what its sender says about them.

    Attributes:
        offset: Where in the file they begin.
        body: The bytes in order, read once.
        checksum: What they hash to; others are not kept.
        last: Whether they end the file; None where its length says so.
        length: Bytes of the whole file, if it is known now.
    """

    offset: int
    body: AsyncIterator[bytes]
    checksum: Checksum | None = None
    last: bool | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Uploads:
    """Uploads of a tenant's people; each sees and touches their own alone."""

    database: Database
    objects: ObjectStore
    gate: Gate
    receiver: Receiver
    permits: Permits
    jobs: JobQueue
    clock: Clock
    metrics: Metrics
    turns: Turns
    lifetime: timedelta
    most_open: int

    async def create(self, actor: Actor, new: NewUpload) -> Progress:
        """
        Begin an upload; its limits were told and its sender's right to it was asked.

        Raises:
            LimitError: The file is too large, or its sender has too many unfinished uploads.
            DcsError: Whatever would refuse the file later, see `Gate.admit`.
        """
        if new.length == 0:
            raise EmptyFileError("The file is empty. Send a file with a header and rows.")
        dataset, _ = await self._admit(actor, new)
        now = self.clock.now()
        upload = Upload(
            id=UploadId(new_id()),
            tenant=actor.tenant,
            dataset=None if dataset is None else dataset.id,
            created_by=actor.id,
            kind=UploadKind.PARTIAL if new.partial else UploadKind.WHOLE,
            state=UploadState.OPEN,
            filename=safe_filename(new.filename),
            metadata=new.metadata,
            parts=(),
            length=new.length,
            expected=new.expected,
            explicit=new.explicit,
            submit=new.request.submit,
            sensitive=new.request.sensitive,
            created_at=now,
            expires_at=now + self.lifetime,
        )
        await self._add(actor, upload)
        return Progress(upload, 0)

    async def join(self, actor: Actor, new: NewUpload, parts: Sequence[str]) -> Progress:
        """
        Make one file of complete parts, in their order; return it complete.

        Raises:
            PartsNotReadyError: One of them is not a complete part of this sender.
        """
        found = [await self._part(actor, part) for part in parts]
        if not found:
            raise PartsNotReadyError("Name the parts to join.")
        length = sum(each.size or 0 for each in found)
        whole = NewUpload(
            new.dataset, new.filename, length, False, new.metadata, new.expected, False, new.request
        )
        begun = (await self.create(actor, whole)).upload
        ids = [each.id for each in found]
        kind = UploadKind.FINAL.value
        await self.database.write(
            actor.tenant, lambda s: store.change_upload(s, begun.id, kind=kind, parts=ids)
        )
        async with self.turns.take(begun.id):
            upload = await self._own(actor, begun.id)
            try:
                progress = await self._join(actor, upload, length)
            except DcsError as error:  # nobody knows this upload; joining again begins another
                await self._let_go(upload)
                await self._fail(upload, error.code)
                raise
            await self._let_go(upload)
        soon = self.clock.now() + AFTER_JOINING
        await self.database.write(actor.tenant, lambda s: self._hasten(s, ids, soon))
        return progress

    async def show(self, actor: Actor, upload_id: str) -> Progress:
        """
        Return how far an upload is; a request in flight for it ends.

        The offset is one from which the next request may go on.

        Raises:
            UploadNotFoundError: There is none, or it is somebody else's.
            UploadEndedError: It was cancelled, has expired or failed.
        """
        async with self.turns.take(upload_id):
            upload = await self._own(actor, upload_id)
            offset = await self._offset(upload)
            if upload.state is UploadState.OPEN and _is_all(upload, offset):
                return await self._resume_completion(actor, upload)
            return await self._progress(upload, offset)

    async def append(self, actor: Actor, upload_id: str, chunks: Chunks) -> Progress:
        """
        Take the next bytes of an upload; a request in flight for it ends.

        As much as came is kept, also when the sender goes away in the middle,
        unless the bytes carry a checksum: then all of them or none.

        Raises:
            OffsetMismatchError: They do not begin where the upload ends.
            ChecksumMismatchError: They are not what their sender hashed.
            InconsistentLengthError: Statements about the length contradict each other.
            LengthExceededError: There are more than the length allows; the upload is over.
            UploadCompleteError: Nothing is missing any more.
            DcsError: At the last byte, whatever refuses the file, see `Gate.admit`.
        """
        async with self.turns.take(upload_id) as turn:
            upload = _writable(await self._own(actor, upload_id))
            upload = await self._with_length(upload, chunks)
            bounds = await self.gate.bounds(actor.tenant)
            try:
                progress = await self._append(actor, upload, chunks, turn, bounds)
            except LengthExceededError as error:
                await self._fail(upload, error.code)
                raise
            if progress.complete and upload.kind is UploadKind.WHOLE:
                await self._let_go(upload)
            return progress

    async def cancel(self, actor: Actor, upload_id: str) -> None:
        """End an upload and remove its bytes; a request in flight for it ends."""
        async with self.turns.take(upload_id):
            upload = await self._own(actor, upload_id)
            if upload.state is UploadState.COMPLETE and upload.kind is not UploadKind.PARTIAL:
                raise UploadCompleteError("The upload is complete; its version stays.")
            await self._end(upload, UploadState.CANCELLED, "cancelled")

    async def expire(self, tenant: TenantId, upload_id: str) -> datetime | None:
        """
        End an upload whose time is over; complete it instead if its last byte had come.

        Returns:
            When to look again, if its time is not over yet.
        """
        if self.turns.has(upload_id):  # bytes may be coming; they make it live longer
            return self.clock.now() + LOOK_AGAIN
        async with self.turns.take(upload_id):
            upload = await self.database.read(tenant, lambda s: store.get_upload(s, upload_id))
            if upload is None:
                return None
            kept = upload.state in {UploadState.OPEN, UploadState.COMPLETE}
            if not kept or upload.version is not None:
                await self._let_go(upload)  # in case its process died before it did so
                return None
            if upload.expires_at > self.clock.now():
                return upload.expires_at
            account = await self.gate.identity.account(tenant, upload.created_by)
            usable = account is not None and not account.disabled
            left = upload.state is UploadState.OPEN and _is_all(upload, await self._offset(upload))
            if account is not None and usable and left:
                await self._resume_completion(account.actor(), upload)
                return None
            await self._end(upload, UploadState.EXPIRED, "expired")
            return None

    async def unfinished(self, tenant: TenantId) -> set[str]:
        """Return the ids of the tenant's uploads whose bytes must be kept."""
        return await self.database.read(tenant, store.kept_uploads)

    async def _append(
        self, actor: Actor, upload: Upload, chunks: Chunks, turn: Turn, bounds: Bounds
    ) -> Progress:
        most = bounds.most
        async with self.objects.resume(upload.tenant, upload.id, max_bytes=most) as stream:
            if stream.offset != chunks.offset:
                raise OffsetMismatchError(stream.offset, chunks.offset)
            try:
                await _receive(stream, chunks, turn, upload.length)
            except Exception:
                if stream.offset > chunks.offset:  # what came before the connection broke counts
                    await self._touch(upload)
                raise
            reached = await stream.flush()
            last = chunks.last if chunks.last is not None else reached == upload.length
            if not last:
                return Progress(await self._touch(upload), reached)
            if upload.length is not None and reached != upload.length:
                raise InconsistentLengthError(
                    f"The upload has {reached:,} of the {upload.length:,} bytes announced."
                )
            return await self._complete(actor, upload, stream)

    async def _join(self, actor: Actor, upload: Upload, length: int) -> Progress:
        async with self.objects.resume(actor.tenant, upload.id) as stream:
            for part in upload.parts:
                async for chunk in self.objects.stream_upload(actor.tenant, part):
                    await stream.write(chunk)
            if await stream.flush() != length:
                raise PartsNotReadyError("A part has gone meanwhile. Send the parts again.")
            return await self._complete(actor, upload, stream)

    async def _complete(self, actor: Actor, upload: Upload, stream: Incoming) -> Progress:
        """Make the whole stream a version, or a part that can be joined."""
        if upload.kind is UploadKind.PARTIAL or upload.dataset is None:
            return await self._keep_part(upload, stream.offset)
        try:
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
                await self._fail(upload, error.code)
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
        found = await self._own(actor, upload.id)
        return Progress(found, sealed.size, received.version)

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

    async def _resume_completion(self, actor: Actor, upload: Upload) -> Progress:
        """Complete an upload whose last byte came before its process died."""
        async with self.objects.resume(upload.tenant, upload.id) as stream:
            progress = await self._complete(actor, upload, stream)
        if upload.kind is not UploadKind.PARTIAL:
            await self._let_go(upload)
        return progress

    async def _admit(self, actor: Actor, new: NewUpload) -> tuple[Dataset | None, Bounds]:
        if new.dataset is not None:
            return await self.gate.admit(actor, new.dataset, new.filename, new.length)
        everything = Resource("tenant", actor.tenant, actor.tenant)
        await self.permits.require(actor, Action.UPLOAD, everything)
        bounds = await self.gate.bounds(actor.tenant)
        check_size(bounds, new.length or 0)
        return None, bounds

    async def _add(self, actor: Actor, upload: Upload) -> None:
        def add(session: Session) -> bool:
            if len(store.uploads_of(session, actor.id, self.most_open)) >= self.most_open:
                return False
            store.add_upload(session, upload)
            self.plan_expiry(session, upload.id, upload.expires_at)
            return True

        if not await self.database.write(actor.tenant, add):
            raise TooManyUploadsError(
                f"You have {self.most_open} unfinished uploads. Finish or cancel one.",
                retry_after=60,
            )

    def plan_expiry(self, session: Session, upload_id: str, at: datetime) -> None:
        """Plan the job that ends an upload which nobody finishes."""
        key = f"{upload_id}:{new_id()}"  # a clock set back may bring the same instant again
        self.jobs.add(session, EXPIRE, key, {"upload": upload_id}, due=at)

    async def _own(self, actor: Actor, upload_id: str) -> Upload:
        found = await self.database.read(actor.tenant, lambda s: store.get_upload(s, upload_id))
        if found is None or found.created_by != actor.id:
            raise UploadNotFoundError("There is no such upload.")
        if found.state not in {UploadState.OPEN, UploadState.COMPLETE}:
            raise UploadEndedError("The upload has ended. Begin a new one.", reason=found.reason)
        return found

    async def _part(self, actor: Actor, part: str) -> Upload:
        found = await self._own(actor, part)
        if found.kind is not UploadKind.PARTIAL or found.state is not UploadState.COMPLETE:
            raise PartsNotReadyError("Only complete parts can be joined.")
        return found

    async def _with_length(self, upload: Upload, chunks: Chunks) -> Upload:
        """Keep the length where this request is the first to name it; it never changes."""
        if chunks.length is None or chunks.length == upload.length:
            return upload
        if upload.length is not None:
            raise InconsistentLengthError("The length of an upload cannot change.")
        check_size(await self.gate.bounds(upload.tenant), chunks.length)

        def note(session: Session) -> Upload | None:
            store.change_upload(session, upload.id, length=chunks.length)
            return store.get_upload(session, upload.id)

        return await self.database.write(upload.tenant, note) or upload

    async def _touch(self, upload: Upload) -> Upload:
        """Let an upload live on because something came; never longer than the longest time."""
        longer = min(self.clock.now() + self.lifetime, upload.created_at + LONGEST)
        expires = max(longer, upload.expires_at)  # a clock that was set back shortens nothing

        def touch(session: Session) -> Upload | None:
            store.touch_upload(session, upload.id, expires)
            return store.get_upload(session, upload.id)

        return await self.database.write(upload.tenant, touch) or upload

    def _hasten(self, session: Session, parts: Sequence[str], at: datetime) -> None:
        for part in parts:
            store.expire_part(session, part, at)
            self.plan_expiry(session, part, at)

    async def _offset(self, upload: Upload) -> int:
        if upload.size is not None:
            return upload.size
        return await self.objects.received(upload.tenant, upload.id)

    async def _progress(self, upload: Upload, offset: int) -> Progress:
        version = upload.version
        if version is None:
            return Progress(upload, offset)
        found = await self.database.read(upload.tenant, lambda s: find_version(s, version))
        return Progress(upload, offset, None if found is None else found[1])

    async def _fail(self, upload: Upload, reason: str) -> None:
        await self._end(upload, UploadState.FAILED, reason)

    async def _end(self, upload: Upload, state: UploadState, reason: str) -> None:
        await self.database.write(
            upload.tenant, lambda s: store.end_upload(s, upload.id, state, reason)
        )
        self.metrics.uploads.labels(upload.tenant, state.value).inc()
        await self._let_go(upload)

    async def _let_go(self, upload: Upload) -> None:
        await self.objects.abandon(upload.tenant, upload.id)


async def _receive(stream: Incoming, chunks: Chunks, turn: Turn, length: int | None) -> None:
    """Write the request's bytes; with a checksum, keep them only if they fit it."""
    running = None if chunks.checksum is None else chunks.checksum.running()
    if running is not None:
        await stream.hold()
    async with turn.receiving() as heard:
        async for chunk in chunks.body:
            heard()
            if length is not None and stream.offset + len(chunk) > length:
                raise LengthExceededError(
                    f"The upload has more than the {length:,} bytes announced."
                )
            if running is not None:
                running.update(chunk)
            await stream.write(chunk)
    if chunks.checksum is None:
        return
    if not chunks.checksum.fits(running):
        await stream.drop()
        raise ChecksumMismatchError("The bytes are not what their sender hashed. Send them again.")
    await stream.keep()


def _writable(upload: Upload) -> Upload:
    if upload.kind is UploadKind.FINAL:
        raise JoinedUploadError("An upload that joins parts takes no bytes of its own.")
    if upload.state is UploadState.COMPLETE:
        raise UploadCompleteError("The upload is complete.")
    return upload


def _is_all(upload: Upload, offset: int) -> bool:
    """Say whether an upload is complete but for the last step of our own."""
    return not upload.explicit and upload.length is not None and offset == upload.length
