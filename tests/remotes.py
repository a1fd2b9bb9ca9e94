"""Servers of other people: TLS on this machine, answering by script, remembering what was asked."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import anyio
from anyio.abc import Listener, SocketAttribute, SocketStream
from anyio.streams.buffered import BufferedByteReceiveStream
from anyio.streams.tls import TLSListener, TLSStream

MODIFIED = "Mon, 05 Jan 2026 12:00:00 GMT"
DATE = "Tue, 06 Jan 2026 12:00:00 GMT"


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    path: str
    fields: dict[str, str]


class Wire:
    """The server's end of a connection."""

    def __init__(self, stream: TLSStream) -> None:
        self._stream = stream

    async def send(self, data: bytes) -> None:
        """Send bytes and wait until the system has taken them."""
        if data:
            await self._stream.send(data)

    async def head(self, *lines: str, status: str = "200 OK") -> None:
        """Send the head of an answer."""
        await self.send("\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode())

    async def left(self) -> None:
        """Wait until the client has hung up, in whatever way."""
        with suppress(anyio.BrokenResourceError, anyio.EndOfStream):
            while await self._stream.receive():
                pass

    async def cut(self) -> None:
        """End the connection as a broken cable does: without the signed end of TLS."""
        await self._stream.transport_stream.aclose()


Script = Callable[[Asked, Wire], Awaitable[None]]


@dataclass
class Server:
    """A server on a port of its own; *script* answers every request."""

    script: Script
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    async def meet(self, stream: TLSStream) -> None:
        """Answer one request and end properly, if the client waits for it."""
        gone = (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream)
        try:
            with suppress(*gone, ssl.SSLError):
                await self._answer(stream)
                with anyio.move_on_after(1):
                    await stream.unwrap()
        finally:
            await anyio.aclose_forcefully(stream.transport_stream)

    async def _answer(self, stream: TLSStream) -> None:
        head = await BufferedByteReceiveStream(stream).receive_until(b"\r\n\r\n", 65_536)
        lines = head.decode().split("\r\n")
        pairs = (line.split(": ", 1) for line in lines[1:])
        asked = Asked(lines[0].split(" ")[1], {name.lower(): value for name, value in pairs})
        self.asked.append(asked)
        await self.script(asked, Wire(stream))

    @asynccontextmanager
    async def running(self, context: ssl.SSLContext) -> AsyncIterator["Server"]:
        """Serve until the block ends, then cut what is still open."""
        listener: Listener[SocketStream] = await anyio.create_tcp_listener(
            local_host="127.0.0.1", local_port=0
        )
        self.port = listener.extra(SocketAttribute.local_port)  # noqa: S610  # not a database
        serving = asyncio.create_task(TLSListener(listener, context).serve(self.meet))
        try:
            yield self
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            await listener.aclose()


@dataclass
class File:
    """
    A script that gives a file, as a good server does; each field is a way to be worse.

    Attributes:
        content: The file.
        tag: Its ETag.
        modified: Its Last-Modified.
        ranges: Whether parts are given.
        cuts: After how many bytes of each answer's body the connection breaks; then no more.
        changes: What the file is from the second request on.
        sized: Whether the length is told.
        ignores_condition: Whether If-Range is ignored.
    """

    content: bytes
    tag: str | None = '"one"'
    modified: str | None = None
    ranges: bool = True
    cuts: Sequence[int] = ()
    changes: "File | None" = None
    sized: bool = True
    ignores_condition: bool = False
    answers: int = 0

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        """Answer one request."""
        cut = self.cuts[self.answers] if self.answers < len(self.cuts) else None
        self.answers += 1
        if self.changes is not None and self.answers > 1:
            await self.changes(asked, wire)
            return
        begin = self._begin(asked)
        if begin >= len(self.content) > 0 and begin:
            await wire.head(
                f"Content-Range: bytes */{len(self.content)}",
                "Content-Length: 0",
                status="416 Range Not Satisfiable",
            )
            return
        await wire.head(*self._fields(begin), status="206 Partial" if begin else "200 OK")
        body = self.content[begin:]
        for start in range(0, len(body[:cut]), 32_768):
            await wire.send(body[:cut][start : start + 32_768])
        if cut is not None:
            await wire.cut()

    def _begin(self, asked: Asked) -> int:
        matches = self.ignores_condition or asked.fields.get("if-range") in {
            self.tag,
            self.modified,
        }
        if not self.ranges or "range" not in asked.fields or not matches:
            return 0
        return int(asked.fields["range"].removeprefix("bytes=").removesuffix("-"))

    def _fields(self, begin: int) -> list[str]:
        size = len(self.content)
        fields = [f"Date: {DATE}"]
        fields += [f"Content-Length: {size - begin}"] if self.sized else []
        fields += [f"Content-Range: bytes {begin}-{size - 1}/{size}"] if begin else []
        fields += [f"ETag: {self.tag}"] if self.tag else []
        return fields + ([f"Last-Modified: {self.modified}"] if self.modified else [])
