"""
A folder as the object store, safe against a power failure.

The order is the promise: write to a staging file, sync its data, link it
under its hash, sync the folder that holds the link. Only then does the
caller's transaction make it known. A link is atomic and never replaces, so a
reader meets the whole object or none, and the same content stored twice at
once meets itself.
"""

import asyncio
import hashlib
import math
import os
import re
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from dcs.core.errors import UnavailableError
from dcs.core.failpoints import reach
from dcs.core.ids import TenantId, new_id
from dcs.engines.objects import (
    FileTooLargeError,
    InvalidKeyError,
    Known,
    ObjectNotFoundError,
    Recovered,
    Sealed,
    StoredObject,
)

CHUNK = 1024 * 1024
_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class DirectoryStore:
    """Objects as files named by their hash, one folder a tenant."""

    def __init__(self, root: Path) -> None:
        self._objects = root / "objects"
        self._staging = root / "staging"
        for folder in (root, self._objects, self._staging):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(root)

    @asynccontextmanager
    async def stage(
        self, tenant: TenantId, *, max_bytes: int | None = None
    ) -> AsyncIterator["StagingFile"]:
        """Write to a file of its own that is gone when the block ends."""
        _check(tenant)
        staging = StagingFile(self._staging / new_id(), tenant, max_bytes)
        try:
            yield staging
        finally:
            await asyncio.shield(staging.discard())

    async def publish(self, sealed: Sealed) -> StoredObject:
        """Link the staging file under its hash and sync the folder."""
        await asyncio.to_thread(self._link, Path(sealed.place), sealed.tenant, sealed.sha256)
        return StoredObject(sealed.tenant, sealed.sha256, sealed.size)

    async def put_file(self, tenant: TenantId, path: Path) -> StoredObject:
        """Copy the file through staging, hashing it on the way."""
        async with self.stage(tenant) as staging:
            with await asyncio.to_thread(path.open, "rb") as source:
                while chunk := await asyncio.to_thread(source.read, CHUNK):
                    await staging.write(chunk)
            return await self.publish(await staging.seal())

    @asynccontextmanager
    async def local_path(self, tenant: TenantId, sha256: str) -> AsyncIterator[Path]:
        """Lend the object's own path."""
        path = self._path(tenant, sha256)
        if not await asyncio.to_thread(path.is_file):
            raise ObjectNotFoundError("The stored object is missing.")
        yield path

    async def stream(self, tenant: TenantId, sha256: str) -> AsyncIterator[bytes]:
        """Yield the object a mebibyte at a time."""
        async with self.local_path(tenant, sha256) as path:
            with await asyncio.to_thread(path.open, "rb") as source:
                while chunk := await asyncio.to_thread(source.read, CHUNK):
                    yield chunk

    async def delete(self, tenant: TenantId, sha256: str) -> None:
        """Remove the object's link."""
        path = self._path(tenant, sha256)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    async def recover(self, known: Known) -> Recovered:
        """Empty the staging folder, then remove every object no row knows."""
        staging = await asyncio.to_thread(self._empty_staging)
        orphans = 0
        for folder in await asyncio.to_thread(lambda: sorted(self._objects.iterdir())):
            rows = await known(TenantId(folder.name))
            orphans += await asyncio.to_thread(_remove_unknown, folder, rows)
        return Recovered(staging, orphans)

    async def sweep(self, older_than: timedelta) -> int:
        """Remove staging files by the time of their last write."""
        return await asyncio.to_thread(
            self._empty_staging, time.time() - older_than.total_seconds()
        )

    async def check(self) -> None:
        """Make and remove a staging file."""

        def probe() -> None:
            path = self._staging / new_id()
            with _disk():
                path.touch(mode=0o600)
                path.unlink()

        await asyncio.to_thread(probe)

    def _path(self, tenant: TenantId, sha256: str) -> Path:
        _check(tenant)
        if not _SHA256.fullmatch(sha256):
            raise InvalidKeyError("An object is named by 64 hexadecimal digits.")
        return self._objects / tenant / sha256[:2] / sha256

    def _link(self, staged: Path, tenant: TenantId, sha256: str) -> None:
        target = self._path(tenant, sha256)
        with _disk():
            for folder in (target.parent.parent, target.parent):
                if not folder.is_dir():
                    folder.mkdir(mode=0o700, exist_ok=True)
                    _sync_folder(folder.parent)
            with suppress(FileExistsError):  # the same content is there, and was synced before
                os.link(staged, target)
            reach("objects.linked")
            _sync_folder(target.parent)
        reach("objects.directory_synced")

    def _empty_staging(self, before: float = math.inf) -> int:
        count = 0
        for path in self._staging.iterdir():
            with suppress(FileNotFoundError):  # its upload has just ended
                if path.stat().st_mtime < before:
                    path.unlink()
                    count += 1
        return count


class StagingFile:
    """
    One stream on its way to the disk.

    Each has a thread of its own, so that a slow disk holds up its sender and
    nobody else; the sender waits for each chunk, which is the back-pressure.
    """

    def __init__(self, path: Path, tenant: TenantId, max_bytes: int | None) -> None:
        self._path = path
        self._tenant = tenant
        self._max_bytes = max_bytes
        self._hash = hashlib.sha256()
        self._size = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="dcs-stage")
        self._file: int | None = None

    @property
    def size(self) -> int:
        """Bytes taken so far."""
        return self._size

    async def write(self, chunk: bytes) -> None:
        """Hash and write in the stream's thread."""
        if self._max_bytes is not None and self._size + len(chunk) > self._max_bytes:
            raise FileTooLargeError(
                f"The file is larger than the {self._max_bytes:,} bytes allowed here.",
                too_large=True,
            )
        await asyncio.get_running_loop().run_in_executor(self._thread, self._append, chunk)

    async def seal(self) -> Sealed:
        """Sync the data of the file; its name does not matter yet."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._sync)
        return Sealed(self._tenant, self._hash.hexdigest(), self._size, str(self._path))

    async def discard(self) -> None:
        """Close and remove the staging file; what was published keeps its own link."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._remove)
        self._thread.shutdown(wait=False)

    def _append(self, chunk: bytes) -> None:
        with _disk():
            if self._file is None:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._hash.update(chunk)
            view = memoryview(chunk)
            while view:
                view = view[os.write(self._file, view) :]
        self._size += len(chunk)

    def _sync(self) -> None:
        reach("objects.staged")
        with _disk():
            if self._file is None:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.fdatasync(self._file)
        reach("objects.synced")

    def _remove(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._path.unlink(missing_ok=True)


def _check(tenant: TenantId) -> None:
    if not _TENANT.fullmatch(tenant):
        raise InvalidKeyError("A tenant's id has lower-case letters, digits and hyphens.")


def _sync_folder(folder: Path) -> None:
    """Make a new name in *folder* survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_unknown(folder: Path, known: set[str]) -> int:
    count = 0
    for path in folder.glob("*/*"):
        if path.name not in known:
            path.unlink()
            count += 1
    return count


@contextmanager
def _disk() -> Iterator[None]:
    """Turn what a disk can do wrong into an error with a next step."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            "The disk could not keep the data. Free some space, then send it again."
        ) from error
