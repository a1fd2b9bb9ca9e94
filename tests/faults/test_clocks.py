"""Clocks that jump: an upload ends when its time is over, neither before nor never."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dcs.auth import OPEN_ALL_WEEK, NewAccount
from dcs.catalog import NewDataset
from dcs.core.actor import Actor
from dcs.core.clock import ManualClock
from dcs.core.errors import UnavailableError
from dcs.core.ids import TenantId
from dcs.core.settings import Settings
from dcs.engines.database import Session
from dcs.engines.durable.rows import job as jobs
from dcs.ingestion import Chunks, NewUpload, UploadEndedError
from dcs.studio import Studio, open_studio

pytestmark = pytest.mark.anyio

ACME = TenantId("acme")
HOURS = 24
LIFETIME = timedelta(hours=HOURS)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
NEW = NewUpload("orders", "f.csv", length=30)


class Uploading:
    """A studio whose clock is moved, and a producer in it."""

    def __init__(self, studio: Studio, clock: ManualClock, actor: Actor) -> None:
        self.studio = studio
        self.clock = clock
        self.actor = actor

    async def begin(self) -> str:
        return (await self.studio.uploads.create(self.actor, NEW)).upload.id

    async def send(self, upload: str, offset: int, content: bytes) -> None:
        await self.studio.uploads.append(self.actor, upload, Chunks(offset, _body(content)))

    async def settle(self) -> None:
        while await self.studio.jobs.run_due():
            pass

    async def is_open(self, upload: str) -> bool:
        try:
            progress = await self.studio.uploads.show(self.actor, upload)
        except UploadEndedError:
            return False
        return not progress.complete


@asynccontextmanager
async def uploading(folder: Path) -> AsyncIterator[Uploading]:
    clock = ManualClock()
    settings = Settings(environment="test", data_dir=folder, upload_hours=HOURS)
    async with open_studio(settings, clock) as studio:
        await studio.identity.add_tenant(ACME, "Acme", OPEN_ALL_WEEK)
        attributes = {"department": "sales", "clearance": 2, "employee": True}
        new = NewAccount("producer", ("producer",), (), attributes)
        account = await studio.identity.add_account(ACME, new, "a long password")
        await studio.catalog.add_dataset(account.actor(), NewDataset("orders"))
        await studio.jobs.run_due()
        yield Uploading(studio, clock, account.actor())


async def _body(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def test_an_upload_ends_a_lifetime_after_its_last_byte_and_not_after_its_first(
    tmp_path: Path,
) -> None:
    async with uploading(tmp_path) as here:
        upload = await here.begin()
        here.clock.advance(LIFETIME - SECOND)
        await here.send(upload, 0, b"id\n")
        here.clock.advance(LIFETIME - SECOND)
        await here.settle()
        assert await here.is_open(upload)
        here.clock.advance(2 * SECOND)
        await here.settle()
        assert not await here.is_open(upload)


@pytest.mark.parametrize("later", [timedelta(milliseconds=200), SECOND, LIFETIME / 2])
async def test_an_upload_that_grew_shortly_after_its_beginning_ends_nevertheless(
    later: timedelta, tmp_path: Path
) -> None:
    async with uploading(tmp_path) as here:
        upload = await here.begin()
        here.clock.advance(later)
        await here.send(upload, 0, b"id\n")
        here.clock.advance(LIFETIME - later)
        await here.settle()  # too early by what it grew later
        here.clock.advance(later)
        await here.settle()
        assert not await here.is_open(upload)


async def test_a_clock_set_back_while_its_end_was_looked_at_lets_an_upload_end_later(
    tmp_path: Path,
) -> None:
    async with uploading(tmp_path) as here:
        upload = await here.begin()
        here.clock.advance(LIFETIME + SECOND)
        [taken] = [
            each
            for each in await here.studio.jobs._take(10)  # between taking and doing
            if each.job.kind == "upload.expire"
        ]
        here.clock.advance(-DAY)
        await here.studio.jobs._do(taken)
        assert await here.is_open(upload)
        here.clock.advance(DAY)
        await here.settle()
        assert not await here.is_open(upload)


async def test_a_clock_set_back_never_brings_the_end_of_an_upload_nearer(tmp_path: Path) -> None:
    async with uploading(tmp_path) as here:
        upload = await here.begin()
        before = (await here.studio.uploads.show(here.actor, upload)).upload.expires_at
        here.clock.advance(SECOND - DAY)
        await here.send(upload, 0, b"id\n")
        after = (await here.studio.uploads.show(here.actor, upload)).upload.expires_at
        assert after >= before


async def test_a_clock_set_forwards_does_not_end_an_upload_that_is_being_received(
    tmp_path: Path,
) -> None:
    async with uploading(tmp_path) as here:
        upload = await here.begin()
        more, came = asyncio.Event(), asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield b"id,amount\n"
            came.set()
            await more.wait()
            yield b"1,2\n"

        sending = asyncio.create_task(
            here.studio.uploads.append(here.actor, upload, Chunks(0, body()))
        )
        await came.wait()
        here.clock.advance(2 * LIFETIME)
        await here.settle()
        more.set()
        assert (await sending).offset == 14
        here.clock.advance(LIFETIME - SECOND)
        await here.settle()
        assert await here.is_open(upload)


async def test_bytes_that_came_before_a_connection_broke_let_an_upload_live_on(
    tmp_path: Path,
) -> None:
    async with uploading(tmp_path) as here:
        upload = await here.begin()
        here.clock.advance(LIFETIME - SECOND)

        async def broken() -> AsyncIterator[bytes]:
            yield b"id\n"
            raise UnavailableError("The sender has gone.")

        with pytest.raises(UnavailableError):
            await here.studio.uploads.append(here.actor, upload, Chunks(0, broken()))
        here.clock.advance(LIFETIME - SECOND)
        await here.settle()
        assert (await here.studio.uploads.show(here.actor, upload)).offset == 3


async def test_ids_and_deadlines_stay_in_order_when_the_clock_is_set_back(tmp_path: Path) -> None:
    async with uploading(tmp_path) as here:
        first = await here.begin()
        here.clock.advance(-DAY)
        second = await here.begin()
        here.clock.advance(2 * DAY)
        third = await here.begin()
        assert first < second < third

        def due(session: Session) -> list[datetime]:
            query = session.select(jobs).where(jobs.c.kind == "upload.expire")
            found = {row.payload["upload"]: row.due for row in session.all(query)}
            return [found[each] for each in (second, first, third)]

        deadlines = await here.studio.database.read(here.actor.tenant, due)
        assert deadlines == sorted(deadlines)


async def test_what_a_process_left_of_a_finished_upload_goes_when_its_time_is_over(
    tmp_path: Path,
) -> None:
    async with uploading(tmp_path) as here:
        upload = await here.begin()
        await here.send(upload, 0, b"id,amount\n" + b"1,2\n" * 5)
        left = tmp_path / "uploads" / here.actor.tenant / upload
        assert not left.exists()
        left.write_bytes(b"left")  # as if it had died between its commit and this file's removal
        here.clock.advance(LIFETIME + SECOND)
        await here.settle()
        assert not left.exists()
