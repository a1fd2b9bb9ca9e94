"""
Deployable processes: which routes a process serves and which work it takes.

`serving` is the role ``all``: the API, the studio and the durable work in one
process. `working` takes durable work only, beside any number of others.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from dcs.api import create_api, current_actor, public, streams_of
from dcs.core.errors import UnavailableError
from dcs.studio import Studio
from dcs.web import add_pages, anybody, signed_in

STOP_SECONDS = 10.0
HEADER_SECONDS = 30.0
READ_BUFFER = 2 * 1024 * 1024
"""Bytes one connection may read ahead. Large reads make few chunks, and every chunk is handed
through three threads: with the short queue of `Pipe`, a third less processor time than 400 KiB."""


class PortInUseError(UnavailableError):
    """Another program listens on the port."""

    code = "port_in_use"


def build_app(studio: Studio) -> FastAPI:
    """
    Return the application of the role ``all``: the API and the pages.

    Raises:
        RuntimeError: A route does not declare who may call it.
    """
    app = create_api(studio)
    add_pages(app, studio)
    refuse_undeclared(app)
    return app


def refuse_undeclared(app: FastAPI) -> None:
    """Raise at start-up if a route does not say who may call it."""
    declarations = {current_actor, public, signed_in, anybody}
    for route in app.routes:
        if isinstance(route, APIRoute) and not declarations & set(_calls(route.dependant)):
            raise RuntimeError(f"{route.path} does not declare who may call it")


def _calls(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


@asynccontextmanager
async def serving(
    studio: Studio,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    socket: Path | None = None,
    header_seconds: float = HEADER_SECONDS,
    ready: Callable[[], Awaitable[None]] | None = None,
) -> AsyncIterator["asyncio.Task[None]"]:
    """
    Serve *studio* and do its durable work for as long as the block lasts.

    Args:
        host: Address to listen on.
        port: Port to listen on.
        socket: A Unix socket to listen on instead.
        header_seconds: How long a client may take to send the headers of a request.
        ready: Awaited once requests are answered.

    Yields:
        The server's task; it ends by itself only if the server fails.
    """
    app = build_app(studio)
    server = Server(
        app,
        address=host,
        port=port,
        uds=socket,
        interface=Interfaces.ASGINL,
        websockets=False,
        log_enabled=False,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(header_seconds * 1000), max_buffer_size=READ_BUFFER
        ),
    )
    serve = asyncio.create_task(server.serve())
    work = asyncio.create_task(studio.work())
    try:
        await _answering(serve, host, port, socket)
        if ready is not None:
            await ready()
        yield serve
    finally:
        streams_of(app).stop()  # they would outlast the server's patience
        server.stop()  # type: ignore[no-untyped-call]  # the package leaves it untyped
        work.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(serve, work, return_exceptions=True)


@asynccontextmanager
async def working(studio: Studio) -> AsyncIterator["asyncio.Task[None]"]:
    """
    Do durable work, and nothing else, for as long as the block lasts.

    Yields:
        The work's task; it does not end by itself.
    """
    work = asyncio.create_task(studio.work())
    try:
        yield work
    finally:
        work.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(work, return_exceptions=True)


@contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """
    Lend an event that SIGINT and SIGTERM set.

    Enter it before anything is opened: whoever sees a server answer may already
    tell it to stop.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    try:
        yield told
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def until_stopped(server: "asyncio.Task[None]", told: asyncio.Event) -> None:
    """Return when the process is told to stop, or when the server or the work ends by itself."""
    telling = asyncio.create_task(told.wait())
    try:
        await asyncio.wait({telling, server}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        telling.cancel()


async def _answering(
    serve: "asyncio.Task[None]", host: str, port: int, socket: Path | None
) -> None:
    """Wait until the server accepts a connection; raise if it ended instead."""
    for _ in range(500):
        if serve.done():
            break
        try:
            if socket is not None:
                _, writer = await asyncio.open_unix_connection(socket)
            else:
                _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.01)  # the server has no event for "listening"
            continue
        writer.close()
        return
    raise PortInUseError(f"The server could not listen on {socket or f'{host}:{port}'}.")
