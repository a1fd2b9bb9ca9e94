"""The object store in S3."""

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from dcs.core.errors import UnavailableError
from dcs.core.ids import TenantId, new_id
from dcs.engines.objects import (
    Known,
    ObjectNotFoundError,
    Recovered,
    Sealed,
    StoreClaimedError,
    StoredObject,
    UploadBusyError,
)
from dcs.engines.objects.s3.bucket import Bucket, Connection
from dcs.engines.objects.s3.compose import compose, copy_object, described
from dcs.engines.objects.s3.incoming import StagedStream, UploadTurn, read, reopen
from dcs.engines.objects.s3.keys import Keys
from dcs.engines.objects.s3.options import MIB, S3Options
from dcs.engines.objects.s3.probe import Capabilities, probe
from dcs.engines.objects.s3.recovery import Recovery
from dcs.engines.objects.s3.segments import Segment
from dcs.engines.objects.s3.spool import Spool
from dcs.engines.objects.s3.turns import Turn, peek, take

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

log = structlog.get_logger(__name__)

REMEMBERED = 256
"""Uploads whose hash this process goes on with; those of others are read once more at the end."""
CHECK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the last turn of this process at an upload knew."""

    turn: Turn
    segments: tuple[Segment, ...]
    digest: "Hash | None"


class S3Store:
    """Objects in one bucket, or in a bucket a tenant; nothing connects until it is used."""

    def __init__(self, options: S3Options) -> None:
        self._options = options
        self._keys = Keys(options.bucket, options.prefix)
        self._connection = Connection(options)
        self._recovery = Recovery(self._connection, self._keys, options)
        self._spool = Spool(options.spool_folder, options.spool_bytes)
        self._active: set[str] = set()
        self._remembered: OrderedDict[str, Remembered] = OrderedDict()

    async def prepare(self) -> None:
        """Probe the service, and let it clean up unfinished joins by itself where it can."""
        await self.probe()
        if not await self.ensure_lifecycle():
            log.info("object_store_without_lifecycle_rules")

    async def claim(self, owner: str) -> None:
        """Leave the owner's name under the prefix, or compare it with the one that is there."""
        key, bucket = f"{self._own_folder('owner')}/name", self._own_bucket()
        if await bucket.size(key) is None:
            await bucket.put(key, owner.encode())
        if await bucket.get(key) != owner.encode():
            raise StoreClaimedError(
                "This bucket and prefix belong to another studio, whose files would be removed "
                "here. Choose another prefix in DCS_OBJECTS."
            )

    async def probe(self) -> Capabilities:
        """
        Find out what the service does; call it once at the start.

        Raises:
            UnavailableError: It lacks something that uploads need.
        """
        return await probe(self._own_bucket(), self._options, self._own_folder("probe"))

    async def ensure_lifecycle(self, days: int = 7) -> bool:
        """Have the store itself remove unfinished joins; False where it cannot."""
        return await self._recovery.ensure_lifecycle(days)

    @asynccontextmanager
    async def stage(
        self, tenant: TenantId, *, max_bytes: int | None = None
    ) -> AsyncIterator[StagedStream]:
        """Take a stream in segments that are gone when the block ends."""
        folder = f"{self._keys.folder(tenant, 'staging')}/{new_id()}"
        bucket = self._bucket(tenant)
        staging = StagedStream(bucket, folder, tenant, self._options, max_bytes)
        try:
            yield staging
        finally:
            await asyncio.shield(_discard(staging, bucket, folder))

    async def publish(self, sealed: Sealed) -> StoredObject:
        """Join the segments under the hash; those of an upload stay until it is abandoned."""
        await compose(
            self._bucket(sealed.tenant),
            self._options,
            described(sealed.place),
            self._keys.object(sealed.tenant, sealed.sha256),
            sealed.size,
        )
        return StoredObject(sealed.tenant, sealed.sha256, sealed.size)

    async def put_file(self, tenant: TenantId, path: Path) -> StoredObject:
        """Send the file as a stream, hashing it on the way."""
        async with self.stage(tenant) as staging:
            with await asyncio.to_thread(path.open, "rb") as source:
                while chunk := await asyncio.to_thread(source.read, MIB):
                    await staging.write(chunk)
            return await self.publish(await staging.seal())

    @asynccontextmanager
    async def resume(
        self, tenant: TenantId, upload: str, *, max_bytes: int | None = None
    ) -> AsyncIterator[UploadTurn]:
        """
        Go on with an upload; an older turn of another process ends when it next looks.

        Raises:
            UploadBusyError: This process has a turn already, or another began
                one at the same moment.
        """
        folder = self._keys.upload(tenant, upload)
        if folder in self._active:
            raise UploadBusyError("The upload is being written to. End that request first.")
        self._active.add(folder)
        try:
            turn = await self._begin(tenant, folder, max_bytes)
        except BaseException:
            self._active.discard(folder)
            raise
        try:
            yield turn[1]
        finally:
            await asyncio.shield(self._end(folder, *turn))

    async def received(self, tenant: TenantId, upload: str) -> int:
        """Return how many bytes count, after settling a turn that died as it began."""
        kept = await peek(self._bucket(tenant), self._keys.upload(tenant, upload))
        if kept is not None:
            return kept.size
        async with self.resume(tenant, upload) as turn:
            return turn.offset

    async def stream_upload(self, tenant: TenantId, upload: str) -> AsyncIterator[bytes]:
        """Yield what of an upload counts."""
        folder = self._keys.upload(tenant, upload)
        bucket = self._bucket(tenant)
        kept = await peek(bucket, folder)
        if kept is None:
            raise UploadBusyError("The upload is being written to. End that request first.")
        async for chunk in read(bucket, folder, kept):
            yield chunk

    async def abandon(self, tenant: TenantId, upload: str) -> None:
        """Remove all segments and turns of an upload."""
        folder = self._keys.upload(tenant, upload)
        self._remembered.pop(folder, None)
        await self._bucket(tenant).remove_folder(folder)

    @asynccontextmanager
    async def local_path(self, tenant: TenantId, sha256: str) -> AsyncIterator[Path]:
        """Lend a copy of the object on the local disk."""
        key, size = await self._find(tenant, sha256)
        source = self._bucket(tenant).stream(key, size)
        async with self._spool.lend(f"{tenant}-{sha256}", sha256, size, source) as path:
            yield path

    async def stream(self, tenant: TenantId, sha256: str) -> AsyncIterator[bytes]:
        """Yield the object range by range."""
        key, size = await self._find(tenant, sha256)
        async for chunk in self._bucket(tenant).stream(key, size):
            yield chunk

    async def delete(self, tenant: TenantId, sha256: str) -> None:
        """Remove the object, and the local copy if nobody reads it."""
        await self._bucket(tenant).remove([self._keys.object(tenant, sha256)])
        await self._spool.forget(f"{tenant}-{sha256}")

    async def exists(self, tenant: TenantId, sha256: str) -> bool:
        """Ask the store for the object's size."""
        return await self._bucket(tenant).size(self._keys.object(tenant, sha256)) is not None

    async def remove(
        self, tenant: TenantId, sha256: str, unknown: Callable[[], Awaitable[bool]]
    ) -> bool:
        """Keep a copy until it is sure that nobody stored the same meanwhile."""
        bucket, key = self._bucket(tenant), self._keys.object(tenant, sha256)
        size = await bucket.size(key)
        if size is None:
            return False
        aside = f"{self._keys.folder(tenant, 'aside')}/{sha256}"
        await copy_object(bucket, self._options, key, aside, size)
        await bucket.remove([key])
        gone = await unknown()
        if not gone:
            await copy_object(bucket, self._options, aside, key, size)
        await bucket.remove([aside])
        await self._spool.forget(f"{tenant}-{sha256}")
        return gone

    async def recover(self, known: Known, uploads: Known) -> Recovered:
        """Remove what no row knows, page by page."""
        return await self._recovery.recover(known, uploads)

    async def sweep(self, older_than: timedelta) -> int:
        """Remove streams of one request, and joins, by the time they last grew."""
        return await self._recovery.sweep(older_than)

    async def check(self) -> None:
        """Write a small object and remove it."""
        key = f"{self._own_folder('check')}/{secrets.token_hex(8)}"
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self._own_bucket().put(key, b"")
                await self._own_bucket().remove([key])
        except TimeoutError as error:
            raise UnavailableError(
                f"The object store did not answer within {CHECK_SECONDS} seconds."
            ) from error

    def _bucket(self, tenant: TenantId) -> Bucket:
        return self._connection.bucket(self._keys.bucket(tenant), make=self._keys.per_tenant)

    def _own_bucket(self) -> Bucket:
        return self._bucket(TenantId("studio"))

    def _own_folder(self, name: str) -> str:
        """Return a folder that is no tenant's: no tenant's id has a dot."""
        return f"{self._keys.prefix}studio.{name}"

    async def _find(self, tenant: TenantId, sha256: str) -> tuple[str, int]:
        key = self._keys.object(tenant, sha256)
        size = await self._bucket(tenant).size(key)
        if size is None:
            raise ObjectNotFoundError("The stored object is missing.")
        return key, size

    async def _begin(
        self, tenant: TenantId, folder: str, max_bytes: int | None
    ) -> tuple[Turn, UploadTurn]:
        bucket = self._bucket(tenant)
        last = self._remembered.pop(folder, None)
        going_on = await last.turn.go_on() if last else None
        turn, kept = (last.turn, going_on) if last and going_on else await take(bucket, folder)
        kept = await reopen(bucket, folder, kept)
        digest = last.digest if last and last.segments == kept.segments else None
        if not kept.segments:
            digest = hashlib.sha256()
        return turn, UploadTurn(turn, kept, tenant, self._options, max_bytes, digest)

    async def _end(self, folder: str, turn: Turn, incoming: UploadTurn) -> None:
        try:
            await incoming.end()
            if (memory := incoming.memory()) is not None:
                self._remembered[folder] = Remembered(turn, *memory)
            while len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        finally:
            self._active.discard(folder)


async def _discard(staging: StagedStream, bucket: Bucket, folder: str) -> None:
    await staging.stop()
    try:
        await bucket.remove_folder(folder)
    except UnavailableError as error:  # what happened in the block matters more than its rest
        log.warning("staging_left", code=error.code)
