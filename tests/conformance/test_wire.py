"""The same over real connections: how they break, stall, lie and overlap."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from dcs.auth import Allowance
from dcs.core.clock import ManualClock
from dcs.core.ids import UploadId
from dcs.core.settings import Settings
from dcs.roles import build_app, serving
from dcs.studio import open_studio
from tests.conformance.conftest import (
    CONTENT,
    IETF_BYTES,
    TUS_BYTES,
    UPLOADS,
    Desk,
    checksum,
    open_desk,
)
from tests.processes import free_port

pytestmark = pytest.mark.anyio

SIZE = len(CONTENT)
IDLE = 1.0  # seconds a body may stand still
HEADERS = 1.0  # seconds the headers of a request may take


class Wire:
    """One connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def rest(self) -> bytes:
        """Return everything until the server closes the connection."""
        async with asyncio.timeout(8):
            try:
                return await self._reader.read()
            except ConnectionResetError:
                return b""

    async def status(self) -> int:
        """Return the status of the next answer and read it to its end."""
        async with asyncio.timeout(8):
            head = await self._reader.readuntil(b"\r\n\r\n")
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    await self._reader.readexactly(int(line.partition(b":")[2]))
            return int(head.split(b" ")[1])

    def half_close(self) -> None:
        """Say that nothing more will be sent, and go on listening."""
        self._writer.write_eof()

    def reset(self) -> None:
        """End the connection as a crashed sender's system does."""
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.close()

    def close(self) -> None:
        self._writer.close()


@dataclass
class Line:
    """A sender, and the server that listens to real connections."""

    desk: Desk
    port: int

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Wire]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Wire(reader, writer)
        finally:
            writer.close()

    def head(self, method: str, url: str, *lines: str) -> bytes:
        """Write the first lines of a request, with the sender's token."""
        given = (f"{method} {url} HTTP/1.1", "Host: studio", f"Authorization: Bearer {self.token}")
        return "\r\n".join((*given, *lines, "", "")).encode("latin-1")

    @property
    def token(self) -> str:
        return self.desk.token

    async def kept(self, url: str, size: int) -> int:
        """Wait until the store has *size* bytes of an upload; return how many it has."""
        upload = UploadId(url.rpartition("/")[2])
        async with asyncio.timeout(8):
            while (found := await self.stored(upload)) < size:
                await asyncio.sleep(0.01)  # the system gives no event for "arrived"
        return found

    async def stored(self, upload: UploadId) -> int:
        return await self.desk.studio.objects.received(self.desk.actor.tenant, upload)

    async def ended(self) -> None:
        """Wait until no request is in flight."""
        async with asyncio.timeout(8):
            while self.desk.studio.uploads.turns.running:
                await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
async def listening(
    tmp_path_factory: pytest.TempPathFactory, anyio_backend: str
) -> AsyncIterator[tuple[Desk, int]]:
    """Serve a studio on a port, with little patience."""
    clock, port = ManualClock(), free_port()
    folder: Path = tmp_path_factory.mktemp("wire")
    settings = Settings(environment="test", data_dir=folder, upload_idle_seconds=IDLE)
    async with (
        open_studio(settings, clock) as studio,
        serving(studio, port=port, header_seconds=HEADERS),
    ):
        yield await open_desk(studio, build_app(studio), clock), port


@pytest.fixture
async def line(listening: tuple[Desk, int]) -> Line:
    """Lend a sender of a new organisation, and the port."""
    first, port = listening
    return Line(await open_desk(first.studio, first.app, first.clock), port)


def framed(content: bytes, framing: str) -> bytes:
    """Return the first piece of a body, as one of the two framings writes it."""
    return content if framing == "length" else b"%x\r\n%s\r\n" % (len(content), content)


def announced(framing: str, size: int) -> str:
    return f"Content-Length: {size}" if framing == "length" else "Transfer-Encoding: chunked"


def break_off(wire: Wire, how: str) -> None:
    {"close": wire.close, "half": wire.half_close, "reset": wire.reset}[how]()


@pytest.mark.parametrize("how", ["close", "half", "reset"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("protocol", ["tus", "ietf"])
async def test_an_append_whose_connection_breaks_is_kept_and_not_complete(
    line: Line, protocol: str, framing: str, how: str
) -> None:
    """tus, PATCH and draft 12, 4.4: bytes that came count, the missing end does not."""
    desk = line.desk
    if protocol == "tus":
        url = await desk.tus_create(SIZE)
        lines = ["Tus-Resumable: 1.0.0", f"Content-Type: {TUS_BYTES}"]
    else:
        url = await desk.ietf_begin()
        lines = ["Upload-Complete: ?1", f"Content-Type: {IETF_BYTES}"]
    async with line.connect() as wire:
        head = line.head("PATCH", url, "Upload-Offset: 0", announced(framing, SIZE), *lines)
        await wire.send(head + framed(CONTENT[:7], framing))
        assert await line.kept(url, 7) == 7
        break_off(wire, how)
        await line.ended()
    answer = await desk.ietf_head(url)
    assert (answer.headers["upload-offset"], answer.headers["upload-complete"]) == ("7", "?0")
    assert await desk.versions() == []
    if protocol == "tus":
        await desk.tus_patch(url, 7, CONTENT[7:])
    else:
        await desk.ietf_patch(url, 7, CONTENT[7:], last=True)
    assert await desk.content() == CONTENT


@pytest.mark.parametrize("how", ["close", "half", "reset"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_a_creation_whose_connection_breaks_is_not_complete(
    line: Line, framing: str, how: str
) -> None:
    """Draft 12, 4.2: Upload-Complete true counts only once the content is processed."""
    desk = line.desk
    async with line.connect() as wire:
        url = f"{UPLOADS}?dataset=d&filename=d.csv"
        head = line.head("POST", url, "Upload-Complete: ?1", announced(framing, SIZE))
        await wire.send(head + framed(CONTENT[:7], framing))
        async with asyncio.timeout(8):
            while not (ids := await desk.studio.uploads.unfinished(desk.actor.tenant)):
                await asyncio.sleep(0.01)
        [upload] = ids
        await line.kept(upload, 7)
        break_off(wire, how)
        await line.ended()
    head_answer = await desk.ietf_head(f"{UPLOADS}/{upload}")
    assert head_answer.headers["upload-complete"] == "?0"
    assert head_answer.headers["upload-offset"] == "7"
    assert await desk.versions() == []


@pytest.mark.parametrize("how", ["close", "half", "reset"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_a_plain_upload_whose_connection_breaks_leaves_nothing(
    line: Line, framing: str, how: str
) -> None:
    """A body that does not come to its end is no file, however it is framed."""
    staging = line.desk.studio.settings.data_dir / "staging"
    async with line.connect() as wire:
        url = "/api/v1/datasets/d/versions?filename=d.csv"
        await wire.send(
            line.head("PUT", url, announced(framing, SIZE)) + framed(CONTENT[:7], framing)
        )
        async with asyncio.timeout(8):
            while not list(staging.iterdir()):
                await asyncio.sleep(0.01)
            break_off(wire, how)
            while list(staging.iterdir()):
                await asyncio.sleep(0.01)
    assert await line.desk.versions() == []


@pytest.mark.parametrize(
    "end", [b"ZZ\r\n", b"-1\r\n", b"7\r\nab", b"0\r\n", b"ffffffffffffffffff\r\n", b"3\r\nabcd\r\n"]
)
async def test_a_chunked_body_that_is_malformed_is_not_complete(line: Line, end: bytes) -> None:
    """RFC 9112, 7.1 and 8: without its last chunk a chunked body has not ended."""
    desk, url = line.desk, await line.desk.ietf_begin()
    async with line.connect() as wire:
        head = line.head(
            "PATCH",
            url,
            "Upload-Offset: 0",
            "Upload-Complete: ?1",
            f"Content-Type: {IETF_BYTES}",
            "Transfer-Encoding: chunked",
        )
        await wire.send(head + framed(CONTENT[:7], "chunked"))
        await line.kept(url, 7)
        await wire.send(end)
        wire.half_close()
        await line.ended()
    answer = await desk.ietf_head(url)
    assert answer.headers["upload-complete"] == "?0"
    assert int(answer.headers["upload-offset"]) >= 7
    assert await desk.versions() == []


async def test_half_of_a_request_with_a_checksum_is_not_kept(line: Line) -> None:
    """tus, Checksum: what could not be verified does not count."""
    desk, url = line.desk, await line.desk.tus_create(SIZE)
    async with line.connect() as wire:
        head = line.head(
            "PATCH",
            url,
            "Tus-Resumable: 1.0.0",
            "Upload-Offset: 0",
            f"Content-Type: {TUS_BYTES}",
            f"Upload-Checksum: {checksum('sha1', CONTENT)}",
            f"Content-Length: {SIZE}",
        )
        await wire.send(head + CONTENT[:7])
        async with asyncio.timeout(8):
            while not desk.studio.uploads.turns.running:
                await asyncio.sleep(0.01)
        wire.reset()
        await line.ended()
    assert await desk.offset(url) == 0


async def test_a_body_that_stands_still_is_ended_and_kept(line: Line) -> None:
    """Draft 12, 13, and tus, PATCH: a timeout ends the connection, and what came is kept."""
    desk, url = line.desk, await line.desk.tus_create(SIZE)
    async with line.connect() as wire:
        head = line.head(
            "PATCH",
            url,
            "Tus-Resumable: 1.0.0",
            "Upload-Offset: 0",
            f"Content-Type: {TUS_BYTES}",
            f"Content-Length: {SIZE}",
        )
        await wire.send(head + CONTENT[:7])
        answer = await wire.rest()  # ends only because the server closes
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "sender_idle"
    assert await desk.offset(url) == 7


async def test_headers_that_never_end_are_cut_off(line: Line) -> None:
    """Draft 12, 13: slow senders do not hold connections open."""
    async with line.connect() as wire:
        await wire.send(b"POST /api/v1/uploads HTTP/1.1\r\nHost: studio\r\nX-Slow: ")
        await wire.rest()


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: 3", "Content-Length: 5"],
        ["Content-Length: +3"],
        ["Content-Length: 3, 3"],
        ["Content-Length : 3"],
        ["Content-Length: -1"],
        ["Transfer-Encoding: xchunked", "Content-Length: 3"],
        ["Transfer-Encoding: identity"],
        ["X-Note: a\rb", "Content-Length: 3"],
        ["X-Note: a\x00b", "Content-Length: 3"],
        ["X-Note: a", " b", "Content-Length: 3"],
    ],
)
async def test_headers_that_could_be_read_in_two_ways_are_refused(
    line: Line, lines: list[str]
) -> None:
    """RFC 9112, 5 and 6: what one reader takes for another length is no request at all."""
    url = f"{UPLOADS}?dataset=d&filename=d.csv"
    async with line.connect() as wire:
        await wire.send(line.head("POST", url, "Upload-Complete: ?1", *lines) + b"abcde")
        answer = await wire.rest()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert await line.desk.studio.uploads.unfinished(line.desk.actor.tenant) == set()
    assert await line.desk.versions() == []


async def test_a_length_beside_chunks_hides_no_second_request(line: Line) -> None:
    """RFC 9112, 6.1: the chunks count, and the connection is closed after the answer."""
    desk, other = line.desk, await line.desk.tus_create(5)
    hidden = line.head("DELETE", other, "Tus-Resumable: 1.0.0")
    url = f"{UPLOADS}?dataset=d&filename=d.csv"
    lines = ["Upload-Complete: ?1", "Content-Length: 4", "Transfer-Encoding: chunked"]
    async with line.connect() as wire:
        body = framed(CONTENT, "chunked") + b"0\r\n\r\n"
        await wire.send(line.head("POST", url, *lines) + body + hidden)
        answer = await wire.rest()
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 202 ")
    assert await desk.content() == CONTENT
    assert await desk.offset(other) == 0


async def test_a_body_that_is_refused_is_never_read_as_the_next_request(line: Line) -> None:
    """RFC 9112, 9.3: an answer before the end of a body leaves nothing to be misread."""
    desk = line.desk
    url, other = await desk.tus_create(SIZE), await desk.tus_create(5)
    hidden = line.head("DELETE", other, "Tus-Resumable: 1.0.0")
    head = line.head(
        "PATCH",
        url,
        "Tus-Resumable: 1.0.0",
        "Upload-Offset: 9",
        f"Content-Type: {TUS_BYTES}",
        f"Content-Length: {len(hidden) * 2}",
    )
    async with line.connect() as wire:
        await wire.send(head)
        assert await wire.status() == 409
        with suppress(OSError):  # the server may have closed already
            await wire.send(hidden)
            wire.half_close()
        assert await wire.rest() == b""
    assert await desk.offset(other) == 0


async def test_a_client_that_asks_first_need_not_send_what_is_refused(line: Line) -> None:
    """RFC 9110, 10.1.1: without 100 (Continue) the body stays where it is."""
    desk, url = line.desk, await line.desk.tus_create(SIZE)
    lines = ["Tus-Resumable: 1.0.0", f"Content-Type: {TUS_BYTES}", "Expect: 100-continue"]
    async with line.connect() as wire:
        size = f"Content-Length: {SIZE}"
        await wire.send(line.head("PATCH", url, "Upload-Offset: 3", size, *lines))
        assert await wire.status() == 409
    async with line.connect() as wire:
        await wire.send(line.head("PATCH", url, "Upload-Offset: 0", size, *lines))
        assert await wire.status() == 100
        await wire.send(CONTENT)
        assert await wire.status() == 204
    assert await desk.content() == CONTENT


@pytest.mark.parametrize(("size", "status"), [(16_000, 400), (65_536, 431), (600_000, 431)])
async def test_very_long_headers_are_refused(line: Line, size: int, status: int) -> None:
    """tus, Upload-Metadata: bounded, whatever a sender writes."""
    lines = ["Tus-Resumable: 1.0.0", "Upload-Length: 5", f"Upload-Metadata: a {'A' * size}"]
    async with line.connect() as wire:
        await wire.send(line.head("POST", UPLOADS, *lines, "Content-Length: 0"))
        assert await wire.status() == status
    assert await line.desk.studio.uploads.unfinished(line.desk.actor.tenant) == set()


async def test_a_file_name_cannot_write_headers(line: Line) -> None:
    """Draft 12, 13: metadata is sanitised before it is used."""
    name = quote("a\r\nSet-Cookie: x=1\u202e\x00.csv")
    async with line.connect() as wire:
        url = f"{UPLOADS}?dataset=d&filename={name}"
        size = f"Content-Length: {SIZE}"
        lines = ["Upload-Complete: ?1", "Connection: close", size]
        await wire.send(line.head("POST", url, *lines) + CONTENT)
        answer = await wire.rest()
    assert b"\nset-cookie" not in answer.lower()
    assert [each.filename for each in await line.desk.versions()] == ["aSet-Cookie: x=1.csv"]


async def test_the_newer_of_two_connections_goes_on(line: Line) -> None:
    """Draft 12, 4.6: a transfer whose client has given it up is ended by the next one."""
    desk, url = line.desk, await line.desk.ietf_begin()

    def head(offset: int) -> bytes:
        return line.head(
            "PATCH",
            url,
            f"Upload-Offset: {offset}",
            "Upload-Complete: ?1",
            f"Content-Type: {IETF_BYTES}",
            f"Content-Length: {SIZE - offset}",
        )

    async with line.connect() as older, line.connect() as newer:
        await older.send(head(0) + CONTENT[:7])
        await line.kept(url, 7)
        await newer.send(head(7) + CONTENT[7:])
        assert await newer.status() == 202
        assert (await older.rest()).startswith(b"HTTP/1.1 409 ")
    assert await desk.content() == CONTENT


async def test_a_limit_is_told_before_a_large_body_is_sent(line: Line) -> None:
    """Draft 12, 4.1.4: 413 with the limits, from the headers alone."""
    await line.desk.allow(Allowance(max_file_size=10))
    async with line.connect() as wire:
        url = f"{UPLOADS}?dataset=d&filename=d.csv"
        await wire.send(line.head("POST", url, "Upload-Complete: ?1", f"Content-Length: {10**9}"))
        assert await wire.status() == 413
