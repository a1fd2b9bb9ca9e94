"""One request's turn at an upload, and the stream of a single request."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from dcs.core.errors import ConflictError
from dcs.core.failpoints import reach
from dcs.core.ids import TenantId
from dcs.engines.objects import FileTooLargeError, Sealed
from dcs.engines.objects.s3.bucket import Bucket
from dcs.engines.objects.s3.compose import describe
from dcs.engines.objects.s3.options import SMALLEST, S3Options
from dcs.engines.objects.s3.segments import Segment, Segments
from dcs.engines.objects.s3.turns import Kept, Turn

if TYPE_CHECKING:
    from hashlib import _Hash as Hash


class StagedStream:
    """A stream of one request; its owner removes its folder when the request ends."""

    def __init__(
        self,
        bucket: Bucket,
        folder: str,
        tenant: TenantId,
        options: S3Options,
        max_bytes: int | None,
    ) -> None:
        self._folder = folder
        self._tenant = tenant
        self._max_bytes = max_bytes
        self._segments = Segments(bucket, folder, options, digest=hashlib.sha256())

    @property
    def size(self) -> int:
        """Bytes taken so far."""
        return self._segments.size

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes; wait only while the store is behind."""
        check_length(self.size + len(chunk), self._max_bytes)
        await self._segments.write(chunk)

    async def seal(self) -> Sealed:
        """Store the rest and say what it is."""
        reach("objects.staged")
        await self._segments.settle(smallest=1)
        reach("objects.synced")
        assert self._segments.digest is not None  # noqa: S101 - it has one from the beginning
        place = describe(self._folder, self._segments.row())
        return Sealed(self._tenant, self._segments.digest.hexdigest(), self.size, place)

    async def stop(self) -> None:
        """Send nothing more."""
        await self._segments.stop()


class UploadTurn:
    """
    A turn at an upload that takes many.

    What counts is written down after every segment, so that a process that
    dies loses less than was on its way, and at `flush`, where the bytes
    after the last segment are written down too. While bytes are held nothing
    is written down, so that what counts is what counted when `hold` came.
    """

    def __init__(
        self,
        turn: Turn,
        kept: Kept,
        tenant: TenantId,
        options: S3Options,
        max_bytes: int | None,
        digest: "Hash | None",
    ) -> None:
        self._turn = turn
        self._kept = kept
        self._tenant = tenant
        self._max_bytes = max_bytes
        self._writing = asyncio.Lock()
        self._held = False
        self._sealed = False
        self._before: Hash | None = None
        self._segments = Segments(
            turn.bucket,
            turn.folder,
            options,
            start=kept.segments,
            tail=kept.tail,
            digest=digest,
            stored=self._progress,
        )

    @property
    def offset(self) -> int:
        """Bytes of the stream so far, those held included."""
        return self._segments.size

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes; wait only while the store is behind."""
        if self._sealed:
            raise ConflictError("The upload is complete and takes no more bytes.")
        check_length(self.offset + len(chunk), self._max_bytes)
        await self._segments.write(chunk)

    async def flush(self) -> int:
        """Wait for all segments, write down what counts, and look whether this turn goes on."""
        await self._segments.settle()
        if not self._held:
            await self._save(Kept(self._segments.row(), bytes(self._segments.tail)))
        await self._turn.confirm()
        return self._kept.size if self._held else self.offset

    async def hold(self) -> None:
        """Write down what counts until now, and nothing after it."""
        await self.flush()
        self._before = self._segments.digest.copy() if self._segments.digest else None
        self._held = True

    async def keep(self) -> None:
        """Let what was held count; it is written down at the next flush or segment."""
        self._held = False

    async def drop(self) -> None:
        """Return to what is written down."""
        if self._held:
            await self._segments.return_to(self._kept.segments, self._kept.tail, self._before)
            self._held = False

    async def seal(self) -> Sealed:
        """Store the rest, write the whole row down, and hash it if nobody has."""
        reach("objects.staged")
        self._held = False
        await self._segments.settle(smallest=1)
        await self._save(Kept(self._segments.row()))
        await self._turn.confirm()
        self._sealed = True
        reach("objects.synced")
        digest = self._segments.digest or await self._read_hash()
        self._segments.digest = digest
        place = describe(self._turn.folder, self._kept.segments)
        return Sealed(self._tenant, digest.hexdigest(), self.offset, place)

    async def end(self) -> None:
        """Keep what counts and let the rest go; a store that failed has it written down."""
        if self._segments.broken:
            await self._segments.stop()
        elif self._held:
            await self.drop()
        elif not self._sealed:
            await self.flush()

    def memory(self) -> "tuple[tuple[Segment, ...], Hash | None] | None":
        """
        Return the row of segments and its hash, for the next turn of this process.

        None where the store failed: a write that nobody waits for any more
        may still arrive, and a later turn must not depend on that.
        """
        if self._segments.broken:
            return None
        return self._kept.segments, self._segments.digest

    async def _progress(self) -> None:
        async with self._writing:
            if not self._held and (row := Kept(self._segments.row())).size > self._kept.size:
                await self._write_down(row)

    async def _save(self, kept: Kept) -> None:
        async with self._writing:
            if kept != self._kept:
                await self._write_down(kept)

    async def _write_down(self, kept: Kept) -> None:
        await self._turn.save(kept)
        self._kept = kept

    async def _read_hash(self) -> "Hash":
        digest = hashlib.sha256()
        async for chunk in read(self._turn.bucket, self._turn.folder, self._kept):
            await asyncio.to_thread(digest.update, chunk)
        return digest


async def read(bucket: Bucket, folder: str, kept: Kept) -> AsyncIterator[bytes]:
    """Yield the bytes of an upload in order."""
    for segment in kept.segments:
        async for chunk in bucket.stream(f"{folder}/{segment.name}", segment.size):
            yield chunk
    if kept.tail:
        yield kept.tail


async def reopen(bucket: Bucket, folder: str, kept: Kept) -> Kept:
    """Take a short last segment, left by a seal, back as the tail: others may follow it now."""
    if not kept.segments or kept.segments[-1].size >= SMALLEST:
        return kept
    *row, last = kept.segments
    return Kept(tuple(row), await bucket.get(f"{folder}/{last.name}") + kept.tail)


def check_length(length: int, max_bytes: int | None) -> None:
    """Refuse a stream that becomes longer than allowed."""
    if max_bytes is not None and length > max_bytes:
        raise FileTooLargeError(
            f"The file is larger than the {max_bytes:,} bytes allowed here.", too_large=True
        )
