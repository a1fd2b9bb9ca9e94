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

from dcs.core.errors import ConflictError, InvalidError, LimitError, NotFoundError
from dcs.core.ids import TenantId

__all__ = [
    "FileTooLargeError",
    "Incoming",
    "InvalidKeyError",
    "Known",
    "ObjectNotFoundError",
    "ObjectStore",
    "Recovered",
    "Sealed",
    "Staging",
    "StoreClaimedError",
    "StoredObject",
    "UploadBusyError",
]

Known = Callable[[TenantId], Awaitable[set[str]]]
"""Answers which objects, or which unfinished uploads, of a tenant the database knows."""


class InvalidKeyError(InvalidError):
    """A tenant or hash has a form that could leave the tenant's space."""

    code = "invalid_object_key"


class ObjectNotFoundError(NotFoundError):
    """The object is not in the store."""

    code = "object_not_found"


class FileTooLargeError(LimitError):
    """The stream is longer than allowed."""

    code = "file_too_large"


class StoreClaimedError(ConflictError):
    """Another database decides what is kept in this store."""

    code = "object_store_claimed"


class UploadBusyError(ConflictError):
    """Another process is writing to this upload."""

    code = "upload_busy"


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
    uploads: int = 0


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


class Incoming(Protocol):
    """
    One request's turn at a stream that may take many requests.

    Everything written is kept when the turn ends, however it ends, and the
    next turn goes on from there, also in another process. While bytes are
    *held* they count for nothing until `keep`: a turn that ends before, and a
    process that dies before, loses exactly them.
    """

    @property
    def offset(self) -> int:
        """Bytes of the stream so far, those held included."""
        ...

    async def write(self, chunk: bytes) -> None:
        """
        Take the next bytes; return at once unless the disk is far behind.

        Raises:
            FileTooLargeError: The stream is longer than allowed. Nothing of *chunk* was taken.
            UnavailableError: The store failed. What was kept before stays.
        """
        ...

    async def flush(self) -> int:
        """Wait until everything written would survive the death of this process; its offset."""
        ...

    async def hold(self) -> None:
        """Let what is written from here on count only once `keep` is called."""
        ...

    async def keep(self) -> None:
        """Let what was held count."""
        ...

    async def drop(self) -> None:
        """Take back what was held, as if it had never come."""
        ...

    async def seal(self) -> Sealed:
        """Make the whole stream durable and say what it is; it takes no more bytes."""
        ...


class ObjectStore(Protocol):
    """Store streams completely or not at all, and give them back."""

    async def prepare(self) -> None:
        """
        Find out, once and before serving, whether the store can do what it must.

        Raises:
            UnavailableError: It cannot, or does not answer.
        """
        ...

    async def claim(self, owner: str) -> None:
        """
        Say whose rows decide what is kept here, before `recover` removes all others' objects.

        Raises:
            StoreClaimedError: Somebody else's do.
        """
        ...

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

    def resume(
        self, tenant: TenantId, upload: str, *, max_bytes: int | None = None
    ) -> AbstractAsyncContextManager[Incoming]:
        """
        Go on with an upload's stream where it ends; begin it if it is new.

        One turn at a time: the caller ends an older one first.

        Raises:
            UploadBusyError: Another process has its turn.
        """
        ...

    async def received(self, tenant: TenantId, upload: str) -> int:
        """Return how many bytes of an upload are kept; 0 for one nobody has written to."""
        ...

    def stream_upload(self, tenant: TenantId, upload: str) -> AsyncIterator[bytes]:
        """Yield the bytes of an upload that nobody writes to any more, in order."""
        ...

    async def abandon(self, tenant: TenantId, upload: str) -> None:
        """Remove what an upload left; a published object stays. A missing one is no error."""
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

    async def exists(self, tenant: TenantId, sha256: str) -> bool:
        """Say whether an object is there, whole."""
        ...

    async def remove(
        self, tenant: TenantId, sha256: str, unknown: Callable[[], Awaitable[bool]]
    ) -> bool:
        """
        Remove an object while others may be storing the same content.

        It is set aside, *unknown* is asked whether still no row knows of it, and
        it is put back if one does. Whoever stores the same content therefore looks,
        after their commit, whether it is there, and publishes it again if not.

        Returns:
            Whether it was removed.
        """
        ...

    async def recover(self, known: Known, uploads: Known) -> Recovered:
        """
        Remove what a crash left. Only before serving begins.

        Args:
            known: The objects of a tenant that rows know of; every other is removed.
            uploads: The unfinished uploads of a tenant; what any other left is removed.
        """
        ...

    async def sweep(self, older_than: timedelta) -> int:
        """Remove unfinished streams that nobody has written to for so long; safe while serving."""
        ...

    async def check(self) -> None:
        """Raise UnavailableError unless the store can be written to."""
        ...
