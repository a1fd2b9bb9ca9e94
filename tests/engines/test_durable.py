"""The contract of durable work: once in effect, tried again, given up, and handed over."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from dcs.catalog.store import add_blob, blobs
from dcs.core.clock import ManualClock
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session
from dcs.engines.durable import Finish, Job, Kind
from dcs.engines.durable.rows import RowQueue

pytestmark = pytest.mark.anyio

ACME = TenantId("acme")


class Worker:
    """A queue with one kind of job that leaves a row behind, and fails as often as told."""

    def __init__(self, database: Database, clock: ManualClock, failures: int = 0) -> None:
        self.queue = RowQueue(database, clock)
        self.clock = clock
        self.failures = failures
        self.attempts: list[int] = []
        self.queue.kinds["mark"] = Kind(self.mark, self.give_up, lease=timedelta(minutes=1))

    async def mark(self, job: Job) -> Finish:
        self.attempts.append(job.attempt)
        if len(self.attempts) <= self.failures:
            raise ValueError("not yet")
        name = f"{job.payload['name']}:{len(self.attempts)}"
        return lambda session: _row(session, name, self.clock)

    def give_up(self, job: Job, reason: str) -> Finish:
        return lambda session: _row(session, f"gave up: {reason}", self.clock)


def _row(session: Session, name: str, clock: ManualClock) -> None:
    add_blob(session, name, 1, clock.now())


async def add(database: Database, worker: Worker, **options: object) -> None:
    await database.write(
        ACME, lambda s: worker.queue.add(s, "mark", "key", {"name": "x"}, **options)
    )


async def test_a_job_is_done_once(database: Database, clock: ManualClock) -> None:
    worker = Worker(database, clock)
    await add(database, worker)
    assert await worker.queue.run_due() == 1
    assert await worker.queue.run_due() == 0
    assert await database.read(ACME, blobs) == {"x:1"}


async def test_the_same_key_is_the_same_job(database: Database, clock: ManualClock) -> None:
    worker = Worker(database, clock)
    for expected in (True, False):
        new = await database.write(
            ACME, lambda s: worker.queue.add(s, "mark", "key", {"name": "x"})
        )
        assert new is expected
    assert await worker.queue.run_due() == 1


async def test_a_job_of_a_change_that_failed_does_not_exist(
    database: Database, clock: ManualClock
) -> None:
    worker = Worker(database, clock)

    def fail(session: Session) -> None:
        worker.queue.add(session, "mark", "key", {"name": "x"})
        raise ValueError

    with pytest.raises(ValueError):
        await database.write(ACME, fail)
    assert await worker.queue.run_due() == 0


async def test_a_failed_attempt_is_tried_again_after_a_growing_pause(
    database: Database, clock: ManualClock
) -> None:
    worker = Worker(database, clock, failures=2)
    await add(database, worker)
    pauses = []
    while await database.read(ACME, blobs) == set():
        pauses.append(0)
        while not await worker.queue.run_due():
            clock.advance(timedelta(seconds=0.5))
            pauses[-1] += 1
    assert pauses == [0, 2, 4]
    assert worker.attempts == [1, 2, 3]


async def test_after_the_last_attempt_it_is_given_up_once(
    database: Database, clock: ManualClock
) -> None:
    worker = Worker(database, clock, failures=99)
    await add(database, worker, attempts=2)
    await worker.queue.run_due()
    clock.advance(timedelta(seconds=2))
    await worker.queue.run_due()
    clock.advance(timedelta(days=1))
    assert await worker.queue.run_due() == 0
    assert await database.read(ACME, blobs) == {"gave up: ValueError"}


class Poisoned(Worker):
    """A worker whose effects leave a row behind and then fail, as often as told."""

    async def mark(self, job: Job) -> Finish:
        self.attempts.append(job.attempt)
        number = len(self.attempts)

        def effect(session: Session) -> None:
            _row(session, f"{job.payload['name']}:{number}", self.clock)
            if number <= self.failures:
                raise ValueError("not kept")

        return effect


async def test_an_effect_that_cannot_be_kept_is_tried_again_after_a_pause_and_not_a_lease(
    database: Database, clock: ManualClock
) -> None:
    worker = Poisoned(database, clock, failures=1)
    await add(database, worker)
    assert await worker.queue.run_due() == 1
    assert await database.read(ACME, blobs) == set()
    assert await worker.queue.run_due() == 0
    clock.advance(timedelta(seconds=1))
    assert await worker.queue.run_due() == 1
    assert await database.read(ACME, blobs) == {"x:2"}


async def test_an_effect_that_can_never_be_kept_is_given_up_once(
    database: Database, clock: ManualClock
) -> None:
    worker = Poisoned(database, clock, failures=9)
    await add(database, worker)
    for _ in range(6):
        await worker.queue.run_due()
        clock.advance(timedelta(seconds=10))
    assert worker.attempts == [1, 2, 3]
    assert await database.read(ACME, blobs) == {"gave up: ValueError"}


async def test_a_job_waits_for_its_time(database: Database, clock: ManualClock) -> None:
    worker = Worker(database, clock)
    await add(database, worker, due=clock.now() + timedelta(hours=24))
    assert await worker.queue.run_due() == 0
    clock.advance(timedelta(hours=24))
    assert await worker.queue.run_due() == 1


async def test_a_recurring_job_comes_round(database: Database, clock: ManualClock) -> None:
    worker = Worker(database, clock)
    await add(database, worker, every=timedelta(hours=1))
    for _ in range(3):
        assert await worker.queue.run_due() == 1
        assert await worker.queue.run_due() == 0
        clock.advance(timedelta(hours=1))
    assert len(await database.read(ACME, blobs)) == 3


async def test_an_overtaken_worker_finds_its_effect_refused(
    database: Database, clock: ManualClock
) -> None:
    slow, quick = Worker(database, clock), Worker(database, clock)
    started, go_on = asyncio.Event(), asyncio.Event()

    async def sleepy(job: Job) -> Finish:
        started.set()
        await go_on.wait()
        return lambda session: _row(session, "from the slow one", clock)

    slow.queue.kinds["mark"] = Kind(sleepy, slow.give_up, lease=timedelta(minutes=1))
    await add(database, slow)
    running = asyncio.create_task(slow.queue.run_due())
    await started.wait()
    assert await quick.queue.run_due() == 0
    clock.advance(timedelta(minutes=2))
    assert await quick.queue.run_due() == 1
    go_on.set()
    await running
    assert await database.read(ACME, blobs) == {"x:1"}


async def test_two_workers_never_take_the_same_job(database: Database, clock: ManualClock) -> None:
    workers = [Worker(database, clock) for _ in range(3)]
    for number in range(30):
        await database.write(
            ACME, lambda s, n=number: workers[0].queue.add(s, "mark", f"{n}", {"name": f"{n}"})
        )
    taken = await asyncio.gather(*(worker.queue.run_due() for worker in workers))
    assert sum(taken) == 30
    assert len(await database.read(ACME, blobs)) == 30


async def test_a_running_worker_wakes_for_a_new_job_and_gives_back_when_stopped(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dcs.engines.durable.rows.POLL", timedelta(hours=1))
    worker = Worker(database, clock)
    started = asyncio.Event()

    async def never(job: Job) -> Finish:
        started.set()
        await asyncio.Event().wait()
        raise AssertionError

    worker.queue.kinds["mark"] = Kind(never, worker.give_up)
    running = asyncio.create_task(worker.queue.run_forever())
    await asyncio.sleep(0.1)  # it has looked once and waits now
    await add(database, worker)
    async with asyncio.timeout(10):
        await started.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    heir = Worker(database, clock)
    assert await heir.queue.run_due() == 1
    assert heir.attempts == [1]


async def test_a_worker_sleeps_while_only_work_of_other_kinds_is_due(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dcs.engines.durable.rows.POLL", timedelta(hours=1))
    worker, other = Worker(database, clock), RowQueue(database, clock)
    await database.write(ACME, lambda s: other.add(s, "of others", "key", {}))
    looked = 0
    take = worker.queue._take

    async def counted(*limits: int) -> object:
        nonlocal looked
        looked += 1
        return await take(*limits)

    monkeypatch.setattr(worker.queue, "_take", counted)
    running = asyncio.create_task(worker.queue.run_forever())
    await asyncio.sleep(0.2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert looked == 1


async def test_a_job_that_was_moved_is_done_at_its_new_time_and_again_if_it_was_done(
    database: Database, clock: ManualClock
) -> None:
    worker = Worker(database, clock)
    await add(database, worker, due=clock.now() + timedelta(hours=9))
    assert await move(database, worker, timedelta(hours=1))
    clock.advance(timedelta(hours=1))
    assert await worker.queue.run_due() == 1
    assert await move(database, worker, timedelta())
    assert await worker.queue.run_due() == 1
    assert len(worker.attempts) == 2


async def test_a_job_that_nobody_added_is_not_moved(database: Database, clock: ManualClock) -> None:
    worker = Worker(database, clock)
    assert not await move(database, worker, timedelta())
    assert await worker.queue.run_due() == 0


async def test_a_job_may_move_itself_in_its_own_effect(
    database: Database, clock: ManualClock
) -> None:
    worker = Worker(database, clock)

    async def once_more(job: Job) -> Finish:
        later = clock.now() + timedelta(hours=1)
        worker.attempts.append(job.attempt)
        return lambda session: _ignore(worker.queue.move(session, "mark", "key", later))

    worker.queue.kinds["mark"] = Kind(once_more, worker.give_up)
    await add(database, worker)
    for _ in range(3):
        assert await worker.queue.run_due() == 1
        assert await worker.queue.run_due() == 0
        clock.advance(timedelta(hours=1))
    assert worker.attempts == [1, 1, 1]


@pytest.mark.parametrize("change", ["move", "drop"])
async def test_an_attempt_whose_job_was_moved_or_taken_back_has_no_effect(
    database: Database, clock: ManualClock, change: str
) -> None:
    worker, started, go = Worker(database, clock), asyncio.Event(), asyncio.Event()

    async def slow(job: Job) -> Finish:
        started.set()
        await go.wait()
        return await worker.mark(job)

    worker.queue.kinds["mark"] = Kind(slow, worker.give_up)
    await add(database, worker)
    running = asyncio.create_task(worker.queue.run_due())
    await started.wait()
    if change == "move":
        assert await move(database, worker, timedelta(hours=1))
    else:
        assert await database.write(ACME, lambda s: worker.queue.drop(s, "mark", "key"))
    go.set()
    await running
    assert await database.read(ACME, blobs) == set()


async def test_a_job_that_is_done_is_not_taken_back(database: Database, clock: ManualClock) -> None:
    worker = Worker(database, clock)
    await add(database, worker)
    await worker.queue.run_due()
    assert not await database.write(ACME, lambda s: worker.queue.drop(s, "mark", "key"))
    await add(database, worker)  # the same key is still the same job
    assert await worker.queue.run_due() == 0


async def test_how_long_an_attempt_may_take_can_depend_on_the_job(
    database: Database, clock: ManualClock
) -> None:
    slow, quick = Worker(database, clock), Worker(database, clock)
    started = asyncio.Event()

    async def never(job: Job) -> Finish:
        started.set()
        await asyncio.Event().wait()
        raise AssertionError

    def lease(payload: Mapping[str, Any]) -> timedelta:
        return timedelta(hours=3 * len(payload["name"]))

    slow.queue.kinds["mark"] = Kind(never, slow.give_up, lease=lease)
    await add(database, slow)
    running = asyncio.create_task(slow.queue.run_due())
    await started.wait()
    clock.advance(timedelta(hours=2, minutes=59))
    assert await quick.queue.run_due() == 0
    clock.advance(timedelta(minutes=1))
    assert await quick.queue.run_due() == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_quick_job_does_not_wait_behind_long_ones(
    database: Database, clock: ManualClock
) -> None:
    worker, done = Worker(database, clock), asyncio.Event()

    async def never(job: Job) -> Finish:
        await asyncio.Event().wait()
        raise AssertionError

    async def at_once(job: Job) -> Finish:
        return lambda session: session.after_commit(lambda: loop.call_soon_threadsafe(done.set))

    loop = asyncio.get_running_loop()
    worker.queue.kinds["long"] = Kind(never, worker.give_up)
    worker.queue.kinds["short"] = Kind(at_once, worker.give_up, quick=True)

    def add_all(session: Session) -> None:
        for number in range(9):
            worker.queue.add(session, "long", f"{number}", {})
        worker.queue.add(session, "short", "last", {})

    await database.write(ACME, add_all)
    running = asyncio.create_task(worker.queue.run_forever())
    async with asyncio.timeout(20):
        await done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def move(database: Database, worker: Worker, after: timedelta) -> bool:
    due = worker.clock.now() + after
    return await database.write(ACME, lambda s: worker.queue.move(s, "mark", "key", due))


def _ignore(_result: object) -> None:
    """An effect returns nothing."""
