"""Offices on both databases, prepared for processes that work and die in them."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.databases import fresh_postgres
from tests.faults.approvals.offices import Place, actors, office, prepare
from tests.faults.approvals.playing import Stage, shared_clock
from tests.faults.approvals.recorded import Recording
from tests.faults.approvals.stories import People, Story
from tests.post import Post, post


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what the children that read a file answer, recorded from real ones."""
    folder = tmp_path_factory.mktemp("recorded")

    async def record() -> None:
        clock = shared_clock()
        async with office(Place(folder / "data", folder), clock, Recording) as studio:
            await prepare(studio)
            people = People(studio, clock, await actors(studio))
            await people.send(Story.APPROVED, 1)
            await studio.jobs.run_due()

    asyncio.run(record())
    return folder


@contextmanager
def _post() -> Iterator[Post]:
    """Run a mail server in a thread for as long as the block lasts."""
    begun, end, opened = threading.Event(), asyncio.Event(), []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with post() as office:
            opened.append(office)
            begun.set()
            await end.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    begun.wait(10)
    try:
        yield opened[0]
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def mail() -> Iterator[Post]:
    """Lend a mail server."""
    with _post() as opened:
        yield opened


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))],
)
def stage(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    recorded: Path,
    mail: Post,
) -> Iterator[Stage]:
    """Lend an office on each database: SQLite to one process at a time, PostgreSQL to two at once."""
    folder = tmp_path_factory.mktemp("office")
    if request.param == "sqlite":
        yield prepared(Stage(Place(folder, recorded, mail=mail.url())))
        return
    owner, application = (os.environ[f"STUDIO_TEST_POSTGRES_{n}"] for n in ("OWNER", "APP"))
    with fresh_postgres(owner, application) as addresses:
        place = Place(folder, recorded, addresses["application"], mail.url())
        yield prepared(Stage(place, together=2))


def prepared(stage: Stage) -> Stage:
    """Return an office with its people in it."""

    async def fill() -> None:
        async with office(stage.place, stage.clock) as studio:
            await prepare(studio)

    asyncio.run(fill())
    return stage
