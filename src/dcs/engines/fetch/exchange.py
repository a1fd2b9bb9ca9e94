"""
One request and its answer over one connection, with a bound on everything.

The parser is h11. Nothing is decompressed, kept for a second request, or
remembered: no cookies, no credentials, no proxies, no environment.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
import h11
from anyio.abc import ByteStream

from dcs.engines.fetch.answers import Head
from dcs.engines.fetch.errors import RemoteAnswerError, RemoteUnavailableError
from dcs.engines.fetch.urls import Target
from dcs.engines.objects import FileTooLargeError

READ = 64 * 1024
HEAD_BYTES = 32 * 1024
HEAD_FIELDS = 100
AGENT = "data-collaboration-studio"


@dataclass(frozen=True, slots=True)
class Waits:
    """
    How long to wait for somebody else's server, in seconds.

    There is no bound on the whole, as files are large and lines are slow.

    Attributes:
        connect: For the lookup of the name, and for TCP and TLS with each address.
        head: For the complete head of the answer.
        idle: For the next *progress* bytes of the body; time the reader takes is not counted.
        progress: Fewer bytes than this do not count as a sign of life, so that nobody holds a
            connection open with a byte now and then.
    """

    connect: float = 10
    head: float = 30
    idle: float = 30
    progress: int = 1024


class Exchange:
    """A GET request on a fresh connection."""

    def __init__(self, stream: ByteStream, target: Target, waits: Waits) -> None:
        self._stream = stream
        self._target = target
        self._host = target.host
        self._waits = waits
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
        self._ended = False
        self._complete = False
        self._failure: RemoteUnavailableError | None = None

    async def ask(self, fields: Iterable[tuple[str, str]]) -> Head:
        """
        Send the request and return the head of the answer.

        Raises:
            RemoteAnswerError: The head is too large or is not HTTP.
            RemoteUnavailableError: It did not come in time.
        """
        request = h11.Request(
            method="GET",
            target=self._target.path,
            headers=[
                ("Host", self._target.authority),
                ("User-Agent", AGENT),
                ("Accept", "*/*"),
                ("Accept-Encoding", "identity"),
                ("Connection", "close"),
                *fields,
            ],
        )
        async with self._within(self._waits.head):
            await self._stream.send(self._sent(request) + self._sent(h11.EndOfMessage()))
            response = await self._head()
        if len(response.headers) > HEAD_FIELDS:
            raise RemoteAnswerError(f"The head of the answer of {self._host} is too large.")
        return Head(self._host, response.status_code, response.headers)

    async def body(self, begin: int, size: int | None, most: int) -> AsyncGenerator[bytes]:
        """
        Yield the body's bytes.

        Args:
            begin: Where they belong in the file.
            size: Where the file ends, if that is known.
            most: Bytes the file may have.

        Raises:
            FileTooLargeError: The file goes on beyond *most*.
            RemoteUnavailableError: It stopped before its end.
        """
        position = begin
        while (data := await self._next_data()) is not None:
            position += len(data)
            if position > most:
                raise too_large(most)
            yield data
        if size is not None and position < size:
            raise self._broken()

    async def _head(self) -> h11.Response:
        taken = 0
        while True:
            event = self._event()
            if isinstance(event, h11.Response):
                return event
            if event is h11.NEED_DATA and taken <= HEAD_BYTES:
                taken += await self._receive()
            elif not isinstance(event, h11.InformationalResponse):
                raise RemoteAnswerError(f"The head of the answer of {self._host} is too large.")

    async def _next_data(self) -> bytes | None:
        """Return the next *READ* bytes, or what came before the end or a break; None at the end."""
        if self._failure is not None:
            raise self._failure
        gathered = bytearray()
        try:
            await self._gather(gathered)
        except RemoteUnavailableError as error:
            if not gathered:
                raise
            self._failure = error
        return bytes(gathered) or None

    async def _gather(self, gathered: bytearray) -> None:
        """
        Collect bytes; each *progress* of them earns a new wait.

        What a server sends beyond the end it announced is never looked at, and its
        own end of the connection is not waited for.
        """
        counted = 0
        async with self._within(self._waits.idle) as wait:
            while len(gathered) < READ and not self._complete:
                event = self._event()
                if event is h11.NEED_DATA:
                    await self._receive()
                elif not isinstance(event, h11.Data):
                    self._complete = True
                else:
                    gathered += event.data
                    if len(gathered) - counted >= self._waits.progress:
                        counted = len(gathered)
                        wait.reschedule(asyncio.get_running_loop().time() + self._waits.idle)

    def _event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        try:
            return self._http.next_event()
        except h11.RemoteProtocolError as error:
            if self._ended:
                raise self._broken() from error
            raise RemoteAnswerError(f"{self._host} does not answer as HTTP asks.") from error

    async def _receive(self) -> int:
        """Hand the next bytes to the parser; the end counts only if the server signed it."""
        try:
            data = await self._stream.receive(READ)
        except anyio.EndOfStream:
            data, self._ended = b"", True
        self._http.receive_data(data)
        return len(data)

    def _sent(self, event: h11.Request | h11.EndOfMessage) -> bytes:
        return self._http.send(event) or b""

    def _broken(self) -> RemoteUnavailableError:
        return RemoteUnavailableError(f"The connection to {self._host} broke off.")

    @asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[asyncio.Timeout]:
        """Bound a wait and turn what a connection can do into one error."""
        try:
            async with asyncio.timeout(seconds) as wait:
                yield wait
        except TimeoutError as error:
            raise RemoteUnavailableError(f"{self._host} fell silent.") from error
        except (OSError, ssl.SSLError, anyio.BrokenResourceError) as error:
            raise self._broken() from error


def too_large(most: int) -> FileTooLargeError:
    """Return the error for a file that is larger than *most* bytes."""
    return FileTooLargeError(
        f"The file is larger than the {most:,} bytes allowed here.", too_large=True
    )
