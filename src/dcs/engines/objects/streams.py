"""
A stream as a file: appended to and hashed in a thread of its own.

The file's length is the offset, so nothing has to be written twice to know
how far a stream has come. Bytes that are held (they wait for their checksum)
are behind the mark of a second file; whoever opens the stream next cuts it
there. A sealed file can only be read: the object is a second name of it.
"""

import fcntl
import hashlib
import os
import stat
from pathlib import Path
from typing import Protocol

from dcs.core.errors import ConflictError
from dcs.core.failpoints import reach
from dcs.core.ids import TenantId
from dcs.engines.objects import FileTooLargeError, Sealed, UploadBusyError
from dcs.engines.objects.disk import disk
from dcs.engines.objects.pipe import Pipe

WRITABLE, SEALED = 0o600, 0o400
HELD, NEW = ".held", ".new"


class StreamSealedError(ConflictError):
    """The stream is complete."""

    code = "upload_complete"


class Hash(Protocol):
    """A running SHA-256."""

    def update(self, data: bytes, /) -> None: ...  # noqa: D102
    def hexdigest(self) -> str: ...  # noqa: D102
    def copy(self) -> "Hash": ...  # noqa: D102


class StreamFile:
    """One stream on its way to the disk; both a `Staging` and an `Incoming`."""

    def __init__(self, path: Path, tenant: TenantId, max_bytes: int | None) -> None:
        self._path = path
        self._tenant = tenant
        self._max_bytes = max_bytes
        self._offset = 0
        self._held: tuple[int, Hash] | None = None
        self._sealed = False
        self._hash: Hash = hashlib.sha256()
        self._file: int | None = None
        self._pipe = Pipe(self._append, "dcs-stream")

    @property
    def size(self) -> int:
        """Bytes taken so far."""
        return self._offset

    @property
    def offset(self) -> int:
        """Bytes of the stream so far, those held included."""
        return self._offset

    async def open(self, known: tuple[int, Hash] | None = None) -> None:
        """
        Go on where the file ends.

        Args:
            known: The offset and the running hash of an earlier turn. Where they do
                not fit the file, its bytes are hashed again before the next one is taken.
        """
        self._offset = await self._pipe.step(lambda: self._open(known))

    async def write(self, chunk: bytes) -> None:
        """Hand the chunk to the stream's thread."""
        if self._max_bytes is not None and self._offset + len(chunk) > self._max_bytes:
            raise FileTooLargeError(
                f"The file is larger than the {self._max_bytes:,} bytes allowed here.",
                too_large=True,
            )
        self._offset += len(chunk)
        await self._pipe.write(chunk)

    async def flush(self) -> int:
        """Wait until the thread has written everything; the system keeps it when we die."""
        await self._pipe.step(_nothing)
        return self._offset

    async def hold(self) -> None:
        """Mark the place behind which bytes do not count yet."""
        await self._pipe.step(self._mark)

    async def keep(self) -> None:
        """Remove the mark."""
        await self._pipe.step(self._unmark)

    async def drop(self) -> None:
        """Cut the file at the mark."""
        self._offset = await self._pipe.step(self._cut, always=True)

    async def seal(self) -> Sealed:
        """Sync the data and close the file to writers; its name does not matter yet."""
        sha256 = await self._pipe.step(self._sync)
        return Sealed(self._tenant, sha256, self._offset, str(self._path))

    async def close(self) -> tuple[int, Hash] | None:
        """End the turn; return the offset and running hash for the next one."""
        try:
            return await self._pipe.step(self._close, always=True)
        finally:
            self._pipe.close()

    async def discard(self) -> None:
        """Close and remove the file; what was published keeps its own name."""
        try:
            await self._pipe.step(self._remove, always=True)
        finally:
            self._pipe.close()

    def _open(self, known: tuple[int, Hash] | None) -> int:
        with disk():
            size = self._claim()
        if known is not None and known[0] == size:
            self._hash = known[1]
        elif size:
            with disk(), self._path.open("rb", buffering=0) as source:
                self._hash = hashlib.file_digest(source, "sha256")
        return size

    def _claim(self) -> int:
        """Open the file for this process alone, cut at the mark; a sealed one only to read."""
        self._sealed = is_sealed(self._path)
        flags = os.O_RDONLY if self._sealed else os.O_RDWR | os.O_CREAT | os.O_APPEND
        self._file = os.open(self._path, flags, WRITABLE)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UploadBusyError("Another process is receiving this upload.") from error
        size = os.fstat(self._file).st_size
        counts = None if self._sealed else mark_of(self._path)
        if counts is None:
            return size
        if counts < size:
            os.ftruncate(self._file, counts)
        self._unmark()
        return min(counts, size)

    def _append(self, chunk: bytes) -> None:
        with disk():
            file = self._descriptor()
            view = memoryview(chunk)
            while view:
                view = view[os.write(file, view) :]
        self._hash.update(chunk)

    def _descriptor(self) -> int:
        """Return the open file; a new stream's is made with its first byte."""
        if self._file is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            self._file = os.open(self._path, flags, WRITABLE)
        if self._sealed:
            raise StreamSealedError("The upload is complete and takes no more bytes.")
        return self._file

    def _mark(self) -> None:
        if self._sealed:  # nothing will be written that could have to be taken back
            return
        with disk():
            size = os.fstat(self._descriptor()).st_size
            new = self._path.with_name(f"{self._path.name}{HELD}{NEW}")
            new.write_text(str(size), encoding="ascii")
            new.rename(_mark_path(self._path))  # whole or not there, also for a process that dies
        self._held = size, self._hash.copy()

    def _unmark(self) -> None:
        with disk():
            _mark_path(self._path).unlink(missing_ok=True)
        self._held = None

    def _cut(self) -> int:
        if self._held is None:
            return self._offset
        size, self._hash = self._held
        with disk():
            os.ftruncate(self._descriptor(), size)
        self._unmark()
        return size

    def _sync(self) -> str:
        reach("objects.staged")
        with disk():
            if not self._sealed:
                file = self._descriptor()
                os.fchmod(file, SEALED)
                self._sealed = True
            os.fdatasync(self._file)  # type: ignore[arg-type]  # open: sealed now or before
        reach("objects.synced")
        return self._hash.hexdigest()

    def _close(self) -> tuple[int, Hash] | None:
        if self._file is None:
            return None
        try:
            self._cut()
            size = os.fstat(self._file).st_size
            # A failure inside a chunk leaves the hash behind the file; the next turn hashes anew.
            return (size, self._hash) if size == self._offset else None
        finally:
            os.close(self._file)
            self._file = None

    def _remove(self) -> None:
        self._close()
        self._path.unlink(missing_ok=True)


def is_sealed(path: Path) -> bool:
    """Say whether a stream was sealed, so that nobody may write to its file any more."""
    try:
        return stat.S_IMODE(path.stat().st_mode) == SEALED
    except FileNotFoundError:
        return False


def mark_of(path: Path) -> int | None:
    """Return the place behind which a stream's bytes do not count yet, or None."""
    try:
        return int(_mark_path(path).read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def _mark_path(path: Path) -> Path:
    return path.with_name(path.name + HELD)


def _nothing() -> None:
    """Waiting for this is waiting for everything before it."""
