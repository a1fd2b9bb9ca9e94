"""
Copies on the local disk, for readers that need a path; as many bytes as allowed.

A copy is fetched once however many ask for it at the same time, is checked
against its hash before anybody sees it, and stays until room is needed. A
copy that is lent stays until it is given back.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dcs.core.errors import UnavailableError

PATIENCE = 60
"""Seconds to wait until others give copies back."""


@dataclass(slots=True)
class Copy:
    """A file in the spool: how large, lent to how many, and being fetched or there."""

    size: int
    lent: int = 0
    there: bool = False
    fetching: asyncio.Lock = field(default_factory=asyncio.Lock)


class Spool:
    """A folder of copies, of this process alone; it is made when first used."""

    def __init__(self, parent: Path, capacity: int) -> None:
        self._parent = parent
        self._capacity = capacity
        self._copies: OrderedDict[str, Copy] = OrderedDict()
        self._room = asyncio.Condition()
        self._folder: Path | None = None
        self._opening = asyncio.Lock()

    @property
    def used(self) -> int:
        """Bytes of all copies."""
        return sum(copy.size for copy in self._copies.values())

    @asynccontextmanager
    async def lend(
        self, name: str, sha256: str, size: int, source: AsyncIterator[bytes]
    ) -> AsyncIterator[Path]:
        """
        Lend a copy for as long as the block lasts, fetched from *source* if need be.

        Raises:
            UnavailableError: There is no room, or the bytes are not those of the hash.
        """
        copy = await self._reserve(name, size)
        try:
            async with copy.fetching:
                path = await self._open() / name
                if not copy.there:
                    await self._fetch(path, sha256, source)
                    copy.there = True
            yield path
        finally:
            await asyncio.shield(self._give_back(name, copy))

    async def forget(self, name: str) -> None:
        """Remove a copy that nobody is lent."""
        async with self._room:
            copy = self._copies.get(name)
            if copy is not None and not copy.lent:
                await self._remove(name)

    async def _reserve(self, name: str, size: int) -> Copy:
        if size > self._capacity:
            raise UnavailableError(
                "The file is larger than the space for local copies. Allow more of it."
            )
        async with self._room:
            try:
                async with asyncio.timeout(PATIENCE):
                    while not await self._fits(name, size):
                        await self._room.wait()
            except TimeoutError as error:
                raise UnavailableError(
                    "All space for local copies is in use. Try again later."
                ) from error
            copy = self._copies.setdefault(name, Copy(size))
            self._copies.move_to_end(name)
            copy.lent += 1
            return copy

    async def _fits(self, name: str, size: int) -> bool:
        """Make room by removing what was lent longest ago."""
        if name in self._copies:
            return True
        for other, copy in list(self._copies.items()):
            if self.used + size <= self._capacity:
                break
            if not copy.lent:
                await self._remove(other)
        return self.used + size <= self._capacity

    async def _remove(self, name: str) -> None:
        folder = await self._open()
        await asyncio.to_thread((folder / name).unlink, missing_ok=True)
        del self._copies[name]

    async def _give_back(self, name: str, copy: Copy) -> None:
        async with self._room:
            copy.lent -= 1
            if not copy.there and not copy.lent:
                await self._remove(name)
            self._room.notify_all()

    async def _fetch(self, path: Path, sha256: str, source: AsyncIterator[bytes]) -> None:
        part = path.with_name(f"{path.name}.part")
        try:
            file = await asyncio.to_thread(_create, part)
            try:
                found = await _fill(file, source)
            finally:
                os.close(file)
            if found != sha256:
                raise UnavailableError(
                    "The object store gave back other bytes than it was given. Restore the object."
                )
            await asyncio.to_thread(part.rename, path)
        except OSError as error:
            raise UnavailableError("The disk for local copies failed. Free some space.") from error
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)

    async def _open(self) -> Path:
        async with self._opening:
            if self._folder is None:
                self._folder = await asyncio.to_thread(_own_folder, self._parent)
            return self._folder


def _create(path: Path) -> int:
    path.unlink(missing_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


async def _fill(file: int, source: AsyncIterator[bytes]) -> str:
    """Write a stream to an open file and return its SHA-256."""
    digest = hashlib.sha256()

    def append(chunk: bytes) -> None:
        digest.update(chunk)
        view = memoryview(chunk)
        while view:
            view = view[os.write(file, view) :]

    async for chunk in source:
        await asyncio.to_thread(append, chunk)
    return digest.hexdigest()


def _own_folder(parent: Path) -> Path:
    """
    Remove the folders of processes that are gone, and make one for this process.

    Its lock is held, by a descriptor that nobody closes, until the process
    ends, whatever ends it.
    """
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for other in parent.glob("copies-*"):
        with contextlib.suppress(OSError):
            _remove_unless_used(other)
    folder = Path(tempfile.mkdtemp(prefix="copies-", dir=parent))
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return folder


def _remove_unless_used(folder: Path) -> None:
    """A process holds a lock on its folder for as long as it lives."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
