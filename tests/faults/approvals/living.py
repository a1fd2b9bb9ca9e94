"""
A process that works on approvals, and dies when it is told to.

It is the product itself, people included: durable work, letters, and those who
send and decide. It ends by itself when every approval has ended.
"""

import asyncio
import os
import random
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from ctypes import Array, c_char, c_int
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, event

from dcs.core import failpoints
from dcs.core.errors import DcsError
from dcs.engines.database import Session
from dcs.engines.durable import Finish
from dcs.engines.durable.rows import READY, RowQueue, job
from dcs.observability import configure_logs
from dcs.studio import Studio
from dcs.workflow import store
from dcs.workflow.notices import service as letters
from dcs.workflow.state import State
from tests.faults.approvals.offices import ACME, Place, SharedClock, actors, office
from tests.faults.approvals.stories import People, Story

PAUSE = 0.01  # seconds: another process has no event to wait for
OFTEN = 1_000  # attempts


@dataclass(frozen=True)
class Orders:
    """
    What one process is told.

    Attributes:
        point: The fail-point at which it dies; None for none.
        reached: How often a process has been there; whichever is there the *nth* time dies.
        seed: Lets it die in the middle of its work instead, somewhere.
        writing: What it tells of itself: how many transactions have written and not ended.
        workers: What it tells of itself: the names its jobs are held under.
        story: A file it sends first; None for none.
        send: How many approvals it keeps under way with new files; their numbers begin at *first*.
        expected: How many approvals there are before it may end.
        careless: It keeps effects behind the commits of their jobs, as no engine may.
    """

    place: Place
    clock: SharedClock
    reached: c_int
    writing: c_int
    workers: "Array[c_char]"
    point: str | None = None
    nth: int = 1
    seed: int | None = None
    story: Story | None = None
    send: int = 0
    first: int = 0
    expected: int = 0
    careless: bool = False


def live(orders: Orders) -> None:
    """Work until everything has ended, or death."""
    configure_logs("critical")
    asyncio.run(_live(orders))


async def _live(orders: Orders) -> None:
    async with office(orders.place, orders.clock) as studio:
        names = f"{studio.jobs._worker} {studio.post._worker}"
        orders.workers.value = names.encode()
        people = People(studio, orders.clock, await actors(studio))
        if orders.story is not None:
            await people.send(orders.story, orders.first)
        if orders.point is not None:
            failpoints.arm(orders.point, lambda: _die_in_turn(orders))
        if orders.seed is not None:
            _try_often()
            Fate(orders.seed, orders.writing).begin()
        if orders.careless:
            _be_careless(studio)
        working = asyncio.create_task(studio.work())
        await _until_everything_ended(orders, people)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


def _try_often() -> None:
    """
    Let no work be given up because its process was killed so often, which would be as promised.

    Nor a letter because the clock was moved past the lease of somebody who was sending it.
    """
    assert RowQueue.add.__kwdefaults__ is not None
    RowQueue.add.__kwdefaults__["attempts"] = OFTEN
    letters.ATTEMPTS = OFTEN


def _be_careless(studio: Studio) -> None:
    """Break the promise of durable work, for a test of the tests."""
    queue, loop, complete = studio.jobs, asyncio.get_running_loop(), studio.jobs._complete

    def completed(session: Session, taken: Any, finish: Finish) -> None:
        complete(session, taken, lambda _session: None)

        def afterwards() -> None:
            failpoints.reach("workflow.after_commit", taken.job.kind)
            asyncio.run_coroutine_threadsafe(studio.database.write(ACME, finish), loop)

        session.after_commit(afterwards)

    queue._complete = completed  # type: ignore[method-assign]


def _die_in_turn(orders: Orders) -> None:
    orders.reached.value += 1
    if orders.reached.value == orders.nth:
        failpoints.die()


async def _until_everything_ended(orders: Orders, people: People) -> None:
    number, stories = orders.first, [each for each in Story if each is not Story.LATE]
    while True:
        under_way = await people.studio.database.read(ACME, _under_way)
        for _ in range(orders.send - len(under_way)):
            turn = number // 1_000 + number  # each process begins with another one
            await people.send(stories[turn % len(stories)], number)
            number += 1
        if not under_way and not orders.send and await _all_is_done(people, orders.expected):
            return
        await asyncio.gather(*(_go_on(people, *each, len(under_way)) for each in under_way))
        await asyncio.sleep(PAUSE)


async def _go_on(
    people: People,
    filename: str,
    approval: str,
    version: str,
    state: State,
    comments: int,
    all_: int,
) -> None:
    story = Story.of(filename)
    if story is Story.LATE and all_ > 1:
        return  # the clock is everybody's: it is moved when nobody else waits
    with suppress(DcsError):  # another process was quicker
        await people.go_on(story, approval, version, state, comments)


def _under_way(session: Session) -> Sequence[tuple[str, str, str, State, int]]:
    from dcs.catalog.store import version

    query = session.select(store.approval, version.c.filename).where(
        store.approval.c.version == version.c.id, store.approval.c.outcome.is_(None)
    )
    return [
        (
            row.filename,
            row.id,
            row.version,
            State.from_json(row.state),
            len(store.comments(session, row.id)),
        )
        for row in session.all(query)
    ]


async def _all_is_done(people: People, expected: int) -> bool:
    """Say whether every letter has gone too; the clock is moved to the next that waits."""

    def left(session: Session) -> tuple[bool, datetime | None]:
        once = (job.c.state == READY, job.c.every.is_(None))
        waiting = session.select(job.c.due).where(*once).order_by(job.c.due)
        return len(session.all(session.select(store.approval.c.id))) < expected, session.scalar(
            waiting
        )

    more, moment = await people.studio.database.read(ACME, left)
    if moment is not None and moment > people.clock.now() and not more:
        people.clock.move(moment - people.clock.now())
    return moment is None and not more


@dataclass
class Fate:
    """
    Death in the middle of work: at a statement drawn by a seed, or a few milliseconds behind it.

    Transactions that have written are counted where the test can see it when the process is
    gone; one that is just being committed is not counted.
    """

    seed: int
    writing: c_int
    open: set[int] = field(default_factory=set)
    seen: int = 0

    def begin(self) -> None:
        chosen = random.Random(self.seed)
        self.last = chosen.randrange(100, 500)
        self.delay = chosen.choice([0.0, chosen.uniform(0, 0.005)])
        event.listen(Engine, "before_cursor_execute", self._statement)
        for end in ("commit", "rollback"):
            event.listen(Engine, end, self._ended)

    def _statement(self, connection: Connection, _cursor: object, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            self.open.add(id(connection))
            self.writing.value = len(self.open)
        self.seen += 1
        if self.seen == self.last:
            if self.delay:
                threading.Thread(target=self._die, daemon=True).start()
            else:
                self._die()

    def _die(self) -> None:
        time.sleep(self.delay)  # the moment is the point: nothing announces it
        os.kill(os.getpid(), signal.SIGKILL)

    def _ended(self, connection: Connection) -> None:
        self.open.discard(id(connection))
        self.writing.value = len(self.open)
