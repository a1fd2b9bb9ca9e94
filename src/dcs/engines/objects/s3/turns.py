"""
Who may write to an upload, and what of it counts: safe with lists and writes alone.

Each turn has an object of its own that nobody else writes, named so that
later turns sort later. A turn begins by putting its name there, empty, and
reads what the turn before had kept only after that. Whoever tells an offset
first writes it down and then looks whether a later turn has begun. So either
the older turn sees the later one and tells nothing, or the later one reads
what the older one told: an offset never decreases, and no lock can be left
behind. All it needs of the store is that a list shows what was written.
"""

import asyncio
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from dcs.engines.objects import ObjectNotFoundError, UploadBusyError
from dcs.engines.objects.s3.bucket import Bucket, Entry
from dcs.engines.objects.s3.segments import Segment

_BUSY = "Another process goes on with this upload. Ask how far it is, then go on from there."
ATTEMPTS = 5
PAUSE = 0.1
TIDY = 16


@dataclass(frozen=True, slots=True)
class Kept:
    """What of an upload counts: segments, and the bytes after them."""

    segments: tuple[Segment, ...] = ()
    tail: bytes = b""

    @property
    def size(self) -> int:
        """Bytes of the stream."""
        return sum(segment.size for segment in self.segments) + len(self.tail)

    def pack(self) -> bytes:
        """Write it as one object: a line of JSON, then the tail."""
        row = [[segment.name, segment.size] for segment in self.segments]
        return json.dumps({"segments": row}).encode() + b"\n" + self.tail

    @classmethod
    def unpack(cls, data: bytes) -> "Kept":
        """Read what `pack` wrote."""
        head, _, tail = data.partition(b"\n")
        return cls(tuple(Segment(name, size) for name, size in json.loads(head)["segments"]), tail)


class Turn:
    """
    The right to write to an upload, as long as no later turn has begun.

    Each time it writes down what counts it takes a new key: a request that
    is repeated by the client, or arrives late, cannot undo a later one.
    """

    def __init__(self, bucket: Bucket, folder: str, name: str) -> None:
        self.bucket = bucket
        self.folder = folder
        self._name = name
        self._count = 0
        self._older: list[str] = []

    @property
    def key(self) -> str:
        """Where this turn wrote last."""
        return f"{self.folder}/turns/{self._name}-{self._count:010d}"

    async def claim(self) -> None:
        """Put the name of the turn there."""
        await self.bucket.put(self.key, b"")

    async def save(self, kept: Kept) -> None:
        """Write down what counts."""
        self._older.append(self.key)
        self._count += 1
        await self.bucket.put(self.key, kept.pack())
        if len(self._older) >= TIDY:
            older, self._older = self._older, []
            await self.bucket.remove(older)

    async def confirm(self) -> None:
        """Raise UploadBusyError if a later turn has begun."""
        turns = await _turns(self.bucket, self.folder)
        if not turns or not self.owns(turns[-1]):
            raise UploadBusyError(_BUSY)

    async def go_on(self) -> Kept | None:
        """Return what counts if this is still the latest turn, else None."""
        turns = await _turns(self.bucket, self.folder)
        return await _read(self.bucket, turns[-1]) if turns and self.owns(turns[-1]) else None

    def owns(self, entry: Entry) -> bool:
        """Whether an object was written by this turn."""
        return entry.key.startswith(f"{self.folder}/turns/{self._name}-")


async def take(bucket: Bucket, folder: str) -> tuple[Turn, Kept]:
    """
    Begin a turn; an older one of another process ends when it next looks.

    Raises:
        UploadBusyError: A later turn began at the same time.
    """
    before = await _turns(bucket, folder)
    number = int(before[-1].key.rpartition("/")[2].partition("-")[0]) + 1 if before else 1
    turn = Turn(bucket, folder, f"{number:010d}-{secrets.token_hex(8)}")
    await turn.claim()
    await turn.confirm()
    older = [entry for entry in await _turns(bucket, folder) if not turn.owns(entry)]
    kept = await _latest(bucket, older)
    await turn.save(kept)
    await turn.confirm()
    await bucket.remove([entry.key for entry in older])
    return turn, kept


async def peek(bucket: Bucket, folder: str) -> Kept | None:
    """
    Return what of an upload counts; None if that is not settled.

    It is not while a turn has put its name there and not yet written down
    what it goes on from: it may be at work, or dead.
    """
    for _ in range(ATTEMPTS):
        before = await _turns(bucket, folder)
        if not before:
            return Kept()
        if before[-1].size and (kept := await _read(bucket, before[-1])) is not None:
            after = await _turns(bucket, folder)
            if after and _turn(after[-1]) == _turn(before[-1]):
                return kept
        await asyncio.sleep(PAUSE)
    return None


async def _turns(bucket: Bucket, folder: str) -> list[Entry]:
    return [entry async for entry in bucket.entries(f"{folder}/turns")]


async def _latest(bucket: Bucket, older: Sequence[Entry]) -> Kept:
    for entry in reversed(older):
        if entry.size:
            kept = await _read(bucket, entry)
            if kept is None:  # a later turn has tidied up
                raise UploadBusyError(_BUSY)
            return kept
    return Kept()


async def _read(bucket: Bucket, entry: Entry) -> Kept | None:
    try:
        return Kept.unpack(await bucket.get(entry.key))
    except ObjectNotFoundError:
        return None


def _turn(entry: Entry) -> str:
    """Return the part of a key that names the turn."""
    return entry.key.rpartition("-")[0]
