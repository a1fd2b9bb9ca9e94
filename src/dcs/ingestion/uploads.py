"""
Take a file in over as many requests as it needs.

The row says what is known of an upload; its bytes and their number are the
store's. Whatever dies in between, the next request is told truthfully how
many bytes are kept, and a file whose last byte had come but whose version had
not been made becomes one the next time anybody asks.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dcs.catalog import Dataset, find_version
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.errors import DcsError, ForbiddenError, UnavailableError
from dcs.core.ids import TenantId, UploadId, new_id
from dcs.engines.database import Database, Session
from dcs.engines.durable import JobQueue
from dcs.engines.objects import Incoming, ObjectStore
from dcs.ingestion import store
from dcs.ingestion.chunks import Chunks, agreed_length, is_all, receive, writable
from dcs.ingestion.errors import (
    DigestMismatchError,
    EmptyFileError,
    InconsistentLengthError,
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
        kind = UploadKind.PARTIAL if new.partial else UploadKind.WHOLE
        return Progress(await self._begin(actor, new, kind, ()), 0)

    async def join(
        self, actor: Actor, new: NewUpload, parts: Sequence[str], named: Sequence[str]
    ) -> Progress:
        """
        Make one file of complete parts, in their order; return it complete.

        Args:
            parts: Their ids.
            named: What the sender calls them, to be shown to them again.

        Raises:
            PartsNotReadyError: One of them is not a complete part of this sender.
        """
        found = [await self._part(actor, part) for part in parts]
        if not found:
            raise PartsNotReadyError("Name the parts to join.")
        length = sum(each.size or 0 for each in found)
        if new.length not in (None, length):
            raise InconsistentLengthError("The length of a joined upload is that of its parts.")
        whole = replace(new, length=length)
        upload = await self._begin(actor, whole, UploadKind.FINAL, named)
        async with self.turns.take(upload.id):
            try:
                progress = await self._join(actor, upload, found, length)
            except DcsError as error:
                await self._let_go(upload)  # first, so that there is room to write the rest down
                await self._fail(upload, error.code)
                raise
            await self._let_go(upload)
        soon, ids = self.clock.now() + AFTER_JOINING, [each.id for each in found]
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
        async with self._turn(actor, upload_id) as (_, upload):
            offset = await self._offset(upload)
            if upload.state is UploadState.OPEN and is_all(upload, offset):
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
        async with self._turn(actor, upload_id) as (turn, found):
            upload = writable(found, chunks)
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
        """
        End an upload and remove its bytes; a request in flight for it ends.

        Raises:
            UploadCompleteError: It has become a version, which stays.
        """
        async with self._turn(actor, upload_id) as (_, upload):
            if upload.version is not None:
                raise UploadCompleteError("The upload is complete; its version stays.")
            await self._end(upload, UploadState.CANCELLED, "cancelled")

    async def dismiss(self, actor: Actor, upload_id: str) -> None:
        """Let go of an upload that has become a version; the version stays."""
        async with self._turn(actor, upload_id) as (_, upload):
            await self.database.write(upload.tenant, lambda s: store.dismiss_upload(s, upload.id))
            await self._let_go(upload)

    async def expire(self, tenant: TenantId, upload_id: str) -> datetime | None:
        """
        End an upload whose time is over; complete it instead if its last byte had come.

        A request in flight goes on, unless even the longest time is over.

        Returns:
            When to look again, if its time is not over yet.
        """
        upload = await self._expiring(tenant, upload_id)
        if upload is None:
            await self.objects.abandon(tenant, upload_id)  # its process may have died before that
            return None
        if (later := self._alive_until(upload)) is not None:
            return later
        async with self.turns.take(upload_id):
            upload = await self._expiring(tenant, upload_id)
            if upload is None:
                return None
            if upload.expires_at > self.clock.now() and not self._is_too_old(upload):
                return upload.expires_at
            if not await self._completed_late(upload):
                await self._end(upload, UploadState.EXPIRED, "expired")
            return None

    async def unfinished(self, tenant: TenantId) -> set[str]:
        """Return the ids of the tenant's uploads whose bytes must be kept."""
        return await self.database.read(tenant, store.kept_uploads)

    @asynccontextmanager
    async def _turn(self, actor: Actor, upload_id: str) -> AsyncIterator[tuple[Turn, Upload]]:
        """Take a turn at an upload; who may not know of it ends nobody's request."""
        await self._own(actor, upload_id)
        async with self.turns.take(upload_id) as turn:
            yield turn, await self._own(actor, upload_id)

    async def _begin(
        self, actor: Actor, new: NewUpload, kind: UploadKind, parts: Sequence[str]
    ) -> Upload:
        if new.length == 0:
            raise EmptyFileError("The file is empty. Send a file with a header and rows.")
        dataset, _ = await self._admit(actor, new)
        now = self.clock.now()
        upload = Upload(
            id=UploadId(new_id()),
            tenant=actor.tenant,
            dataset=None if dataset is None else dataset.id,
            created_by=actor.id,
            kind=kind,
            state=UploadState.OPEN,
            filename=safe_filename(new.filename),
            metadata=new.metadata,
            parts=tuple(parts),
            length=new.length,
            expected=new.expected,
            explicit=new.explicit,
            submit=new.request.submit,
            sensitive=new.request.sensitive,
            created_at=now,
            expires_at=now + self.lifetime,
        )
        await self._add(actor, upload)
        return upload

    async def _join(
        self, actor: Actor, upload: Upload, parts: Sequence[Upload], length: int
    ) -> Progress:
        async with self.objects.resume(actor.tenant, upload.id) as stream:
            for part in parts:
                async for chunk in self.objects.stream_upload(actor.tenant, part.id):
                    await stream.write(chunk)
            if await stream.flush() != length:
                raise PartsNotReadyError("A part has gone meanwhile. Send the parts again.")
            return await self._complete(actor, upload, stream)

    async def _append(
        self, actor: Actor, upload: Upload, chunks: Chunks, turn: Turn, bounds: Bounds
    ) -> Progress:
        most = bounds.most
        async with self.objects.resume(upload.tenant, upload.id, max_bytes=most) as stream:
            if stream.offset != chunks.offset:
                raise OffsetMismatchError(stream.offset, chunks.offset)
            length = agreed_length(upload, chunks)
            check_size(bounds, length or 0)
            if chunks.checksum is None:  # else nothing may change before the bytes are verified
                upload = await self._note_length(upload, length)
            await self._take(upload, stream, chunks, turn, length)
            reached = await stream.flush()
            upload = await self._note_length(upload, length)
            last = chunks.last if chunks.last is not None else reached == length
            if not last:
                return Progress(await self._touch(upload), reached)
            if length is not None and reached != length:
                raise InconsistentLengthError(
                    f"The upload has {reached:,} of the {length:,} bytes announced."
                )
            return await self._complete(actor, upload, stream)

    async def _take(
        self, upload: Upload, stream: Incoming, chunks: Chunks, turn: Turn, length: int | None
    ) -> None:
        try:
            await receive(stream, chunks, turn, length)
        except Exception:
            if stream.offset > chunks.offset:  # something came, so the sender is alive
                await self._touch(upload)
            raise

    async def _complete(self, actor: Actor, upload: Upload, stream: Incoming) -> Progress:
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
                await self._fail(upload, error.code)
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

    async def _as_now(self, actor: Actor) -> Actor:
        """Return the sender with the rights of this moment; hours may have passed."""
        account = await self.gate.identity.account(actor.tenant, actor.id)
        if account is None or account.disabled:
            raise ForbiddenError("The account of the sender was closed.")
        return account.actor()

    async def _expiring(self, tenant: TenantId, upload_id: str) -> Upload | None:
        """Return an upload that its time can end."""
        upload = await self.database.read(tenant, lambda s: store.get_upload(s, upload_id))
        ended = upload is None or upload.state not in {UploadState.OPEN, UploadState.COMPLETE}
        return None if ended or upload is None or upload.version is not None else upload

    def _alive_until(self, upload: Upload) -> datetime | None:
        """Return when to look at an upload again; None if its time is over."""
        now = self.clock.now()
        if self._is_too_old(upload):
            return None
        if upload.expires_at > now:
            return upload.expires_at
        if self.turns.is_taken(upload.id):
            return now + LOOK_AGAIN
        return None

    def _is_too_old(self, upload: Upload) -> bool:
        return upload.created_at + LONGEST <= self.clock.now()

    async def _completed_late(self, upload: Upload) -> bool:
        """Complete an upload whose bytes are all there, if it may still become a version."""
        is_file = upload.kind is not UploadKind.PARTIAL and upload.state is UploadState.OPEN
        if not (is_file and is_all(upload, await self._offset(upload))):
            return False
        account = await self.gate.identity.account(upload.tenant, upload.created_by)
        if account is None or account.disabled:
            return False
        try:
            await self._resume_completion(account.actor(), upload)
        except UnavailableError:
            raise  # the job tries again
        except DcsError:
            return False  # refused for good, or until nobody will ask any more
        return True

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

    async def _note_length(self, upload: Upload, length: int | None) -> Upload:
        """Keep the length where this request is the first to name it."""
        if length == upload.length:
            return upload

        def note(session: Session) -> Upload | None:
            store.change_upload(session, upload.id, length=length)
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
