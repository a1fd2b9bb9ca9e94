"""Fetch from S3, with the keys of the installation; from where is decided by who lists sources."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Protocol
from urllib.parse import unquote, urlsplit

from dcs.core.errors import NotFoundError
from dcs.engines.fetch import ContentChangedError, Remote, RemoteRefusedError, UrlNotAllowedError
from dcs.engines.objects import FileTooLargeError

NOT_FOUND = 404


class Bucket(Protocol):
    """What is asked of a bucket."""

    async def tag(self, key: str) -> tuple[int, str | None]:
        """Return an object's size and ETag, or raise a NotFoundError."""
        ...

    def stream(self, key: str, size: int, begin: int = 0) -> AsyncGenerator[bytes]:
        """Yield an object's bytes from *begin* on."""
        ...


class S3Fetcher:
    """A `Fetcher` for addresses such as ``s3://bucket/key``."""

    def __init__(self, bucket: Callable[[str], Bucket], max_bytes: int) -> None:
        self._bucket = bucket
        self._max_bytes = max_bytes

    @asynccontextmanager
    async def open(
        self, url: str, *, offset: int = 0, validator: str | None = None
    ) -> AsyncIterator[Remote]:
        """Read the object by ranges; its ETag says whether it is still the same."""
        parts = urlsplit(url)
        key = unquote(parts.path.lstrip("/"))
        if parts.scheme != "s3" or not parts.netloc or not key or parts.query or parts.fragment:
            raise UrlNotAllowedError("Name an object as s3://bucket/key.")
        bucket = self._bucket(parts.netloc)
        try:
            size, tag = await bucket.tag(key)
        except NotFoundError as error:
            raise RemoteRefusedError(parts.netloc, NOT_FOUND) from error
        if size > self._max_bytes:
            raise FileTooLargeError(
                f"The file is larger than the {self._max_bytes:,} bytes allowed here.",
                too_large=True,
            )
        if offset and validator != tag:
            raise ContentChangedError("The object has changed since it was begun.")
        async with aclosing(bucket.stream(key, size, offset)) as chunks:
            yield Remote(parts.netloc, key.rpartition("/")[2], size, offset, tag, chunks)
