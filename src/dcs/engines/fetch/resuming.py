"""Go on where a connection broke off, with the same content or not at all."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace

from dcs.engines.fetch import ContentChangedError, Fetcher, Remote, RemoteUnavailableError

Sleep = Callable[[float], Awaitable[None]]

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Persistence:
    """
    How often to begin again after a break.

    Attributes:
        attempts: In a row, until it is given up.
        progress: Bytes after which a new row begins. It is large, so that a server that
            drops every connection after a byte is given up.
        first_pause: Seconds before the first attempt; each further pause is twice as long.
        longest_pause: Seconds, also of a pause that the server asks for.
    """

    attempts: int = 5
    progress: int = 8 * MIB
    first_pause: float = 1
    longest_pause: float = 60

    def pause(self, failures: int, asked: float | None) -> float:
        """Return the seconds to wait after so many failures in a row."""
        grown = self.first_pause * 2.0 ** (failures - 1)
        return min(max(grown, asked or 0), self.longest_pause)


class ResumingFetcher:
    """
    A fetcher whose bytes survive broken connections.

    The chunks of a `Remote` go on at the right byte over a new connection, to
    which every rule applies again from the start. Bytes already handed out are
    never taken back: if the content changed, ContentChangedError says that they
    are worthless. A server that knows no ranges is asked for the whole again and
    the known part is skipped, provided that a strong ETag vouches for it.

    The first connection is tried once, so that whoever mistyped an address hears
    of it at once.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        persistence: Persistence | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._fetcher = fetcher
        self._persistence = persistence or Persistence()
        self._sleep = sleep

    @asynccontextmanager
    async def open(
        self, url: str, *, offset: int = 0, validator: str | None = None
    ) -> AsyncIterator[Remote]:
        """
        Ask for the file from *offset* on; the bytes then really begin there.

        Raises:
            ContentChangedError: What the caller has up to *offset* cannot be continued.
        """
        async with AsyncExitStack() as connection:
            first = await connection.enter_async_context(
                self._fetcher.open(url, offset=offset, validator=validator)
            )
            _require_same(first, offset, validator, None)
            async with aclosing(self._chunks(url, first, offset, connection)) as chunks:
                yield replace(first, offset=offset, chunks=chunks)

    async def _chunks(
        self, url: str, first: Remote, at: int, connection: AsyncExitStack
    ) -> AsyncGenerator[bytes]:
        remote, failures, mark = first, 0, at
        while True:
            skip = at - remote.offset
            try:
                async for chunk in remote.chunks:
                    fresh, skip = chunk[skip:], max(0, skip - len(chunk))
                    if fresh:
                        at += len(fresh)
                        yield fresh
                return
            except RemoteUnavailableError as error:
                broken = error
            if at - mark >= self._persistence.progress:
                failures, mark = 0, at
            await connection.aclose()
            remote, failures = await self._again(url, first, at, failures, broken, connection)

    async def _again(
        self,
        url: str,
        first: Remote,
        at: int,
        failures: int,
        broken: RemoteUnavailableError,
        connection: AsyncExitStack,
    ) -> tuple[Remote, int]:
        """Connect anew, pausing longer and longer; return how many failures that makes."""
        while failures < self._persistence.attempts:
            failures += 1
            await self._sleep(self._persistence.pause(failures, broken.retry_after))
            try:
                remote = await connection.enter_async_context(
                    self._fetcher.open(url, offset=at, validator=first.validator)
                )
            except RemoteUnavailableError as error:
                broken = error
                continue
            _require_same(remote, at, first.validator, first.size)
            return remote, failures
        raise broken


def _require_same(remote: Remote, at: int, validator: str | None, size: int | None) -> None:
    """Raise unless *remote* carries the content known by *validator*, with byte *at* in it."""
    if at == 0 and size is None:
        return
    resumed = remote.offset == at
    whole = remote.offset == 0 and _strong(validator) and remote.validator == validator
    grown = size is not None and remote.size not in {None, size}
    if grown or not (resumed or whole):
        raise ContentChangedError(remote.url_host)


def _strong(validator: str | None) -> bool:
    return validator is not None and validator.startswith('"')
