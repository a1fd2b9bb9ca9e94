"""The contract of the fetcher: the file that was named, whole and the same, and nothing else."""

import asyncio
import hashlib
import logging
import random
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from ipaddress import IPv4Address, ip_network

import pytest
import trustme
from anyio.abc import SocketStream

from dcs.core.errors import DcsError
from dcs.engines.fetch import (
    AddressNotAllowedError,
    ContentChangedError,
    Fetcher,
    RemoteAnswerError,
    RemoteRefusedError,
    RemoteUnavailableError,
    RemoteUntrustedError,
    TooManyRedirectsError,
    UrlNotAllowedError,
)
from dcs.engines.fetch.addresses import Address, AddressRule
from dcs.engines.fetch.exchange import Waits
from dcs.engines.fetch.gate import Connect, Resolve, SystemResolver, connect_to, trusting_context
from dcs.engines.fetch.https import HttpsFetcher
from dcs.engines.fetch.resuming import Persistence, ResumingFetcher
from dcs.engines.fetch.urls import parse
from dcs.engines.objects import FileTooLargeError
from tests.remotes import MODIFIED, Asked, File, Script, Server, Wire

pytestmark = pytest.mark.anyio

NAME = "files.example.test"
CONTENT = random.Random(7).randbytes(600_000)
MOST = 2_000_000
LOOPBACK = ip_network("127.0.0.1/32")

Build = Callable[..., HttpsFetcher]
Start = Callable[[Script], Awaitable[Server]]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trust(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return context


@pytest.fixture
async def start(authority: trustme.CA) -> AsyncIterator[Start]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME, "mirror.example.test", "127.0.0.1").configure_cert(context)
    async with AsyncExitStack() as servers:

        async def begin(script: Script) -> Server:
            return await servers.enter_async_context(Server(script).running(context))

        yield begin


@pytest.fixture
def fetcher(trust: ssl.SSLContext) -> Build:
    def build(
        *servers: Server,
        resolve: Resolve | None = None,
        via: Connect = connect_to,
        context: ssl.SSLContext | None = None,
        rule: AddressRule | None = None,
        max_bytes: int = MOST,
        **waits: float,
    ) -> HttpsFetcher:
        return HttpsFetcher(
            max_bytes=max_bytes,
            rule=rule or AddressRule(allowed=(LOOPBACK,)),
            ports=frozenset(server.port for server in servers),
            waits=Waits(**{"connect": 2, "head": 2, "idle": 2, **waits}),  # type: ignore[arg-type]
            context=context or trust,
            resolve=resolve or leads_to("127.0.0.1"),
            connect=via,
        )

    return build


def leads_to(*addresses: str) -> Resolve:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


class Spy:
    """Connect like the fetcher itself and remember where to."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def __call__(self, address: Address, port: int) -> SocketStream:
        self.seen.append(str(address))
        return await connect_to(address, port)


class Naps:
    """Pause without waiting, and remember for how long it would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def at(server: Server, path: str = "/table.csv", host: str = NAME) -> str:
    return f"https://{host}:{server.port}{path}"


def says(*lines: str, status: str = "200 OK", body: bytes = b"") -> Script:
    async def script(_asked: Asked, wire: Wire) -> None:
        await wire.head(*lines, status=status)
        await wire.send(body)

    return script


def spells(raw: bytes) -> Script:
    async def script(_asked: Asked, wire: Wire) -> None:
        await wire.send(raw)

    return script


async def take(
    fetcher: Fetcher, url: str, *, offset: int = 0, validator: str | None = None
) -> bytes:
    async with fetcher.open(url, offset=offset, validator=validator) as remote:
        return b"".join([chunk async for chunk in remote.chunks])


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# The whole file


async def test_a_file_comes_whole_with_all_that_the_server_says_of_it(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT))
    async with fetcher(server).open(at(server, "/a/table%20one.csv?key=1#part")) as remote:
        taken = b"".join([chunk async for chunk in remote.chunks])
    assert sha256(taken) == sha256(CONTENT)
    assert (remote.url_host, remote.filename) == (NAME, "table one.csv")
    assert (remote.size, remote.offset, remote.validator) == (len(CONTENT), 0, '"one"')
    assert server.asked[0].path == "/a/table%20one.csv?key=1"


async def test_a_request_carries_nothing_but_what_it_needs(
    start: Start, fetcher: Build, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    (tmp_path / ".netrc").write_text(f"machine {NAME} login ann password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server = await start(File(CONTENT))
    await take(fetcher(server), at(server))
    assert server.asked[0].fields == {
        "host": f"{NAME}:{server.port}",
        "user-agent": "data-collaboration-studio",
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "close",
    }


async def test_a_file_of_unknown_size_is_whole_when_the_server_signs_its_end(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT, sized=False))
    async with fetcher(server).open(at(server)) as remote:
        assert remote.size is None
        assert b"".join([chunk async for chunk in remote.chunks]) == CONTENT


async def test_a_file_of_unknown_size_whose_connection_is_cut_is_not_taken_for_whole(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT, sized=False, cuts=[len(CONTENT)]))
    with pytest.raises(RemoteUnavailableError, match="broke off"):
        await take(fetcher(server), at(server))


async def test_chunked_bodies_come_as_the_file(start: Start, fetcher: Build) -> None:
    body = b"4\r\nab\r\n\r\n6;note=x\r\n123456\r\n0\r\nX-Sum: 1\r\n\r\n"
    server = await start(says("Transfer-Encoding: chunked", body=body))
    assert await take(fetcher(server), at(server)) == b"ab\r\n123456"


async def test_an_empty_file_is_a_file(start: Start, fetcher: Build) -> None:
    server = await start(File(b""))
    assert await take(fetcher(server), at(server)) == b""


async def test_an_address_in_numbers_is_fetched_from_if_its_certificate_says_so(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT))
    assert await take(fetcher(server), at(server, host="127.0.0.1")) == CONTENT


async def test_only_the_part_that_is_left_is_asked_for(start: Start, fetcher: Build) -> None:
    server = await start(File(CONTENT))
    async with fetcher(server).open(at(server), offset=1_000, validator='"one"') as remote:
        taken = b"".join([chunk async for chunk in remote.chunks])
    assert (remote.offset, remote.size, taken) == (1_000, len(CONTENT), CONTENT[1_000:])
    assert server.asked[0].fields["range"] == "bytes=1000-"
    assert server.asked[0].fields["if-range"] == '"one"'


@pytest.mark.parametrize("validator", [None, "", 'W/"one"', "one", '"o\r\nX: 1"', "yesterday"])
async def test_without_proof_of_the_same_content_it_begins_at_the_beginning(
    start: Start, fetcher: Build, validator: str | None
) -> None:
    server = await start(File(CONTENT))
    async with fetcher(server).open(at(server), offset=1_000, validator=validator) as remote:
        assert remote.offset == 0
    assert "range" not in server.asked[0].fields


@pytest.mark.parametrize(
    ("fields", "validator"),
    [
        (['ETag: "a"', f"Last-Modified: {MODIFIED}"], '"a"'),
        (['ETag: W/"a"'], None),
        (["ETag: a"], None),
        ([f"Last-Modified: {MODIFIED}", "Date: Mon, 05 Jan 2026 12:01:00 GMT"], MODIFIED),
        ([f"Last-Modified: {MODIFIED}", "Date: Mon, 05 Jan 2026 12:00:59 GMT"], None),
        ([f"Last-Modified: {MODIFIED}"], None),
        (["Last-Modified: Mon, 31 Feb 2026 12:00:00 GMT"], None),
        ([], None),
    ],
)
async def test_only_what_vouches_for_every_byte_is_a_validator(
    start: Start, fetcher: Build, fields: list[str], validator: str | None
) -> None:
    server = await start(says(*fields, "Content-Length: 0"))
    async with fetcher(server).open(at(server)) as remote:
        assert remote.validator == validator


@pytest.mark.parametrize(
    ("field", "filename"),
    [
        (b"attachment; filename=report.csv", "report.csv"),
        (b'attachment; filename="a \\"b\\".csv"', 'a "b".csv'),
        (
            b"attachment; filename=\"x.csv\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.csv",
            "naïve €.csv",
        ),
        (b"attachment; filename*=iso-8859-1'en'%A3.csv; filename=x.csv", "£.csv"),
        (b"attachment; filename*=UTF-8''%FF%FE; filename=plain.csv", "plain.csv"),
        (b"attachment; filename*=UTF-7''x; filename=plain.csv", "plain.csv"),
        (b'ATTACHMENT;FILENAME="../../etc/passwd"', "../../etc/passwd"),
        (b"attachment; filename*=UTF-8''..%2F..%00%0Ax", "../..\x00\nx"),
        ('attachment; filename="überblick.csv"'.encode(), "überblick.csv"),
        (b'attachment; filename="\xfcber.csv"', "über.csv"),
        (b'attachment; x="; filename=wrong.csv"; filename=right.csv', "right.csv"),
        (b'attachment; filename="unclosed', "table.csv"),
        (b"attachment; filename=", "table.csv"),
        (b"inline", "table.csv"),
        (b'attachment; filename="' + b"\\" * 20_000, "table.csv"),
        (b"attachment" + b"; a" * 9_000, "table.csv"),
    ],
)
async def test_the_name_is_given_as_the_server_says_it(
    start: Start, fetcher: Build, field: bytes, filename: str
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Disposition: " + field + b"\r\n\r\n"
    server = await start(spells(head))
    async with fetcher(server).open(at(server)) as remote:
        assert remote.filename == filename


# Broken connections


@pytest.mark.parametrize("sized", [True, False])
async def test_a_broken_download_goes_on_and_ends_byte_for_byte_the_same(
    start: Start, fetcher: Build, sized: bool
) -> None:
    server = await start(File(CONTENT, cuts=[200_000, 0, 150_001], sized=sized))
    naps = Naps()
    taken = await take(ResumingFetcher(fetcher(server), sleep=naps), at(server))
    assert sha256(taken) == sha256(CONTENT)
    begins = [int(asked.fields["range"][6:-1]) for asked in server.asked[1:]]
    assert len(begins) == 3
    assert begins == sorted(begins)
    assert {asked.fields["if-range"] for asked in server.asked[1:]} == {'"one"'}
    assert naps.seconds == [1, 2, 4]


async def test_a_date_that_is_old_enough_lets_a_download_go_on(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT, tag=None, modified=MODIFIED, cuts=[300_000]))
    assert await take(ResumingFetcher(fetcher(server), sleep=Naps()), at(server)) == CONTENT
    assert server.asked[1].fields["if-range"] == MODIFIED


async def test_a_download_goes_on_in_another_process_from_what_was_kept(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT))
    resuming = ResumingFetcher(fetcher(server), sleep=Naps())
    rest = await take(resuming, at(server), offset=123_456, validator='"one"')
    assert CONTENT[:123_456] + rest == CONTENT


async def test_a_server_without_ranges_is_read_again_up_to_the_break(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT, ranges=False, cuts=[400_000, 100_000, 500_000]))
    assert await take(ResumingFetcher(fetcher(server), sleep=Naps()), at(server)) == CONTENT
    assert len(server.asked) == 4


async def test_a_cut_exactly_at_an_unannounced_end_is_found_to_be_the_end(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT, sized=False, cuts=[len(CONTENT)]))
    resuming = ResumingFetcher(fetcher(server, progress=1), sleep=Naps())
    assert await take(resuming, at(server)) == CONTENT


async def test_the_broken_connection_is_gone_before_the_next_one_is_opened(
    start: Start, fetcher: Build
) -> None:
    gone = asyncio.Event()

    async def script(asked: Asked, wire: Wire) -> None:
        if "range" not in asked.fields:
            await wire.head("Content-Length: 4000", 'ETag: "a"')
            await wire.send(b"x" * 2_000)
            await wire.left()
            gone.set()
            return
        async with asyncio.timeout(1):
            await gone.wait()
        await wire.head("Content-Range: bytes 2000-3999/4000", 'ETag: "a"', status="206 Part")
        await wire.send(b"y" * 2_000)

    server = await start(script)
    resuming = ResumingFetcher(fetcher(server, idle=0.3), Persistence(attempts=1), Naps())
    assert await take(resuming, at(server)) == b"x" * 2_000 + b"y" * 2_000


@pytest.mark.parametrize(
    ("lines", "complete"),
    [
        (["Content-Range: bytes */10", 'ETag: "a"'], True),
        (["Content-Range: bytes */10"], True),
        (["Content-Range: bytes */10", 'ETag: "b"'], False),
        (["Content-Range: bytes */9", 'ETag: "a"'], False),
        (["Content-Range: bytes */11", 'ETag: "a"'], False),
        (["Content-Range: bytes 0-9/10", 'ETag: "a"'], False),
        (['ETag: "a"'], False),
    ],
)
async def test_nothing_left_to_send_means_complete_only_at_the_very_end(
    start: Start, fetcher: Build, lines: list[str], complete: bool
) -> None:
    server = await start(says(*lines, status="416 No", body=b"an explanation"))
    if complete:
        assert await take(fetcher(server), at(server), offset=10, validator='"a"') == b""
    else:
        with pytest.raises(ContentChangedError):
            await take(fetcher(server), at(server), offset=10, validator='"a"')


@pytest.mark.parametrize(
    "other",
    [
        File(CONTENT[::-1], tag='"two"'),
        File(CONTENT[::-1], tag='"two"', ignores_condition=True),
        File(CONTENT[::-1], tag='W/"one"', ignores_condition=True),
        File(CONTENT, tag=None, ignores_condition=True),
        File(CONTENT[:-1], ignores_condition=True),
        File(CONTENT[:100], ignores_condition=True),
        File(CONTENT[:-1], ranges=False),
        File(CONTENT, tag='"two"', ranges=False),
    ],
    ids=["new", "part of new", "weak", "untold", "size", "shorter", "whole size", "whole tag"],
)
async def test_content_that_changed_between_attempts_is_never_sewn_together(
    start: Start, fetcher: Build, other: File
) -> None:
    server = await start(File(CONTENT, cuts=[200_000], changes=other))
    with pytest.raises(ContentChangedError):
        await take(ResumingFetcher(fetcher(server), sleep=Naps()), at(server))


async def test_a_break_without_a_validator_says_that_it_has_to_begin_again(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT, tag=None, cuts=[200_000]))
    with pytest.raises(ContentChangedError, match="Begin again"):
        await take(ResumingFetcher(fetcher(server), sleep=Naps()), at(server))


async def test_a_break_before_the_first_byte_needs_no_validator(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT, tag=None, cuts=[0]))
    assert await take(ResumingFetcher(fetcher(server), sleep=Naps()), at(server)) == CONTENT


async def test_kept_bytes_without_a_validator_cannot_be_continued(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT))
    with pytest.raises(ContentChangedError):
        await take(ResumingFetcher(fetcher(server)), at(server), offset=10)


async def test_a_server_that_always_breaks_off_is_given_up(start: Start, fetcher: Build) -> None:
    server = await start(File(CONTENT, cuts=[2_000] * 50))
    naps = Naps()
    resuming = ResumingFetcher(
        fetcher(server), Persistence(attempts=4, first_pause=10, longest_pause=25), naps
    )
    with pytest.raises(RemoteUnavailableError):
        await take(resuming, at(server))
    assert naps.seconds == [10, 20, 25, 25]
    assert len(server.asked) == 5


async def test_progress_earns_new_attempts(start: Start, fetcher: Build) -> None:
    server = await start(File(CONTENT, cuts=[60_000] * 9))
    resuming = ResumingFetcher(fetcher(server), Persistence(attempts=1, progress=40_000), Naps())
    assert await take(resuming, at(server)) == CONTENT


async def test_the_first_connection_is_tried_once(start: Start, fetcher: Build) -> None:
    server = await start(says(status="503 Busy"))
    naps = Naps()
    with pytest.raises(RemoteUnavailableError):
        await take(ResumingFetcher(fetcher(server), sleep=naps), at(server))
    assert (len(server.asked), naps.seconds) == (1, [])


async def test_a_busy_server_says_how_long_to_wait(start: Start, fetcher: Build) -> None:
    file, answers = File(CONTENT, cuts=[200_000]), iter(["file", "503", "429", "file"])

    async def script(asked: Asked, wire: Wire) -> None:
        kind = next(answers)
        if kind == "file":
            await file(asked, wire)
        else:
            await wire.head("Retry-After: 17", "Content-Length: 0", status=f"{kind} Busy")

    server = await start(script)
    naps = Naps()
    assert await take(ResumingFetcher(fetcher(server), sleep=naps), at(server)) == CONTENT
    assert naps.seconds == [1, 17, 17]


async def test_a_refusal_after_a_break_ends_it(start: Start, fetcher: Build) -> None:
    file = File(CONTENT, cuts=[200_000])

    async def script(asked: Asked, wire: Wire) -> None:
        await (file(asked, wire) if file.answers == 0 else wire.head(status="403 Expired"))

    server = await start(script)
    with pytest.raises(RemoteRefusedError):
        await take(ResumingFetcher(fetcher(server), sleep=Naps()), at(server))


async def test_a_reader_that_stops_early_leaves_no_connection_open(
    start: Start, fetcher: Build
) -> None:
    ended = asyncio.Event()

    async def endless(_asked: Asked, wire: Wire) -> None:
        try:
            await wire.head("Transfer-Encoding: chunked")
            while True:
                await wire.send(b"8000\r\n" + bytes(0x8000) + b"\r\n")
        finally:
            ended.set()

    server = await start(endless)
    async with ResumingFetcher(fetcher(server)).open(at(server)) as remote:
        assert await anext(remote.chunks)
    async with asyncio.timeout(5):
        await ended.wait()


# Bounds


@pytest.mark.parametrize("field", ["Content-Length: 2000001", "Content-Length: " + "9" * 20])
async def test_a_file_that_says_it_is_too_large_is_refused_before_its_first_byte(
    start: Start, fetcher: Build, field: str
) -> None:
    server = await start(says(field))
    with pytest.raises(FileTooLargeError) as refusal:
        async with fetcher(server).open(at(server)):
            pytest.fail("it was opened")
    assert refusal.value.too_large


async def test_an_endless_body_ends_at_the_cap(start: Start, fetcher: Build) -> None:
    async def endless(_asked: Asked, wire: Wire) -> None:
        await wire.head("Transfer-Encoding: chunked")
        while True:
            await wire.send(b"8000\r\n" + bytes(0x8000) + b"\r\n")

    server = await start(endless)
    taken = 0
    with pytest.raises(FileTooLargeError):
        async with fetcher(server).open(at(server)) as remote:
            async for chunk in remote.chunks:
                taken += len(chunk)
    assert MOST - 100_000 < taken <= MOST


async def test_the_cap_counts_what_was_fetched_before(start: Start, fetcher: Build) -> None:
    server = await start(
        says(
            'ETag: "a"', "Content-Range: bytes 1999990-2000020/*", status="206 Part", body=b"x" * 31
        )
    )
    with pytest.raises(FileTooLargeError):
        await take(fetcher(server), at(server), offset=1_999_990, validator='"a"')


async def test_a_file_of_exactly_the_cap_is_taken(start: Start, fetcher: Build) -> None:
    server = await start(File(CONTENT))
    assert await take(fetcher(server, max_bytes=len(CONTENT)), at(server)) == CONTENT


async def test_a_sender_is_held_up_by_a_slow_reader(start: Start, fetcher: Build) -> None:
    sent = 0

    async def endless(_asked: Asked, wire: Wire) -> None:
        nonlocal sent
        await wire.head("Transfer-Encoding: chunked")
        while True:
            await wire.send(b"8000\r\n" + bytes(0x8000) + b"\r\n")
            sent += 0x8000

    server = await start(endless)
    async with fetcher(server, max_bytes=10**12).open(at(server)) as remote:
        await anext(remote.chunks)
        while sent == 0 or await grew(lambda: sent):
            pass
        assert sent < 32 * 1024**2


async def grew(size: Callable[[], int]) -> bool:
    before = size()
    await asyncio.sleep(0.2)
    return size() > before


async def test_a_byte_now_and_then_is_silence(start: Start, fetcher: Build) -> None:
    async def drip(_asked: Asked, wire: Wire) -> None:
        await wire.head("Content-Length: 100000")
        while True:
            await wire.send(b"x")
            await asyncio.sleep(0.02)

    server = await start(drip)
    with pytest.raises(RemoteUnavailableError, match="silent"):
        await take(fetcher(server, idle=0.3), at(server))


async def test_a_slow_server_that_keeps_going_is_waited_for(start: Start, fetcher: Build) -> None:
    async def slow(_asked: Asked, wire: Wire) -> None:
        await wire.head("Content-Length: 12000")
        for _ in range(12):
            await wire.send(b"x" * 1_000)
            await asyncio.sleep(0.1)

    server = await start(slow)
    assert await take(fetcher(server, idle=0.8), at(server)) == b"x" * 12_000


async def test_the_time_that_the_reader_takes_is_not_the_servers(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT))
    async with fetcher(server, idle=0.3).open(at(server)) as remote:
        parts = [await anext(remote.chunks)]
        await asyncio.sleep(0.5)
        parts += [chunk async for chunk in remote.chunks]
    assert b"".join(parts) == CONTENT


@pytest.mark.parametrize(
    ("first", "drop"),
    [(b"", b""), (b"HTTP/1.1 200 OK\r\nX: ", b"y"), (b"", b"HTTP/1.1 103 Early\r\n\r\n")],
    ids=["nothing", "one field", "hints"],
)
async def test_a_head_that_does_not_end_is_not_waited_for(
    start: Start, fetcher: Build, first: bytes, drop: bytes
) -> None:
    async def slow(_asked: Asked, wire: Wire) -> None:
        await wire.send(first)
        while True:
            await wire.send(drop)
            await asyncio.sleep(0.02)

    server = await start(slow)
    with pytest.raises(RemoteUnavailableError, match="silent"):
        await take(fetcher(server, head=0.3), at(server))


async def test_a_server_that_accepts_and_says_nothing_is_not_waited_for(fetcher: Build) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    server = Server(File(b""), port=listener.sockets[0].getsockname()[1])
    try:
        with pytest.raises(RemoteUnavailableError, match="does not answer"):
            await take(fetcher(server, connect=0.3), at(server))
    finally:
        listener.close()


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 101 + b"\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000,
        b"HTTP/1.1 200 " + b"K" * 200_000,
        b"HTTP/1.1 103 Early\r\n\r\n" * 20_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n",
        b'HTTP/1.1 200 OK\r\nETag: "a"\r\nETag: "b"\r\n\r\n',
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"<html>\r\n\r\n",
        b"\x00" * 1_000,
    ],
)
async def test_a_head_that_is_too_large_or_no_http_is_refused(
    start: Start, fetcher: Build, head: bytes
) -> None:
    server = await start(spells(head))
    with pytest.raises(RemoteAnswerError):
        await take(fetcher(server), at(server))


@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\nab\r\n",
        b"2\r\nabcd\r\n0\r\n\r\n",
        b"2" + b";x" * 50_000,
        b"2\r\nab\r\n0\r\n" + b"X: y\r\n" * 20_000,
    ],
)
async def test_a_body_that_breaks_its_own_rules_is_refused(
    start: Start, fetcher: Build, body: bytes
) -> None:
    server = await start(says("Transfer-Encoding: chunked", body=body))
    with pytest.raises(RemoteAnswerError):
        await take(fetcher(server), at(server))


async def test_a_body_shorter_than_its_announced_length_is_not_whole(
    start: Start, fetcher: Build
) -> None:
    server = await start(says("Content-Length: 100", body=b"x" * 99))
    with pytest.raises(RemoteUnavailableError, match="broke off"):
        await take(fetcher(server), at(server))


async def test_a_body_longer_than_its_announced_length_ends_where_it_was_announced(
    start: Start, fetcher: Build
) -> None:
    server = await start(says("Content-Length: 100", body=b"x" * 100 + b"y" * 100))
    assert await take(fetcher(server), at(server)) == b"x" * 100


async def test_a_file_is_complete_without_the_server_hanging_up(
    start: Start, fetcher: Build
) -> None:
    async def holding(_asked: Asked, wire: Wire) -> None:
        await wire.head("Content-Length: 4")
        await wire.send(b"here")
        await asyncio.Event().wait()

    server = await start(holding)
    assert await take(fetcher(server), at(server)) == b"here"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity, gzip", "GZIP"])
async def test_a_compressed_answer_is_refused(start: Start, fetcher: Build, coding: str) -> None:
    server = await start(says(f"Content-Encoding: {coding}", "Content-Length: 1", body=b"x"))
    with pytest.raises(RemoteAnswerError, match="compressed"):
        await take(fetcher(server), at(server))


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Range: bytes 0-9/10"],
        ["Content-Range: bytes 6-9/10"],
        ["Content-Range: bytes 5-9/9"],
        ["Content-Range: bytes 5-4/10"],
        ["Content-Range: bytes 5-9/10", "Content-Length: 4"],
        ["Content-Range: items 5-9/10"],
        ["Content-Range: bytes */10"],
        ["Content-Type: multipart/byteranges; boundary=x"],
    ],
)
async def test_a_part_that_was_not_asked_for_is_refused(
    start: Start, fetcher: Build, lines: list[str]
) -> None:
    server = await start(says('ETag: "a"', *lines, status="206 Part", body=b"56789"))
    with pytest.raises(RemoteAnswerError):
        await take(fetcher(server), at(server), offset=5, validator='"a"')


async def test_a_part_that_stops_before_the_end_of_the_file_is_continued(
    start: Start, fetcher: Build
) -> None:
    async def stingy(asked: Asked, wire: Wire) -> None:
        begin = int(asked.fields.get("range", "bytes=0-")[6:-1])
        if begin == 0:
            await wire.head("Content-Length: 10", 'ETag: "a"')
            await wire.send(b"01234")
            await wire.cut()
            return
        await wire.head(
            f"Content-Range: bytes {begin}-{begin}/10",
            'ETag: "a"',
            "Content-Length: 1",
            status="206 Part",
        )
        await wire.send(b"%d" % begin)

    server = await start(stingy)
    resuming = ResumingFetcher(
        fetcher(server, progress=1), Persistence(attempts=1, progress=1), Naps()
    )
    assert await take(resuming, at(server)) == b"0123456789"


# Refusals


@pytest.mark.parametrize("status", [201, 204, 206, 300, 304, 400, 401, 403, 404, 410, 416, 451])
async def test_a_refusal_keeps_the_status_and_nothing_else(
    start: Start, fetcher: Build, status: int
) -> None:
    server = await start(says("Content-Length: 6", status=f"{status} No", body=b"secret"))
    with pytest.raises(RemoteRefusedError) as refusal:
        await take(fetcher(server), at(server))
    assert refusal.value.remote_status == status
    assert refusal.value.extra == {"remote_status": status}
    assert not refusal.value.retryable


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
async def test_trouble_that_may_pass_says_so(start: Start, fetcher: Build, status: int) -> None:
    server = await start(says("Retry-After: 30", status=f"{status} Later"))
    with pytest.raises(RemoteUnavailableError) as trouble:
        await take(fetcher(server), at(server))
    assert trouble.value.retryable
    assert trouble.value.retry_after == 30


async def test_nobody_listening_is_trouble_that_may_pass(start: Start, fetcher: Build) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = Server(File(b""), port=taken.getsockname()[1])
        with pytest.raises(RemoteUnavailableError, match="does not answer"):
            await take(fetcher(server), at(server))


@pytest.mark.parametrize(
    "failure", [socket.gaierror(socket.EAI_NONAME, "no such name"), TimeoutError(), OSError()]
)
async def test_a_name_that_is_not_found_is_said(
    start: Start, fetcher: Build, failure: OSError
) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        raise failure

    server = await start(File(CONTENT))
    with pytest.raises(RemoteUnavailableError, match="was not found"):
        await take(fetcher(server, resolve=resolve), at(server))


async def test_a_name_without_addresses_is_not_found(start: Start, fetcher: Build) -> None:
    server = await start(File(CONTENT))
    with pytest.raises(RemoteUnavailableError, match="was not found"):
        await take(fetcher(server, resolve=leads_to()), at(server))


async def test_a_lookup_that_never_ends_is_not_waited_for(start: Start, fetcher: Build) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    server = await start(File(CONTENT))
    with pytest.raises(RemoteUnavailableError):
        await take(fetcher(server, resolve=resolve, connect=0.2), at(server))


async def test_the_system_itself_is_asked_when_nothing_else_is_given() -> None:
    found = await SystemResolver(threads=1)("localhost", 443)
    assert {"127.0.0.1", "::1"} & set(found)


# Certificates


async def test_a_certificate_for_another_name_is_refused(start: Start, fetcher: Build) -> None:
    server = await start(File(CONTENT))
    with pytest.raises(RemoteUntrustedError, match=r"other\.example\.test"):
        await take(fetcher(server), at(server, host="other.example.test"))
    assert server.asked == []


async def test_a_certificate_of_an_unknown_authority_is_refused(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT))
    stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trustme.CA().configure_trust(stranger)
    with pytest.raises(RemoteUntrustedError):
        await take(fetcher(server, context=stranger), at(server))
    assert server.asked == []


async def test_the_systems_authorities_are_trusted_unless_told_otherwise(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT))
    with pytest.raises(RemoteUntrustedError):
        await take(fetcher(server, context=trusting_context(None)), at(server))


def test_a_context_that_checks_too_little_is_refused_or_tightened() -> None:
    careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    careless.check_hostname = False
    with pytest.raises(ValueError, match="no use"):
        trusting_context(careless)
    careless.verify_mode = ssl.CERT_NONE
    with pytest.raises(ValueError, match="no use"):
        trusting_context(careless)
    lax = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lax.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    lax.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    tightened = trusting_context(lax)
    assert tightened.minimum_version == ssl.TLSVersion.TLSv1_2
    assert not tightened.options & ssl.OP_IGNORE_UNEXPECTED_EOF


# Being led elsewhere


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"],
        ["127.0.0.1", "10.0.0.1"],
        ["93.184.215.14", "169.254.169.254"],
        ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "fd00:ec2::254"],
        ["::ffff:127.0.0.1"],
        ["fe80::1%lo"],
        ["127.0.0.1", "::1"],
    ],
)
async def test_one_inner_address_condemns_a_name_and_nothing_is_connected(
    start: Start, fetcher: Build, addresses: list[str]
) -> None:
    server = await start(File(CONTENT))
    spy = Spy()
    with pytest.raises(AddressNotAllowedError, match="not public"):
        await take(fetcher(server, resolve=leads_to(*addresses), via=spy), at(server))
    assert (spy.seen, server.asked) == ([], [])


async def test_a_name_that_changes_its_mind_is_connected_only_where_it_was_vetted(
    start: Start, fetcher: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["127.0.0.1", "127.0.0.2", "127.0.0.2"])
    asked: list[str] = []

    async def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return [next(answers)]

    def forbidden(*_: object, **__: object) -> object:
        raise AssertionError("the system was asked for a name")

    server = await start(File(CONTENT, cuts=[200_000]))
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    spy = Spy()
    first = fetcher(server, resolve=rebinding, via=spy)
    with pytest.raises(AddressNotAllowedError):
        await take(ResumingFetcher(first, sleep=Naps()), at(server))
    assert asked == [NAME, NAME]
    assert spy.seen == ["127.0.0.1"]


async def test_a_connection_that_ends_up_elsewhere_is_dropped(start: Start, fetcher: Build) -> None:
    async def elsewhere(_address: Address, port: int) -> SocketStream:
        return await connect_to(IPv4Address("127.0.0.1"), port)

    server = await start(File(CONTENT))
    led = fetcher(
        server,
        resolve=leads_to("127.0.0.2"),
        via=elsewhere,
        rule=AddressRule(allowed=(ip_network("127.0.0.0/8"),)),
    )
    with pytest.raises(RemoteUnavailableError):
        await take(led, at(server))
    assert server.asked == []


async def test_the_next_address_is_tried_when_one_does_not_answer(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT))
    spy = Spy()
    found = fetcher(
        server,
        resolve=leads_to("127.0.0.3", "127.0.0.1", "127.0.0.1"),
        via=spy,
        rule=AddressRule(allowed=(ip_network("127.0.0.0/8"),)),
    )
    assert await take(found, at(server)) == CONTENT
    assert spy.seen == ["127.0.0.3", "127.0.0.1"]


async def test_a_network_that_an_operator_denies_is_not_public(
    start: Start, fetcher: Build
) -> None:
    server = await start(File(CONTENT))
    rule = AddressRule(allowed=(LOOPBACK,), denied=(ip_network("127.0.0.0/8"),))
    with pytest.raises(AddressNotAllowedError):
        await take(fetcher(server, rule=rule), at(server))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_and_named_by_what_the_user_typed(
    start: Start, fetcher: Build, status: int
) -> None:
    mirror = await start(File(CONTENT))
    location = f"https://mirror.example.test:{mirror.port}/files/real.csv?signed=1"
    server = await start(says(f"Location: {location}", status=f"{status} There"))
    async with fetcher(server, mirror).open(at(server)) as remote:
        assert b"".join([chunk async for chunk in remote.chunks]) == CONTENT
    assert (remote.url_host, remote.filename) == (NAME, "real.csv")
    assert mirror.asked[0].fields["host"] == f"mirror.example.test:{mirror.port}"
    assert {"referer", "cookie", "authorization"} & set(mirror.asked[0].fields) == set()


async def test_a_relative_redirect_stays_on_its_server(start: Start, fetcher: Build) -> None:
    file = File(CONTENT)

    async def script(asked: Asked, wire: Wire) -> None:
        if asked.path == "/a/old.csv?q=1":
            await wire.head("Location: ../new.csv?q=2", status="302 There")
        else:
            await file(asked, wire)

    server = await start(script)
    assert await take(fetcher(server), at(server, "/a/old.csv?q=1")) == CONTENT
    assert server.asked[1].path == "/new.csv?q=2"


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://files.example.test/x", UrlNotAllowedError),
        ("ftp://files.example.test/x", UrlNotAllowedError),
        ("file:///etc/passwd", UrlNotAllowedError),
        ("gopher://127.0.0.1:6379/_x", UrlNotAllowedError),
        ("data:text/csv,a", UrlNotAllowedError),
        ("https://user:secret@files.example.test/", UrlNotAllowedError),
        ("https://files.example.test:22/", UrlNotAllowedError),
        ("https://2130706433/", UrlNotAllowedError),
        ("https://[::ffff:7f00:1]/", AddressNotAllowedError),
        ("https://10.0.0.1/", AddressNotAllowedError),
        ("https://169.254.169.254/latest/meta-data/", AddressNotAllowedError),
        ("https://[fd00:ec2::254]/latest/", AddressNotAllowedError),
        ("//192.168.1.1/x", AddressNotAllowedError),
        ("https://[::1]/", AddressNotAllowedError),
        ("https://[/", UrlNotAllowedError),
        ("\\\\files.example.test\\x", UrlNotAllowedError),
        ("/a\tb", UrlNotAllowedError),
        ("/" + "a" * 5_000, UrlNotAllowedError),
    ],
)
async def test_a_redirect_is_judged_like_any_address(
    start: Start, trust: ssl.SSLContext, location: str, error: type[DcsError]
) -> None:
    spy = Spy()
    server = await start(says(f"Location: {location}", status="302 There"))
    fetcher = HttpsFetcher(
        max_bytes=MOST,
        rule=AddressRule(allowed=(LOOPBACK,)),
        ports=frozenset({server.port, 443}),
        context=trust,
        resolve=leads_to("127.0.0.1"),
        connect=spy,
    )
    with pytest.raises(error):
        await take(fetcher, at(server))
    assert spy.seen == ["127.0.0.1"]
    assert len(server.asked) == 1


async def test_a_redirect_to_a_name_that_leads_inside_is_refused(
    start: Start, fetcher: Build
) -> None:
    async def resolve(host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1" if host == NAME else "10.1.2.3"]

    server = await start(says("Location: //inner.example.test:1/", status="302 There"))
    inner = Server(File(b""), port=1)
    with pytest.raises(AddressNotAllowedError, match=r"inner\.example\.test"):
        await take(fetcher(server, inner, resolve=resolve), at(server))


async def test_a_redirect_to_unreadable_bytes_is_refused(start: Start, fetcher: Build) -> None:
    server = await start(spells(b"HTTP/1.1 302 There\r\nLocation: /\xff\r\n\r\n"))
    with pytest.raises(RemoteAnswerError):
        await take(fetcher(server), at(server))


async def test_a_redirect_to_nowhere_is_a_refusal(start: Start, fetcher: Build) -> None:
    server = await start(says(status="302 There"))
    with pytest.raises(RemoteRefusedError):
        await take(fetcher(server), at(server))


async def test_five_redirects_are_followed_and_a_sixth_is_not(start: Start, fetcher: Build) -> None:
    async def countdown(asked: Asked, wire: Wire) -> None:
        left = int(asked.path[1:])
        if left:
            await wire.head(f"Location: /{left - 1}", status="302 There")
        else:
            await wire.head("Content-Length: 4")
            await wire.send(b"here")

    server = await start(countdown)
    assert await take(fetcher(server), at(server, "/5")) == b"here"
    with pytest.raises(TooManyRedirectsError):
        await take(fetcher(server), at(server, "/6"))
    assert len(server.asked) == 12


# Secrets


@pytest.mark.parametrize(
    "script",
    [
        says(status="404 No"),
        says(status="503 No"),
        says("Location: http://x.example/?key=hunter2", status="302 There"),
        says("Location: /?key=hunter2", status="302 There"),
        says("Location: https://10.0.0.1/?key=hunter2", status="302 There"),
        says("Content-Encoding: gzip"),
        says("Content-Length: 9999999"),
        says("Content-Length: 10"),
        spells(b"nonsense hunter2\r\n\r\n"),
        File(CONTENT, tag=None, cuts=[200_000]),
    ],
    ids=[
        "refused",
        "later",
        "http",
        "loop",
        "inner",
        "gzip",
        "large",
        "short",
        "nonsense",
        "changed",
    ],
)
async def test_no_message_and_no_log_holds_the_query(
    start: Start, fetcher: Build, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = await start(script)
    with pytest.raises(DcsError) as trouble:
        await take(ResumingFetcher(fetcher(server), sleep=Naps()), at(server, "/p?key=hunter2"))
    assert "hunter2" not in f"{trouble.value} {trouble.value.extra} {caplog.text}"


def test_where_a_request_goes_prints_without_its_path() -> None:
    assert "hunter2" not in repr(parse("https://files.example.test/hunter2?key=hunter2"))
