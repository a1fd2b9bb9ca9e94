"""
One studio for all clauses, an organisation of its own for each, and a client that hides nothing.

The client speaks ASGI itself: a header may come twice, a body may stay open
for as long as a test wants, and a connection may break in the middle of one.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from dcs.auth import OPEN_ALL_WEEK, Allowance, NewAccount
from dcs.auth.store import account as accounts
from dcs.catalog import NewDataset, Version
from dcs.core.actor import Actor
from dcs.core.clock import ManualClock
from dcs.core.ids import TenantId, UserId
from dcs.core.settings import Settings
from dcs.roles import build_app
from dcs.studio import Studio, open_studio

UPLOADS = "/api/v1/uploads"
TUS_BYTES = "application/offset+octet-stream"
IETF_BYTES = "application/partial-upload"
PROBLEMS = "https://iana.org/assignments/http-problem-types#"
CONTENT = b"id,amount\n1,2\n3,4\n"
BROKEN = object()
"""In place of a piece of a body: the connection breaks here."""

Body = bytes | Sequence[object] | AsyncIterator[object]
_numbers = count()


@dataclass(frozen=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """The problem document."""
        assert self.headers["content-type"] == "application/problem+json", self
        found: dict[str, Any] = json.loads(self.body)
        return found


class OpenBody:
    """A body that a test feeds piece by piece, and knows when the server has read."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[object] = asyncio.Queue()
        self.waiting = asyncio.Event()

    async def send(self, piece: object) -> None:
        """Send a piece and return once the server has taken it and asks for more."""
        self.waiting.clear()
        await self._pieces.put(piece)
        await self.waiting.wait()

    def end(self) -> None:
        """End the body."""
        self._pieces.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[object]:
        while True:
            self.waiting.set()
            piece = await self._pieces.get()
            if piece is None:
                return
            yield piece


async def _pieces(body: Any) -> AsyncIterator[object]:
    if isinstance(body, bytes):
        yield body
    elif hasattr(body, "__aiter__"):
        async for piece in body:
            yield piece
    else:
        for piece in body:
            yield piece


async def request(
    app: Any, method: str, url: str, headers: Iterable[tuple[str, str]], body: Any = b""
) -> Answer:
    """Send one request and return its answer; what the application raises is raised."""
    path, _, query = url.partition("?")
    pieces, started = _pieces(body), {}
    parts: list[bytes] = []
    ended = False

    async def receive() -> dict[str, Any]:
        nonlocal ended
        if ended:
            await asyncio.Event().wait()
        piece = await anext(pieces, None)
        ended = piece is None or piece is BROKEN
        if piece is BROKEN:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece or b"", "more_body": not ended}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        else:
            parts.append(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "server": ("studio", 80),
        "client": ("127.0.0.1", 1),
    }
    await app(scope, receive, send)
    found: dict[str, str] = {}
    for name, value in started["headers"]:
        key = name.decode()
        assert key not in found, f"{key} comes twice"
        found[key] = value.decode("latin-1")
    return Answer(started["status"], found, b"".join(parts))


def metadata(**values: str | bytes | None) -> str:
    """Write pairs as Upload-Metadata does; None is a key without a value."""
    pairs = []
    for key, value in values.items():
        raw = value.encode() if isinstance(value, str) else value
        pairs.append(key if raw is None else f"{key} {base64.b64encode(raw).decode()}")
    return ",".join(pairs)


def checksum(algorithm: str, content: bytes) -> str:
    """Write Upload-Checksum."""
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def digest(content: bytes) -> str:
    """Write Content-Digest or Repr-Digest."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


@dataclass
class Desk:
    """A sender of an organisation of its own, with the dataset ``d``."""

    studio: Studio
    app: Any
    clock: ManualClock
    actor: Actor
    token: str
    others: list["Desk"] = field(default_factory=list)

    async def send(
        self, method: str, url: str, headers: Mapping[str, Any] | None = None, body: Any = b""
    ) -> Answer:
        """Send a request of no protocol; a list as a header's value sends the header twice."""
        given: list[tuple[str, str]] = [("Authorization", f"Bearer {self.token}")]
        for name, value in (headers or {}).items():
            values = value if isinstance(value, list) else [value]
            given += [(name, each) for each in values if each is not None]
        if isinstance(body, bytes) and body and "Content-Length" not in (headers or {}):
            given.append(("Content-Length", str(len(body))))
        return await request(self.app, method, url, given, body)

    async def tus(
        self, method: str, url: str, headers: Mapping[str, Any] | None = None, body: Any = b""
    ) -> Answer:
        """Send a request of tus."""
        return await self.send(method, url, {"Tus-Resumable": "1.0.0", **(headers or {})}, body)

    async def tus_create(self, length: int | None = None, **headers: Any) -> str:
        """Begin an upload of tus and return its address."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        size = {} if length is None else {"Upload-Length": str(length)}
        told = {"Upload-Metadata": metadata(dataset="d", filename="d.csv"), **size, **given}
        answer = await self.tus("POST", UPLOADS, told)
        assert answer.status == 201, answer
        return answer.headers["location"]

    async def tus_patch(self, url: str, offset: int, body: Any, **headers: Any) -> Answer:
        """Append by tus."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        told = {"Upload-Offset": str(offset), "Content-Type": TUS_BYTES, **given}
        return await self.tus("PATCH", url, told, body)

    async def tus_head(self, url: str) -> Answer:
        """Ask tus how far an upload is."""
        return await self.tus("HEAD", url)

    async def ietf(
        self, method: str, url: str, headers: Mapping[str, Any] | None = None, body: Any = b""
    ) -> Answer:
        """Send a request of the IETF's protocol."""
        told = {"Upload-Draft-Interop-Version": "8", **(headers or {})}
        return await self.send(method, url, told, body)

    async def ietf_create(self, body: Any = b"", *, last: bool = False, **headers: Any) -> Answer:
        """Begin an upload of the IETF's protocol."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        told = {"Upload-Complete": "?1" if last else "?0", **given}
        return await self.ietf("POST", f"{UPLOADS}?dataset=d&filename=d.csv", told, body)

    async def ietf_begin(self, body: Any = b"", **headers: Any) -> str:
        """Begin an upload of the IETF's protocol that is not complete; return its address."""
        answer = await self.ietf_create(body, **headers)
        assert answer.status == 201, answer
        return answer.headers["location"]

    async def ietf_patch(
        self, url: str, offset: int, body: Any, *, last: bool = False, **headers: Any
    ) -> Answer:
        """Append by the IETF's protocol."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        told = {
            "Upload-Offset": str(offset),
            "Upload-Complete": "?1" if last else "?0",
            "Content-Type": IETF_BYTES,
        }
        return await self.ietf("PATCH", url, {**told, **given}, body)

    async def ietf_head(self, url: str) -> Answer:
        """Ask the IETF's protocol how far an upload is."""
        return await self.ietf("HEAD", url)

    async def offset(self, url: str) -> int:
        """Return how many bytes the server says it keeps."""
        return int((await self.tus_head(url)).headers["upload-offset"])

    async def versions(self, dataset: str = "d") -> Sequence[Version]:
        """Return what has arrived."""
        return await self.studio.catalog.versions(self.actor, dataset)

    async def content(self) -> bytes:
        """Return the bytes of the one version there is."""
        [version] = await self.versions()
        stream = self.studio.objects.stream(self.actor.tenant, version.sha256)
        return b"".join([chunk async for chunk in stream])

    async def allow(self, allowance: Allowance) -> None:
        """Change what the organisation may send."""
        await self.studio.identity.set_allowance(self.actor, allowance)

    async def lose_the_role(self) -> None:
        """Take the sender's role away."""
        await self._change(roles=[])

    async def close_the_account(self) -> None:
        """End what the sender may do at all."""
        await self._change(disabled=True)

    async def _change(self, **values: Any) -> None:
        user: UserId = self.actor.id
        await self.studio.database.write(
            self.actor.tenant, lambda s: s.update(accounts, accounts.c.id == user, **values)
        )

    async def add_dataset(self, name: str) -> None:
        """Add another dataset."""
        await self.studio.catalog.add_dataset(self.actor, NewDataset(name))

    async def colleague(self) -> "Desk":
        """Return another sender of the same organisation."""
        return await add_sender(self.studio, self.app, self.clock, self.actor.tenant)


async def add_sender(studio: Studio, app: Any, clock: ManualClock, tenant: TenantId) -> Desk:
    """Add an account that may send files."""
    attributes = {"clearance": 3, "department": "it", "employee": True}
    new = NewAccount(f"sender-{next(_numbers)}", ("producer",), (), attributes)
    added = await studio.identity.add_account(tenant, new, None)
    token = await studio.identity.renew_token(tenant, added.id, "test")
    return Desk(studio, app, clock, added.actor(), token)


async def open_desk(studio: Studio, app: Any, clock: ManualClock) -> Desk:
    """Add an organisation with a sender and a dataset."""
    tenant = TenantId(f"tenant-{next(_numbers)}")
    await studio.identity.add_tenant(tenant, "Tenant", OPEN_ALL_WEEK)
    desk = await add_sender(studio, app, clock, tenant)
    await desk.add_dataset("d")
    return desk


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Keep one loop for the module, because its studio is shared."""
    return "asyncio"


@pytest.fixture(scope="module")
async def house(
    tmp_path_factory: pytest.TempPathFactory, anyio_backend: str
) -> AsyncIterator[tuple[Studio, Any, ManualClock]]:
    """Lend a studio with a clock that is turned by hand; no durable work runs in it."""
    clock = ManualClock()
    folder: Path = tmp_path_factory.mktemp("house")
    settings = Settings(
        environment="test", data_dir=folder, upload_idle_seconds=20, max_open_uploads=5
    )
    async with open_studio(settings, clock) as studio:
        yield studio, build_app(studio), clock


@pytest.fixture
async def desk(house: tuple[Studio, Any, ManualClock]) -> Desk:
    """Lend a sender of a new organisation."""
    return await open_desk(*house)


@pytest.fixture
async def stranger(house: tuple[Studio, Any, ManualClock]) -> Desk:
    """Lend a sender of another organisation."""
    return await open_desk(*house)
