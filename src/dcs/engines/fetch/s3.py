"""Fetch from S3, with the keys of the installation; from where is decided by who lists sources."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from urllib.parse import unquote, urlsplit

from dcs.core.errors import NotFoundError
from dcs.engines.fetch import ContentChangedError, Remote, RemoteRefusedError, UrlNotAllowedError
from dcs.engines.objects import FileTooLargeError
from dcs.engines.objects.s3.bucket import Connection
from dcs.engines.objects.s3.options import S3Options

NOT_FOUND = 404


class S3Fetcher:
    """A `Fetcher` for addresses such as ``s3://bucket/key``."""

    def __init__(self, options: S3Options, max_bytes: int) -> None:
        self._connection = Connection(options)
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
        bucket = self._connection.bucket(parts.netloc, make=False)
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
        async with aclosing(bucket.stream(key, size, offset)) as chunks:  # type: ignore[type-var]
            yield Remote(parts.netloc, key.rpartition("/")[2], size, offset, tag, chunks)
