"""
The journey of a version as Server-Sent Events: all that happened, then what happens.

An event's id is its place in the outbox, which never changes. A client that
comes back with ``Last-Event-ID`` gets what it missed, once, also after a
restart and from another process.
"""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

import structlog
from fastapi import FastAPI, Header, Request, Response
from starlette.types import Receive, Scope, Send

from dcs.api.access import TheActor, TheStudio, current_actor
from dcs.catalog import Status, Version, as_it_was
from dcs.core.errors import DcsError, InvalidError, UnavailableError
from dcs.engines.events import START, Place
from dcs.studio import Studio

log = structlog.get_logger()

MEDIA_TYPE = "text/event-stream"
HEARTBEAT = 15.0  # seconds; also how often it is asked again whether the client may know
LONGEST = 600.0  # seconds of one answer; the client comes back by itself
COME_BACK = 2_000  # milliseconds a client waits before it does
MOST, MOST_OF_ONE = 200, 20  # streams of a process, and of one account
RETRY_AFTER = 5.0
DESCRIBED: dict[int | str, dict[str, Any]] = {
    200: {"description": "Server-Sent Events.", "content": {MEDIA_TYPE: {}}},
    204: {"description": "The journey has ended and nothing is new: do not come back."},
}
_PLACE = re.compile(r"(\d{1,18})-(\d{1,18})", re.ASCII)

Admit = Callable[[], Awaitable[Version]]
LastEventId = Annotated[
    str | None, Header(alias="Last-Event-ID", max_length=100, description="The last id seen.")
]


class TooManyStreamsError(UnavailableError):
    """So many streams of events are open that no further one is begun."""

    code = "too_many_streams"


class UnknownEventError(InvalidError):
    """The last event's id was not given by this API."""

    code = "unknown_event"


@dataclass(slots=True)
class Streams:
    """The streams one application has open: bounded, and ended together when it stops."""

    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _open: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def opened(self, account: str) -> Iterator[None]:
        """
        Count a stream for as long as the block lasts.

        Raises:
            TooManyStreamsError: There are enough of them, or enough of this account.
        """
        if self._open.total() >= MOST or self._open[account] >= MOST_OF_ONE:
            raise TooManyStreamsError(
                "Too many streams of events are open. Ask again a little later.",
                retry_after=RETRY_AFTER,
            )
        self._open[account] += 1
        try:
            yield
        finally:
            self._open[account] -= 1
            if not self._open[account]:
                del self._open[account]

    @property
    def running(self) -> int:
        """How many streams are open."""
        return self._open.total()

    def stop(self) -> None:
        """End every stream; its client comes back to whoever serves then."""
        self.stopped.set()


def streams_of(app: FastAPI) -> Streams:
    """Return the streams of an application, which it has from the first question for them."""
    if not hasattr(app.state, "streams"):
        app.state.streams = Streams()
    streams: Streams = app.state.streams
    return streams


async def numbered_events(
    studio: TheStudio,
    actor: TheActor,
    request: Request,
    dataset: str,
    number: int,
    last_event_id: LastEventId = None,
) -> Response:
    """Follow a version by its number: Server-Sent Events, those of before first."""
    version = await studio.catalog.numbered(actor, dataset, number)
    return await _answer(studio, request, actor.id, version, last_event_id)


async def version_events(
    studio: TheStudio,
    actor: TheActor,
    request: Request,
    version: str,
    last_event_id: LastEventId = None,
) -> Response:
    """Follow a version by its id: Server-Sent Events, those of before first."""
    found = await studio.catalog.version(actor, version)
    return await _answer(studio, request, actor.id, found, last_event_id)


async def _answer(
    studio: Studio, request: Request, account: str, version: Version, last: str | None
) -> Response:
    """Begin a stream, or answer 204 to a client that has heard everything: it stops then."""
    after = _place(last)
    if version.status.has_ended and after != START:
        left = await studio.events.history(version.tenant, version.id, after, 1)
        if not left.events and not left.more:
            return Response(status_code=204, headers={"Cache-Control": "no-store"})

    async def admit() -> Version:
        return await studio.catalog.version(await current_actor(request), version.id)

    return EventStream(_follow(studio, version, after, admit), streams_of(request.app), account)


async def _follow(
    studio: Studio, version: Version, after: Place, admit: Admit
) -> AsyncIterator[bytes]:
    """
    Yield the events behind a place, then those to come, until the journey has ended.

    Whether the client may know of the version is asked again before anything
    is told, and at every heartbeat.
    """
    yield b"retry: %d\n\n" % COME_BACK
    asked = began = time.monotonic()
    ended = version.status.has_ended
    async with studio.catalog.changes.watch(version.id) as changed:
        while time.monotonic() < began + LONGEST:
            news = await studio.events.history(version.tenant, version.id, after)
            quiet = time.monotonic() >= asked + HEARTBEAT
            if news.events or quiet:
                version, asked = await admit(), time.monotonic()
            for after, event in news.events:
                told = as_it_was(version, event)
                if told is not None:
                    ended = ended or Status(told["status"]).has_ended
                    yield _frame(after, told)
            if ended and not news.more:
                return
            if quiet:
                yield b": still here\n\n"
            if not news.more or not news.events:
                await changed(max(asked + HEARTBEAT - time.monotonic(), 0))


class EventStream(Response):
    """An answer that ends when its events do, its client goes away or the server stops."""

    media_type = MEDIA_TYPE

    def __init__(self, frames: AsyncIterator[bytes], streams: Streams, account: str) -> None:
        self._frames = frames
        self._streams = streams
        self._account = account
        self.status_code = 200
        self.background = None
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the frames; whatever ends first ends the others."""
        del scope
        with self._streams.opened(self._account):
            start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
            await send(start)
            telling = asyncio.create_task(self._tell(send))
            gone = asyncio.create_task(_until_gone(receive))
            stopped = asyncio.create_task(self._streams.stopped.wait())
            tasks = (telling, gone, stopped)
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
            if not gone.cancelled():
                return
            if not telling.cancelled():
                telling.result()  # raises what went wrong
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, send: Send) -> None:
        try:
            async with aclosing(self._frames) as frames:  # type: ignore[type-var]
                async for frame in frames:
                    await send({"type": "http.response.body", "body": frame, "more_body": True})
        except DcsError as error:  # the client hears the reason when it comes back
            log.info("stream_ended", code=error.code)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _frame(place: Place, told: object) -> bytes:
    data = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    return f"id: {place.xid}-{place.seq}\nevent: status\ndata: {data}\n\n".encode()


def _place(last: str | None) -> Place:
    """Read the id of the last event a client has seen; none, or an empty one, is the beginning."""
    if not last:
        return START
    found = _PLACE.fullmatch(last)
    if found is None:
        raise UnknownEventError("Last-Event-ID was not given here. Begin again without one.")
    return Place(int(found[1]), int(found[2]))
