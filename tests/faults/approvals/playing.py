"""Start processes in an office, let them die, look at what they left, and let others go on."""

import multiprocessing
from collections.abc import Sequence
from ctypes import c_char, c_int, c_longlong
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from signal import SIGKILL

from dcs.engines.database import Session
from dcs.engines.durable.rows import READY, job
from dcs.workflow import store
from tests.faults.approvals.agreement import everything_agrees
from tests.faults.approvals.living import Orders, live
from tests.faults.approvals.offices import LEASE, Place, SharedClock
from tests.faults.approvals.stories import Story

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.approvals.living"])
PATIENCE = 120.0  # seconds for one process


def shared_clock() -> SharedClock:
    """Return the machine's clock, to be moved for every process at once."""
    return SharedClock(PROCESSES.RawValue(c_longlong, 0))


@dataclass(frozen=True)
class Worker:
    """A process that works, and what it tells of itself."""

    process: ForkServerProcess
    orders: Orders

    def died(self) -> bool:
        """Say whether it was killed, once it is gone; anything else but a quiet end is an error."""
        self.process.join(PATIENCE)
        assert self.process.exitcode in {0, -SIGKILL}, self.process.exitcode
        return self.process.exitcode != 0

    def was_working(self, session: Session) -> bool:
        """Say whether it held a job, or had written and not committed, when it was killed."""
        names = self.orders.workers.value.decode().split()
        held = session.select(job.c.id).where(job.c.worker.in_(names), job.c.state == READY)
        return bool(self.orders.writing.value) or session.first(held) is not None


@dataclass
class Stage:
    """
    An office and the processes in it.

    Attributes:
        together: How many work at the same time.
        kills: How many were killed, and how many of them in the middle of work.
    """

    place: Place
    clock: SharedClock = field(default_factory=shared_clock)
    together: int = 1
    kills: int = 0
    effective: int = 0
    sent: int = 0

    def play(self, story: Story, point: str, nth: int = 1, *, careless: bool = False) -> None:
        """Let a story be worked on, one process die at a point, and whoever is left end it."""
        reached = PROCESSES.RawValue(c_int, 0)
        expected = self.count() + 1
        self.sent += 1
        workers = [
            self.start(
                point=point,
                nth=nth,
                reached=reached,
                story=None if number else story,
                first=self.sent,
                expected=expected,
                careless=careless,
            )
            for number in range(self.together)
        ]
        before = self.kills
        while workers:
            workers = self.bury(workers)
            if not workers and self.kills > before and not self._ended(expected):
                workers = [self.start(expected=expected)]
        assert self.kills > before, f"{point} was never reached"

    def storm(self, kills: int, seed: int, under_way: int = 6) -> None:
        """Kill processes in the middle of work again and again, then let two end everything."""
        drawn, workers = seed, []
        while self.effective < kills:
            while len(workers) < self.together:
                drawn += 1
                self.sent += 1_000
                workers.append(self.start(seed=drawn, send=under_way, first=self.sent))
            workers = self.bury(workers)
        for each in workers:
            each.process.kill()
            each.process.join()
        self.clock.move(LEASE + timedelta(seconds=1))
        workers = [self.start(expected=self.count()) for _ in range(self.together)]
        while workers:
            workers = self.bury(workers)

    def bury(self, workers: Sequence[Worker]) -> list[Worker]:
        """Wait until a process ends, look at what it left, and return the others."""
        try:
            return self._bury(workers)
        except BaseException:
            for each in workers:  # else they would go on for as long as the tests do
                each.process.kill()
                each.process.join()
            raise

    def _bury(self, workers: Sequence[Worker]) -> list[Worker]:
        gone = wait([each.process.sentinel for each in workers], PATIENCE)
        assert gone, "no process came to an end"
        for each in workers:
            if each.process.sentinel in gone and each.died():
                self.kills += 1
                self.effective += self.place.look(each.was_working)
                self.place.look(everything_agrees)
                self.clock.move(LEASE + timedelta(seconds=1))
        return [each for each in workers if each.process.sentinel not in gone]

    def start(self, *, reached: c_int | None = None, **orders: object) -> Worker:
        """Start a process."""
        told = Orders(
            self.place,
            self.clock,
            reached if reached is not None else PROCESSES.RawValue(c_int, 0),
            PROCESSES.RawValue(c_int, 0),
            PROCESSES.RawArray(c_char, 200),
            **orders,  # type: ignore[arg-type]
        )
        process = PROCESSES.Process(target=live, args=(told,), daemon=True)
        process.start()
        return Worker(process, told)

    def count(self) -> int:
        """Return how many approvals there are."""
        return len(self.place.look(lambda s: s.all(s.select(store.approval.c.id))))

    def _ended(self, expected: int) -> bool:
        def left(session: Session) -> bool:
            unfinished = session.select(store.approval.c.id).where(
                store.approval.c.outcome.is_(None)
            )
            once = (job.c.state == READY, job.c.every.is_(None))
            waiting = session.select(job.c.id).where(*once)
            return session.first(unfinished) is None and session.first(waiting) is None

        return self.count() == expected and self.place.look(left)
