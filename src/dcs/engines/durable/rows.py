"""
Durable work on rows of the application's own database.

A worker takes a due job by writing its own name and the end of its lease into
the row; the effect is committed together with the row's completion, and only
if the row still carries that name. A worker that was too slow therefore
finds its effect refused instead of doubled.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    Row,
    Select,
    String,
    UniqueConstraint,
    bindparam,
)

from dcs.core.clock import Clock
from dcs.core.errors import ConflictError, UnavailableError
from dcs.core.failpoints import reach
from dcs.core.ids import TenantId, new_id
from dcs.engines.database import (
    PLATFORM,
    Database,
    Document,
    Id,
    Instant,
    Session,
    tenant_table,
)
from dcs.engines.durable import Finish, Job, Kind

log = structlog.get_logger()

POLL = timedelta(seconds=1)  # how late another process's job may be noticed
QUICK = 8  # quick jobs at once, beside the others
MOST_DOUBLINGS = 10  # of the pause between attempts
READY, DONE = "ready", "done"

job = tenant_table(
    "job",
    Column("id", Id, nullable=False),
    Column("kind", String(100), nullable=False),
    Column("key", String(200), nullable=False),
    Column("payload", Document, nullable=False),
    Column("state", String(10), nullable=False),
    Column("due", Instant, nullable=False),
    Column("worker", Id),
    Column("attempt", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("every", BigInteger),
    UniqueConstraint("tenant", "kind", "key"),
    Index("ix_job_state_due", "state", "due"),
    shared=True,
)


class LeaseLostError(ConflictError):
    """Another worker has taken the job over; this attempt's effect was not kept."""

    code = "lease_lost"


@dataclass(frozen=True, slots=True)
class _Taken:
    job: Job
    attempts: int
    every: timedelta | None


class RowQueue:
    """A job queue that needs nothing but the database."""

    def __init__(self, database: Database, clock: Clock, *, parallel: int = 2) -> None:
        self.kinds: dict[str, Kind] = {}
        self._database = database
        self._clock = clock
        self._worker = new_id()
        self._parallel = parallel
        self._queries: dict[tuple[str, ...], Select[Any]] = {}
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def add(
        self,
        session: Session,
        kind: str,
        key: str,
        payload: Mapping[str, Any],
        *,
        due: datetime | None = None,
        attempts: int = 3,
        every: timedelta | None = None,
    ) -> bool:
        """Add the job's row to the running transaction, unless its key is there already."""
        session.after_commit(self._notify)
        return session.insert_new(
            job,
            id=new_id(),
            kind=kind,
            key=key,
            payload=dict(payload),
            state=READY,
            due=due or self._clock.now(),
            attempt=0,
            attempts=attempts,
            every=None if every is None else every // timedelta(microseconds=1),
        )

    def move(self, session: Session, kind: str, key: str, due: datetime) -> bool:
        """Change when the job's row falls due; whoever holds its lease loses it."""
        session.after_commit(self._notify)
        same = (job.c.kind == kind, job.c.key == key)
        return bool(session.update(job, *same, state=READY, due=due, worker=None, attempt=0))

    def drop(self, session: Session, kind: str, key: str) -> bool:
        """Remove the job's row, unless it is done."""
        waiting = (job.c.kind == kind, job.c.key == key, job.c.state == READY)
        return bool(session.delete(job, *waiting))

    async def count_due(self, prefix: str) -> int:
        """Return how many jobs whose kind begins so wait for a worker now, of all tenants."""
        now = self._clock.now()

        def count(session: Session) -> int:
            waiting = (job.c.state == READY, job.c.due <= now, job.c.kind.startswith(prefix))
            return len(session.all(session.select(job.c.id).where(*waiting)))

        return await self._database.read(PLATFORM, count)

    async def run_due(self) -> int:
        """Take due jobs, a few at a time, until none is left."""
        total = 0
        while taken := await self._take(self._parallel, QUICK):
            await asyncio.gather(*(self._do(each) for each in taken))
            total += len(taken)
        return total

    async def run_forever(self) -> None:
        """Keep up to the allowed number of jobs running, and sleep until the next is due."""
        self._loop = asyncio.get_running_loop()
        running: dict[asyncio.Task[None], bool] = {}
        try:
            while True:
                self._wake.clear()
                quick = sum(running.values())
                free = self._parallel - len(running) + quick, QUICK - quick
                for each in await self._take(*free):
                    task = asyncio.create_task(self._do(each))
                    running[task] = self.kinds[each.job.kind].quick
                await self._pause(running)
                running = {task: quick for task, quick in running.items() if not task.done()}
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            try:
                await self._database.write(PLATFORM, self._give_back)
            except UnavailableError as error:  # raised here it would undo the cancelling
                log.warning("jobs_not_given_back", exc_info=error)

    async def _pause(self, running: Mapping[asyncio.Task[None], bool]) -> None:
        """Wait for a new job, a finished one, or the moment the next one falls due."""
        waker = asyncio.create_task(self._wake.wait())
        timeout = POLL.total_seconds()
        if not running:  # else the end of one of them is a moment to look again
            due = await self._database.read(PLATFORM, self._next_due)
            if due is not None:
                timeout = min(timeout, max(0.0, (due - self._clock.now()).total_seconds()))
        try:
            await asyncio.wait(
                {waker, *running}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waker.cancel()

    def _next_due(self, session: Session) -> datetime | None:
        own = (job.c.state == READY, job.c.kind.in_(self.kinds))
        due: datetime | None = session.scalar(
            session.select(job.c.due).where(*own).order_by(job.c.due)
        )
        return due

    def _notify(self) -> None:
        """Wake the worker of this process; called from a database thread after a commit.

        If it is told already, it has yet to look, and will see this commit too.
        """
        if self._loop is not None and not self._loop.is_closed() and not self._wake.is_set():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def _take(self, limit: int, quick: int = 0) -> list[_Taken]:
        """Take so many due jobs, and so many quick ones."""
        lanes = [(each, most) for each, most in ((True, quick), (False, limit)) if most > 0]

        def claim(session: Session) -> list[_Taken]:
            return [taken for lane in lanes for taken in self._claim(session, *lane)]

        return await self._database.write(PLATFORM, claim) if lanes else []

    def _claim(self, session: Session, quick: bool, limit: int) -> list[_Taken]:
        now = self._clock.now()
        kinds = [name for name, kind in self.kinds.items() if kind.quick is quick]
        if not kinds:
            return []
        taken = []
        for row in session.all(self._due(session, tuple(kinds)), now=now, most=limit):
            lease = now + self.kinds[row.kind].time_allowed(row.payload)
            held = {"worker": self._worker, "due": lease, "attempt": row.attempt + 1}
            session.change(job, {"tenant": row.tenant, "id": row.id}, **held)
            taken.append(_taken(row))
        return taken

    def _due(self, session: Session, kinds: tuple[str, ...]) -> Select[Any]:
        """Return the query for due jobs of some kinds; it is asked all the time, so it is built once."""
        if kinds not in self._queries:
            query = session.select(job, lock=True).where(
                job.c.state == READY, job.c.due <= bindparam("now"), job.c.kind.in_(kinds)
            )
            if session.is_postgresql:
                query = query.with_for_update(skip_locked=True)
            by_age = query.order_by(job.c.due, job.c.id)
            self._queries[kinds] = by_age.limit(bindparam("most", type_=Integer))
        return self._queries[kinds]

    async def _do(self, taken: _Taken) -> None:
        """Run one attempt; commit its effect, or arrange the next attempt."""
        kind = self.kinds[taken.job.kind]
        reach("workflow.before_effect", taken.job.kind)
        try:
            if taken.job.attempt > taken.attempts:  # the last attempt's process died in it
                finish = kind.exhausted(taken.job, "the process ended during the last attempt")
            else:
                async with asyncio.timeout(kind.time_allowed(taken.job.payload).total_seconds()):
                    finish = await kind.handler(taken.job)
        except Exception as error:  # noqa: BLE001  # any failure of a handler is a failed attempt
            finish = self._after_failure(taken, kind, error)
        reach("workflow.before_commit", taken.job.kind)
        await self._keep(taken, kind, finish)
        reach("workflow.after_commit", taken.job.kind)

    async def _keep(self, taken: _Taken, kind: Kind, finish: Finish) -> None:
        """Commit an effect; one that cannot be kept is a failed attempt like any other."""
        try:
            await self._commit(taken, finish)
        except LeaseLostError:
            log.warning("job_lease_lost", kind=taken.job.kind, job=taken.job.id)
        except Exception as error:
            log.error("job_effect_failed", kind=taken.job.kind, job=taken.job.id, exc_info=error)
            if taken.every is None:  # one that recurs is done again when its lease ends
                await self._try_again(taken, kind, error)

    async def _try_again(self, taken: _Taken, kind: Kind, error: Exception) -> None:
        """Arrange the next attempt; where not even that is kept, the end of the lease does."""
        try:
            await self._commit(taken, self._after_failure(taken, kind, error))
        except Exception as again:
            log.error("job_retry_failed", kind=taken.job.kind, job=taken.job.id, exc_info=again)

    async def _commit(self, taken: _Taken, finish: Finish) -> None:
        await self._database.write(
            taken.job.tenant, lambda session: self._complete(session, taken, finish)
        )

    def _after_failure(self, taken: _Taken, kind: Kind, error: Exception) -> Finish:
        reason = type(error).__name__  # never the message: it may quote a file
        log.warning(
            "job_attempt_failed",
            kind=taken.job.kind,
            job=taken.job.id,
            attempt=taken.job.attempt,
            error=reason,
            exc_info=error,
        )
        if taken.every is not None:
            return _nothing  # a recurring job simply comes round again
        if taken.job.attempt >= taken.attempts:
            return kind.exhausted(taken.job, reason)
        pause = kind.first_pause * 2 ** min(taken.job.attempt - 1, MOST_DOUBLINGS)
        again = self._clock.now() + pause

        def retry(session: Session) -> None:
            session.update(job, *_of(taken.job), state=READY, due=again, worker=None)

        return retry

    def _complete(self, session: Session, taken: _Taken, finish: Finish) -> None:
        """Mark the job and run its effect, if the lease is still this worker's."""
        held = {
            "id": taken.job.id,
            "worker": self._worker,
            "attempt": taken.job.attempt,
            "state": READY,
        }
        if not session.change(job, held, **self._next_state(taken)):
            raise LeaseLostError("Another worker has taken this job over.")
        finish(session)
        reach("workflow.within_commit", taken.job.kind)
        session.after_commit(self._notify)

    def _next_state(self, taken: _Taken) -> dict[str, Any]:
        if taken.every is None:
            return {"state": DONE, "worker": None}
        return {"due": self._clock.now() + taken.every, "worker": None, "attempt": 0}

    def _give_back(self, session: Session) -> None:
        """Let go of this worker's leases, so that the next start does not wait for them."""
        session.update(
            job,
            job.c.worker == self._worker,
            job.c.state == READY,
            worker=None,
            due=self._clock.now(),
            attempt=job.c.attempt - 1,
        )


def release_leases(session: Session) -> None:
    """Free every lease: right only where one process owns the database, at its start."""
    session.update(job, job.c.worker.is_not(None), job.c.state == READY, worker=None, due=_LONG_AGO)


_LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _nothing(_session: Session) -> None:
    """Leave the job's completion as its only effect."""


def _of(each: Job) -> tuple[Any, ...]:
    return (job.c.id == each.id,)


def _taken(row: Row[Any]) -> _Taken:
    every = None if row.every is None else timedelta(microseconds=row.every)
    current = Job(row.id, TenantId(row.tenant), row.kind, row.payload, row.attempt + 1)
    return _Taken(current, row.attempts, every)
