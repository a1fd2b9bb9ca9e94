"""A client of Server-Sent Events that talks to the application itself, frame by frame."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import Headers

Json = dict[str, Any]
PATIENCE = 20.0  # seconds


@dataclass
class Stream:
    """One request whose answer arrives piece by piece, and whose client can go away."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    frames: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    body: str = ""

    async def frame(self) -> str | None:
        """Return the next frame; None at the end."""
        async with asyncio.timeout(PATIENCE):
            return await self.frames.get()

    async def event(self) -> Json | None:
        """Return the data of the next event; None at the end."""
        while (frame := await self.frame()) is not None:
            fields = dict(line.split(": ", 1) for line in frame.splitlines())
            if "data" in fields:
                assert fields["event"] == "status"
                self.ids.append(fields["id"])
                return dict(json.loads(fields["data"]))
        return None

    async def statuses(self, last: str | None = None) -> list[str]:
        """Return the statuses of the next events: up to *last*, or all."""
        found: list[str] = []
        while (last is None or last not in found) and (event := await self.event()) is not None:
            found.append(event["status"])
        return found

    async def receive(self) -> Json:
        """Be the server's ear: a request without a body, and the client's end of it."""
        if not self.begun.is_set():
            self.begun.set()
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        """Be the server's mouth: cut what comes into frames."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = Headers(raw=message["headers"])
            return
        self.body += message.get("body", b"").decode()
        if self.status == 200:
            *whole, self.body = self.body.split("\n\n")
            for frame in whole:
                self.frames.put_nowait(frame)
        if not message.get("more_body"):
            self.frames.put_nowait(None)


@asynccontextmanager
async def opened(
    app: FastAPI, path: str, token: str, last: str | None = None
) -> AsyncIterator[Stream]:
    """Ask for *path* and lend the answer as it comes; the client goes away with the block."""
    stream = Stream()
    headers = [(b"authorization", f"Bearer {token}".encode())]
    if last is not None:
        headers.append((b"last-event-id", last.encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("studio", 80),
    }
    answering = asyncio.create_task(app(scope, stream.receive, stream.send))
    try:
        yield stream
    finally:
        stream.gone.set()
        async with asyncio.timeout(PATIENCE):
            await answering
