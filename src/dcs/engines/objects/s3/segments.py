"""
A stream cut into segments, hashed as it goes, in bounded memory.

A segment is an ordinary object with a random name, written once and never
again: whoever lists it by name lists exactly these bytes. Only the last one
of a stream may be smaller than 5 MiB, because S3 composes an object of no
smaller ones.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dcs.core.errors import UnavailableError
from dcs.engines.objects import FileTooLargeError
from dcs.engines.objects.s3.bucket import Bucket
from dcs.engines.objects.s3.options import SMALLEST, S3Options

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

_STOPPED = "The stream was stopped. Go on with it in a new turn."
MOST = 10_000
"""S3 composes an object of no more parts than this."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a stream: its name below the stream's folder, and its size."""

    name: str
    size: int


class Segments:
    """
    Cut, hash and send; one segment fills while others are on their way.

    Args:
        start: The segments the stream begins with, all stored.
        tail: The bytes after them, less than a segment.
        digest: The SHA-256 of *start*; None where nobody knows it.
        stored: Called whenever the row of stored segments has grown.
    """

    def __init__(
        self,
        bucket: Bucket,
        folder: str,
        options: S3Options,
        *,
        start: Sequence[Segment] = (),
        tail: bytes = b"",
        digest: "Hash | None" = None,
        stored: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._bucket = bucket
        self._folder = folder
        self._part_size = options.part_size
        self._slots = asyncio.Semaphore(options.in_flight)
        self._order = asyncio.Lock()
        self._row = list(start)
        self._waiting: set[Segment] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self._size = sum(segment.size for segment in start) + len(tail)
        self._stored = stored
        self.tail = bytearray(tail)
        self.digest = digest

    @property
    def size(self) -> int:
        """Bytes of the stream so far."""
        return self._size

    @property
    def broken(self) -> bool:
        """Whether a segment could not be stored, so that the stream cannot go on."""
        return self._failure is not None

    def row(self) -> tuple[Segment, ...]:
        """Return the segments from the first on that are stored without a gap."""
        for number, segment in enumerate(self._row):
            if segment in self._waiting:
                return tuple(self._row[:number])
        return tuple(self._row)

    async def write(self, chunk: bytes) -> None:
        """Take bytes; wait only while as many segments are on their way as may be."""
        self._raise_failure()
        view = memoryview(chunk)
        while view:
            if len(self.tail) >= self._part_size:
                await self._cut()
            piece = view[: self._part_size - len(self.tail)]
            self.tail += piece
            self._size += len(piece)
            view = view[len(piece) :]

    async def settle(self, *, smallest: int = SMALLEST) -> None:
        """Store the tail as a segment if it has so many bytes; wait for all segments."""
        if len(self.tail) >= smallest:
            await self._cut()
        while self._tasks:
            await asyncio.wait(self._tasks)
        self._raise_failure()

    async def return_to(self, row: Sequence[Segment], tail: bytes, digest: "Hash | None") -> None:
        """Forget everything after an earlier state and remove its segments."""
        await self.stop()
        later = self._row[len(row) :]
        self._failure = None
        self._row, self.tail, self.digest = list(row), bytearray(tail), digest
        self._waiting.clear()
        self._size = sum(segment.size for segment in row) + len(tail)
        await self._bucket.remove([f"{self._folder}/{segment.name}" for segment in later])

    async def stop(self) -> None:
        """Wait for nothing any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _cut(self) -> None:
        """Send the tail as a segment. From the slot on nothing waits, so no cancel splits it."""
        if len(self._row) >= MOST:
            raise FileTooLargeError(
                "The file has more parts than the object store can join. Send larger ones.",
                too_large=True,
            )
        await self._slots.acquire()
        if self._failure is not None:
            self._slots.release()
            self._raise_failure()
        body, self.tail = self.tail, bytearray()
        segment = Segment(f"parts/{secrets.token_hex(12)}", len(body))
        self._row.append(segment)
        self._waiting.add(segment)
        task = asyncio.create_task(self._send(segment, body))
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    async def _send(self, segment: Segment, body: bytearray) -> None:
        async with self._order:  # tasks come here in the order of the stream
            if self.digest is not None:
                await asyncio.to_thread(self.digest.update, body)
        await self._bucket.put(f"{self._folder}/{segment.name}", body)
        self._waiting.discard(segment)
        if self._stored is not None:
            await self._stored()

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._slots.release()
        error = UnavailableError(_STOPPED) if task.cancelled() else task.exception()
        self._failure = self._failure or error

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure
