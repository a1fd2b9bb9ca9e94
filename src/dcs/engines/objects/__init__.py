"""
Keep bytes: immutable objects under a tenant and the SHA-256 of their content.

``tests/engines/test_objects.py`` is the contract. An object becomes known by
a row in the database, written after `ObjectStore.publish` has returned; the
store itself never decides what exists. What no row knows is removed at the
next start.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from dcs.core.errors import InvalidError, LimitError, NotFoundError
from dcs.core.ids import TenantId

__all__ = [
    "FileTooLargeError",
    "InvalidKeyError",
    "Known",
    "ObjectNotFoundError",
    "ObjectStore",
    "Recovered",
    "Sealed",
    "Staging",
    "StoredObject",
]

Known = Callable[[TenantId], Awaitable[set[str]]]
"""Answers which objects of a tenant the database knows."""


class InvalidKeyError(InvalidError):
    """A tenant or hash has a form that could leave the tenant's space."""

    code = "invalid_object_key"


class ObjectNotFoundError(NotFoundError):
    """The object is not in the store."""

    code = "object_not_found"


class FileTooLargeError(LimitError):
    """The stream is longer than allowed."""

    code = "file_too_large"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object in the store: size in bytes and SHA-256 of exactly the bytes kept."""

    tenant: TenantId
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A complete stream whose bytes are durable, not yet under its final name."""

    tenant: TenantId
    sha256: str
    size: int
    place: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a start found left behind and removed."""

    staging: int
    orphans: int


class Staging(Protocol):
    """A stream on its way in."""

    @property
    def size(self) -> int:
        """Bytes taken so far."""
        ...

    async def write(self, chunk: bytes) -> None:
        """
        Take the next bytes; hash them while they are in the cache.

        Raises:
            FileTooLargeError: The stream is longer than allowed.
            UnavailableError: The disk is full or failed. Nothing is kept.
        """
        ...

    async def seal(self) -> Sealed:
        """Make the bytes durable and say what they are."""
        ...


class ObjectStore(Protocol):
    """Store streams completely or not at all, and give them back."""

    def stage(
        self, tenant: TenantId, *, max_bytes: int | None = None
    ) -> AbstractAsyncContextManager[Staging]:
        """
        Begin to take a stream in.

        Whatever has not been published when the block ends leaves nothing
        behind, also after an error or a cancelled task. Memory stays at a few
        chunks however long the stream is.
        """
        ...

    async def publish(self, sealed: Sealed) -> StoredObject:
        """
        Put a sealed stream under its hash, durably.

        The same content again is no error: the object is there afterwards.
        """
        ...

    async def put_file(self, tenant: TenantId, path: Path) -> StoredObject:
        """Store a file of this machine the same way; the file itself stays."""
        ...

    def local_path(self, tenant: TenantId, sha256: str) -> AbstractAsyncContextManager[Path]:
        """
        Lend a path to read an object by, for as long as the block lasts.

        Raises:
            ObjectNotFoundError: There is no such object.
        """
        ...

    def stream(self, tenant: TenantId, sha256: str) -> AsyncIterator[bytes]:
        """Yield an object's bytes in order."""
        ...

    async def delete(self, tenant: TenantId, sha256: str) -> None:
        """Remove an object whose row is gone; a missing one is no error."""
        ...

    async def recover(self, known: Known) -> Recovered:
        """Remove unfinished streams and objects that no row knows. Only before serving begins."""
        ...

    async def sweep(self, older_than: timedelta) -> int:
        """Remove unfinished streams that nobody has written to for so long; safe while serving."""
        ...

    async def check(self) -> None:
        """Raise UnavailableError unless the store can be written to."""
        ...
