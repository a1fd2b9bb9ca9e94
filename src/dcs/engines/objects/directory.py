"""
A folder as the object store, safe against a power failure.

The order is the promise: write to a staging file, sync its data, link it
under its hash, sync the folder that holds the link. Only then does the
caller's transaction make it known. A link is atomic and never replaces, so a
reader meets the whole object or none, and the same content stored twice at
once meets itself.
"""

import asyncio
import math
import os
import re
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from dcs.core.failpoints import reach
from dcs.core.ids import TenantId, new_id
from dcs.engines.objects import (
    InvalidKeyError,
    Known,
    ObjectNotFoundError,
    Recovered,
    Sealed,
    StoredObject,
)
from dcs.engines.objects.disk import disk, sync_folder
from dcs.engines.objects.streams import HELD, NEW, Hash, StreamFile, mark_of

CHUNK = 1024 * 1024
_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
REMEMBERED = 1_000  # running hashes kept between the turns of uploads
ASIDE = ".aside"  # of an object that is being removed
_UPLOAD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class DirectoryStore:
    """Objects as files named by their hash, one folder a tenant."""

    def __init__(self, root: Path) -> None:
        self._objects = root / "objects"
        self._staging = root / "staging"
        self._uploads = root / "uploads"
        self._hashes: OrderedDict[Path, tuple[int, Hash]] = OrderedDict()
        for folder in (root, self._objects, self._staging, self._uploads):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(root)

    async def prepare(self) -> None:
        """Try to write."""
        await self.check()

    async def claim(self, owner: str) -> None:
        """Nothing to claim: the folder is that of the database, which one process owns."""

    @asynccontextmanager
    async def stage(
        self, tenant: TenantId, *, max_bytes: int | None = None
    ) -> AsyncIterator[StreamFile]:
        """Write to a file of its own that is gone when the block ends."""
        _check(tenant)
        staging = StreamFile(self._staging / new_id(), tenant, max_bytes)
        try:
            yield staging
        finally:
            await asyncio.shield(staging.discard())

    @asynccontextmanager
    async def resume(
        self, tenant: TenantId, upload: str, *, max_bytes: int | None = None
    ) -> AsyncIterator[StreamFile]:
        """Open the upload's file for one turn; its length is the offset."""
        path = self._upload(tenant, upload)
        await asyncio.to_thread(_make_folder, path.parent)
        stream = StreamFile(path, tenant, max_bytes)
        reached = None
        try:
            await stream.open(self._hashes.pop(path, None))
            yield stream
        finally:
            reached = await asyncio.shield(stream.close())
            if reached is not None:
                self._remember(path, reached)

    async def received(self, tenant: TenantId, upload: str) -> int:
        """Return the file's length, up to its mark."""
        return await asyncio.to_thread(_counted, self._upload(tenant, upload))

    async def stream_upload(self, tenant: TenantId, upload: str) -> AsyncIterator[bytes]:
        """Yield the file a mebibyte at a time."""
        path = self._upload(tenant, upload)
        left = await asyncio.to_thread(_counted, path)
        if left:
            with await asyncio.to_thread(path.open, "rb", buffering=0) as source:
                while left and (chunk := await asyncio.to_thread(source.read, min(CHUNK, left))):
                    left -= len(chunk)
                    yield chunk

    async def abandon(self, tenant: TenantId, upload: str) -> None:
        """Remove the upload's file and mark."""
        path = self._upload(tenant, upload)
        self._hashes.pop(path, None)
        await asyncio.to_thread(_remove_upload, path)

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

    async def exists(self, tenant: TenantId, sha256: str) -> bool:
        """Look whether the file is there."""
        return await asyncio.to_thread(self._path(tenant, sha256).is_file)

    async def remove(
        self, tenant: TenantId, sha256: str, unknown: Callable[[], Awaitable[bool]]
    ) -> bool:
        """Rename the file, and back if somebody stored the same meanwhile."""
        path = self._path(tenant, sha256)
        aside = path.with_name(path.name + ASIDE)
        try:
            await asyncio.to_thread(path.rename, aside)
        except FileNotFoundError:
            return False
        gone = await unknown()
        if not gone:
            await asyncio.to_thread(self._link, aside, tenant, sha256)
        await asyncio.to_thread(aside.unlink)
        return gone

    async def recover(self, known: Known, uploads: Known) -> Recovered:
        """Empty the staging folder, then remove every object and upload no row knows."""
        staging = await asyncio.to_thread(self._empty_staging)
        return Recovered(
            staging,
            await _remove_unknown(self._objects, "*/*", known),
            await _remove_unknown(self._uploads, "*", uploads),
        )

    async def sweep(self, older_than: timedelta) -> int:
        """Remove staging files by the time of their last write."""
        return await asyncio.to_thread(
            self._empty_staging, time.time() - older_than.total_seconds()
        )

    async def check(self) -> None:
        """Make and remove a staging file."""

        def probe() -> None:
            path = self._staging / new_id()
            with disk():
                path.touch(mode=0o600)
                path.unlink()

        await asyncio.to_thread(probe)

    def _path(self, tenant: TenantId, sha256: str) -> Path:
        _check(tenant)
        if not _SHA256.fullmatch(sha256):
            raise InvalidKeyError("An object is named by 64 hexadecimal digits.")
        return self._objects / tenant / sha256[:2] / sha256

    def _upload(self, tenant: TenantId, upload: str) -> Path:
        _check(tenant)
        if not _UPLOAD.fullmatch(upload):
            raise InvalidKeyError("An upload is named by letters, digits and hyphens.")
        return self._uploads / tenant / upload

    def _remember(self, path: Path, reached: tuple[int, Hash]) -> None:
        """Keep the running hash for the next turn, so that nothing is hashed twice."""
        self._hashes[path] = reached
        while len(self._hashes) > REMEMBERED:
            self._hashes.popitem(last=False)

    def _link(self, staged: Path, tenant: TenantId, sha256: str) -> None:
        target = self._path(tenant, sha256)
        with disk():
            for folder in (target.parent.parent, target.parent):
                if not folder.is_dir():
                    folder.mkdir(mode=0o700, exist_ok=True)
                    sync_folder(folder.parent)
            with suppress(FileExistsError):  # the same content is there, and was synced before
                os.link(staged, target)
            reach("objects.linked")
            sync_folder(target.parent)
        reach("objects.directory_synced")

    def _empty_staging(self, before: float = math.inf) -> int:
        count = 0
        for path in self._staging.iterdir():
            with suppress(FileNotFoundError):  # its upload has just ended
                if path.stat().st_mtime < before:
                    path.unlink()
                    count += 1
        return count


def _check(tenant: TenantId) -> None:
    if not _TENANT.fullmatch(tenant):
        raise InvalidKeyError("A tenant's id has lower-case letters, digits and hyphens.")


def _counted(path: Path) -> int:
    """Return how many bytes of an upload's file count."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return 0
    mark = mark_of(path)
    return size if mark is None else min(mark, size)


def _remove_upload(path: Path) -> None:
    for ending in ("", HELD, HELD + NEW):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _make_folder(path: Path) -> None:
    with disk():
        path.mkdir(mode=0o700, exist_ok=True)


async def _remove_unknown(root: Path, pattern: str, known: Known) -> int:
    """Remove the files of each tenant's folder whose name the database does not know."""
    count = 0
    for folder in await asyncio.to_thread(lambda: sorted(root.iterdir())):
        names = await known(TenantId(folder.name))
        count += await asyncio.to_thread(_remove_others, folder, pattern, names)
    return count


def _remove_others(folder: Path, pattern: str, names: set[str]) -> int:
    count = 0
    for path in folder.glob(pattern + ASIDE):
        whole = path.with_name(path.name.removesuffix(ASIDE))
        if whole.name in names and not whole.exists():
            path.rename(whole)  # died between setting it aside and asking
        else:
            path.unlink()
    for path in folder.glob(pattern):
        known = path.name.partition(".")[0] in names and not path.name.endswith(NEW)
        if path.is_file() and not known:
            path.unlink()
            count += 1
    return count
