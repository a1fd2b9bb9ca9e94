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
from datetime import timedelta

from dcs.catalog import Dataset, find_version
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.errors import DcsError
from dcs.core.ids import TenantId, UploadId, new_id
from dcs.engines.database import Database, Session
from dcs.engines.objects import Incoming, ObjectStore
from dcs.ingestion import store
from dcs.ingestion.chunks import Chunks, agreed_length, is_all, receive, writable
from dcs.ingestion.completion import Completion
from dcs.ingestion.errors import (
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
from dcs.ingestion.expiry import Expiry
from dcs.ingestion.filenames import safe_filename
from dcs.ingestion.gate import Bounds, Gate, check_size
from dcs.ingestion.models import (
    NewUpload,
    Progress,
    Upload,
    UploadKind,
    UploadState,
)
from dcs.ingestion.turns import Turn, Turns
from dcs.policy import Action, Permits, Resource

AFTER_JOINING = timedelta(hours=1)  # parts stay a little, in case the answer was lost


@dataclass(frozen=True, slots=True)
class Uploads:
    """Uploads of a tenant's people; each sees and touches their own alone."""

    database: Database
    objects: ObjectStore
    gate: Gate
    permits: Permits
    turns: Turns
    completion: Completion
    expiry: Expiry
    clock: Clock
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
                await self.completion.let_go(
                    upload
                )  # first, so that there is room to write the rest down
                await self.completion.fail(upload, error.code)
                raise
            await self.completion.let_go(upload)
        soon, ids = self.clock.now() + AFTER_JOINING, [each.id for each in found]
        await self.database.write(actor.tenant, lambda s: self.expiry.hasten(s, ids, soon))
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
            offset = await self.expiry.offset(upload)
            if upload.state is UploadState.OPEN and is_all(upload, offset):
                return await self.completion.resume(actor, upload)
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
                await self.completion.fail(upload, error.code)
                raise
            if progress.complete and upload.kind is UploadKind.WHOLE:
                await self.completion.let_go(upload)
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
            await self.completion.end(upload, UploadState.CANCELLED, "cancelled")

    async def dismiss(self, actor: Actor, upload_id: str) -> None:
        """Let go of an upload that has become a version; the version stays."""
        async with self._turn(actor, upload_id) as (_, upload):
            await self.database.write(upload.tenant, lambda s: store.dismiss_upload(s, upload.id))
            await self.completion.let_go(upload)

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
            expires_at=now + self.expiry.lifetime,
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
            return await self.completion.complete(actor, upload, stream)

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
                return Progress(await self.expiry.touch(upload), reached)
            if length is not None and reached != length:
                raise InconsistentLengthError(
                    f"The upload has {reached:,} of the {length:,} bytes announced."
                )
            return await self.completion.complete(actor, upload, stream)

    async def _take(
        self, upload: Upload, stream: Incoming, chunks: Chunks, turn: Turn, length: int | None
    ) -> None:
        try:
            await receive(stream, chunks, turn, length)
        except Exception:
            if stream.offset > chunks.offset:  # something came, so the sender is alive
                await self.expiry.touch(upload)
            raise

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
            self.expiry.plan(session, upload.id, upload.expires_at)
            return True

        if not await self.database.write(actor.tenant, add):
            raise TooManyUploadsError(
                f"You have {self.most_open} unfinished uploads. Finish or cancel one.",
                retry_after=60,
            )

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

    async def _progress(self, upload: Upload, offset: int) -> Progress:
        version = upload.version
        if version is None:
            return Progress(upload, offset)
        found = await self.database.read(upload.tenant, lambda s: find_version(s, version))
        return Progress(upload, offset, None if found is None else found[1])
