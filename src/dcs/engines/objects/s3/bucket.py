"""
A bucket, and what this product asks of it, with the product's own errors.

Objects go through obstore; composing one object of many, which obstore
cannot, goes through boto3. Both run in threads of their own: obstore's own
coroutines are not used, because a process that ended within a millisecond of
the last one was aborted in half of all trials (obstore 0.12.1). Both repeat a request while the store is away, for the patience of the
options, and both sign the content of what they send, so that a byte changed
on the way is refused by the store.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
import obstore
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store as Remote

from dcs.core.errors import DcsError, UnavailableError
from dcs.engines.objects import ObjectNotFoundError
from dcs.engines.objects.s3.options import MIB, S3Options

if TYPE_CHECKING:
    from obstore.store import S3Credential

T = TypeVar("T")
RANGE = 2 * MIB
THREADS = 16
"""Requests on their way at once, of all uploads and readers of a process."""
_PASSING = {"SlowDown", "RequestTimeout", "Throttling", "ThrottlingException", "InternalError"}
_AWAY = "The object store did not answer. Try again; if it goes on, look at the store."
_REFUSED = "The object store refused this product's keys. Check them and their permissions."


class RefusedError(UnavailableError):
    """The store said no to a request; ``reason`` is its own short code."""

    code = "object_store_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The object store refused a request ({reason}). Check its settings.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of a listing."""

    key: str
    size: int
    modified: datetime


class Connection:
    """The way to one service; it is made when first used and shared by all buckets."""

    def __init__(self, options: S3Options) -> None:
        self.options = options
        self._buckets: dict[str, Bucket] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="dcs-s3")

    def bucket(self, name: str, *, make: bool) -> "Bucket":
        """Return a bucket; with *make*, it is created when first written to."""
        if name not in self._buckets:
            self._buckets[name] = Bucket(self, name, make=make)
        return self._buckets[name]

    async def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """
        Do one operation of S3 in a thread; repeat it while the store is away.

        Raises:
            RefusedError: The store said no.
            UnavailableError: It did not answer for as long as patience lasts.
        """
        until = time.monotonic() + self.options.patience.total_seconds()
        pause = 0.1
        while True:
            try:
                answer: dict[str, Any] = await self.run(
                    lambda: getattr(self._client, operation)(**parameters)
                )
                return answer
            except (BotoCoreError, ClientError) as error:
                if (refusal := _refusal(error)) is not None:
                    raise refusal from error
                if time.monotonic() + pause > until:
                    raise UnavailableError(_AWAY) from error
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5)

    async def run(self, request: Callable[[], T]) -> T:
        """Wait for a request in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, request)

    @cached_property
    def _session(self) -> Any:
        options = self.options
        if options.access_key is None or options.secret_key is None:
            return boto3.Session(region_name=options.region)
        token = options.session_token
        return boto3.Session(
            options.access_key.get_secret_value(),
            options.secret_key.get_secret_value(),
            token.get_secret_value() if token else None,
            region_name=options.region,
        )

    @cached_property
    def _client(self) -> Any:
        return self._session.client(
            "s3",
            endpoint_url=self.options.endpoint,
            config=Config(
                connect_timeout=5,
                read_timeout=120,
                retries={"total_max_attempts": 1},
                max_pool_connections=THREADS,
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={
                    "payload_signing_enabled": True,
                    "addressing_style": "path" if self.options.endpoint else "auto",
                },
            ),
        )

    def credential(self) -> "S3Credential":
        """Return the keys of this moment; those of a role are renewed by the chain of AWS."""
        found = self._session.get_credentials()
        if found is None:
            raise UnavailableError("There are no keys for the object store. Give some.")
        keys = found.get_frozen_credentials()
        return {
            "access_key_id": keys.access_key,
            "secret_access_key": keys.secret_key,
            "token": keys.token,
            "expires_at": datetime.now().astimezone() + timedelta(minutes=10),
        }

    def remote(self, name: str) -> Remote:
        """Make the client of a bucket; it connects when first used."""
        options = self.options
        secret = options.encryption
        config: dict[str, Any] = {"region": options.region}
        if options.endpoint:
            config |= {"endpoint": options.endpoint, "virtual_hosted_style_request": False}
        if secret:
            config["aws_server_side_encryption"] = secret["ServerSideEncryption"]
        if options.kms_key:
            config["sse_kms_key_id"] = options.kms_key
        return Remote(
            name,
            config=config,  # type: ignore[arg-type]  # its keys are checked by the library itself
            client_options={
                "allow_http": (options.endpoint or "").startswith("http:"),
                "connect_timeout": timedelta(seconds=5),
                "timeout": timedelta(seconds=120),
            },
            retry_config={
                "max_retries": 1_000,
                "retry_timeout": options.patience,
                "backoff": {
                    "init_backoff": timedelta(milliseconds=100),
                    "max_backoff": timedelta(seconds=5),
                    "base": 2,
                },
            },
            credential_provider=self.credential,
        )


class Bucket:
    """One bucket."""

    def __init__(self, connection: Connection, name: str, *, make: bool) -> None:
        self.name = name
        self._connection = connection
        self._make = make

    @cached_property
    def _remote(self) -> Remote:
        return self._connection.remote(self.name)

    async def put(self, key: str, body: bytes | bytearray) -> None:
        """Write an object whole; it replaces an older one."""

        def put() -> None:
            obstore.put(self._remote, key, body, use_multipart=False)

        try:
            await self._ask(put)
        except ObjectNotFoundError as error:  # what is not found by a write is the bucket
            if not self._make:
                raise RefusedError("NoSuchBucket") from error
            await self._create()
            await self._ask(put)

    async def get(self, key: str) -> bytes:
        """Read a small object whole; ObjectNotFoundError if it is not there."""
        return await self._ask(lambda: bytes(obstore.get(self._remote, key).bytes()))

    async def size(self, key: str) -> int | None:
        """Return an object's size, None if it is not there."""
        try:
            return await self._ask(lambda: int(obstore.head(self._remote, key)["size"]))
        except ObjectNotFoundError:
            return None

    async def tag(self, key: str) -> tuple[int, str | None]:
        """Return an object's size and ETag; ObjectNotFoundError if it is not there."""
        found = await self._ask(lambda: obstore.head(self._remote, key))
        return int(found["size"]), found["e_tag"]

    async def stream(self, key: str, size: int, begin: int = 0) -> AsyncIterator[bytes]:
        """Yield an object of *size* bytes by ranges; the next is fetched while one is read."""
        starts = range(begin, size, RANGE)
        ahead = self._fetch(key, begin, size) if begin < size else None
        try:
            for start in starts:
                assert ahead is not None  # noqa: S101 - one range is always on its way
                chunk = await ahead
                ahead = self._fetch(key, start + RANGE, size) if start + RANGE < size else None
                yield chunk
        finally:
            if ahead is not None:
                ahead.cancel()

    def _fetch(self, key: str, start: int, size: int) -> asyncio.Task[bytes]:
        async def fetch() -> bytes:
            end = min(start + RANGE, size)
            data = await self._ask(
                lambda: bytes(obstore.get_range(self._remote, key, start=start, end=end))
            )
            if len(data) != end - start:
                raise UnavailableError("The object store sent less than it holds. Try again.")
            return data

        return asyncio.create_task(fetch())

    async def entries(self, folder: str) -> AsyncIterator[Entry]:
        """Yield what lies below a folder in the order of keys, page by page."""
        try:
            pages = await self._ask(
                lambda: iter(obstore.list(self._remote, folder, chunk_size=1000))
            )
            while page := await self._ask(lambda: next(pages, None)):
                for meta in page:
                    yield Entry(meta["path"], meta["size"], meta["last_modified"])
        except ObjectNotFoundError:
            return  # no bucket yet, so nothing in it

    async def folders(self, folder: str) -> Sequence[str]:
        """Return the names of the folders in a folder."""
        try:
            found = await self._ask(
                lambda: obstore.list_with_delimiter(self._remote, folder or None)
            )
        except ObjectNotFoundError:
            return []
        return [path.rstrip("/").rpartition("/")[2] for path in found["common_prefixes"]]

    async def remove(self, keys: Sequence[str]) -> None:
        """Remove objects; a missing one is no error."""
        for start in range(0, len(keys), 1000):
            batch = list(keys[start : start + 1000])
            with suppress(ObjectNotFoundError):
                await self._ask(partial(obstore.delete, self._remote, batch))

    async def remove_folder(self, folder: str) -> int:
        """Remove everything below a folder; return how many objects there were."""
        keys = [entry.key async for entry in self.entries(folder)]
        await self.remove(keys)
        return len(keys)

    async def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Do one operation of S3 on this bucket."""
        return await self._connection.call(operation, Bucket=self.name, **parameters)

    async def pages(self, operation: str, found: str, **parameters: Any) -> list[dict[str, Any]]:
        """Gather all pages of the uploads in parts; nothing where there is no bucket."""
        entries: list[dict[str, Any]] = []
        while True:
            try:
                page = await self.call(operation, **parameters)
            except RefusedError as refusal:
                if refusal.reason == "NoSuchBucket":
                    return entries
                raise
            entries += page.get(found, [])
            if not page.get("IsTruncated"):
                return entries
            parameters |= {
                "KeyMarker": page["NextKeyMarker"],
                "UploadIdMarker": page["NextUploadIdMarker"],
            }

    async def _ask(self, request: Callable[[], T]) -> T:
        with _answers():
            return await self._connection.run(request)

    async def _create(self) -> None:
        region = self._connection.options.region
        place: dict[str, Any] = (
            {}
            if region == "us-east-1"
            else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        )
        try:
            await self.call("create_bucket", **place)
        except RefusedError as refusal:  # another process made it a moment ago
            if refusal.reason not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise


def _refusal(error: Exception) -> DcsError | None:
    """Return the store's no; None if asking again may help."""
    if not isinstance(error, ClientError):
        return None
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    return (
        None
        if (status >= 500 and code != "NotImplemented") or code in _PASSING
        else RefusedError(code)
    )


@contextmanager
def _answers() -> Iterator[None]:
    """Turn what the client raises into the product's errors."""
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectNotFoundError("The stored object is missing.") from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise UnavailableError(_REFUSED) from error
    except BaseError as error:
        text = str(error)  # lists have no errors of their own for these
        if "NoSuchBucket" in text:
            raise ObjectNotFoundError("The bucket is missing.") from error
        raise UnavailableError(_REFUSED if "403 Forbidden" in text else _AWAY) from error
