"""
The outbox table as the event bus.

On PostgreSQL a sequence number alone loses events: a transaction that took a
lower number may commit after a higher one was read, and a reader that asks
for "greater than the last" lost a third of them in measurement. Rows are
therefore read in the order of (transaction id, sequence), and only those of
transactions older than every one still running. SQLite has one writer, so
its rows carry transaction 0 and the sequence is the order.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import takewhile
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnClause,
    ColumnElement,
    FetchedValue,
    Index,
    Integer,
    Row,
    String,
    Table,
    literal_column,
    true,
    tuple_,
)

from dcs.core.events import Event
from dcs.core.ids import TenantId
from dcs.engines.database import (
    PLATFORM,
    Database,
    Document,
    Id,
    Instant,
    Session,
    metadata,
    tenant_table,
)
from dcs.engines.events import Handler, History, Place

outbox = Table(
    "outbox",
    metadata,
    Column(
        "seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    Column("xid", BigInteger, nullable=False, server_default=FetchedValue()),
    Column("tenant", Id, nullable=False),
    Column("id", Id, nullable=False, unique=True),
    Column("type", String(100), nullable=False),
    Column("subject", Id, nullable=False),
    Column("time", Instant, nullable=False),
    Column("data", Document, nullable=False),
    Index("ix_outbox_subject", "tenant", "subject", "xid", "seq"),
    info={"shared": True},
)

consumer_place = tenant_table(
    "consumer_place",
    Column("consumer", String(100), nullable=False),
    Column("xid", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    key=("consumer",),
    shared=True,
)

_OLDEST_RUNNING: ColumnClause[int] = literal_column(
    "(pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"
)


ELSEWHERE = 1.0  # seconds after which another process's news is noticed
PAGE = 100  # events handled together


class OutboxBus:
    """An event bus that needs nothing but the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def publish(self, session: Session, event: Event) -> None:
        """Add the event's row to the running transaction."""
        session.insert(
            outbox,
            id=event.id,
            type=event.type,
            subject=event.subject,
            time=event.time,
            data=dict(event.data),
        )
        session.after_commit(self._notify)

    async def follow(self, consumer: str, handler: Handler) -> None:
        """Deliver when this process publishes, and look for other processes' news now and then."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._news.clear()
            while await self.deliver(consumer, handler, PAGE) == PAGE:
                pass
            with suppress(TimeoutError):
                async with asyncio.timeout(ELSEWHERE):
                    await self._news.wait()

    def _notify(self) -> None:
        """Wake the followers; called from a database thread after a commit.

        If they are told already, they have yet to look, and will see this commit too.
        """
        if self._loop is not None and not self._loop.is_closed() and not self._news.is_set():
            self._loop.call_soon_threadsafe(self._news.set)

    async def deliver(self, consumer: str, handler: Handler, limit: int = 100) -> int:
        """Read after the consumer's place, handle one by one, then move the place."""
        place, rows = await self._database.read(
            PLATFORM, lambda session: _after(session, _place(session, consumer), limit)
        )
        reached = place
        try:
            for row in rows:
                await handler(_event(row))
                reached = (row.xid, row.seq)
        finally:
            if reached != place:
                await self._database.write(
                    PLATFORM, lambda session: _move(session, consumer, reached)
                )
        return len(rows)

    async def history(
        self, tenant: TenantId, subject: str, after: Place, limit: int = 100
    ) -> History:
        """Read inside the tenant what happened to one of its things."""
        return await self._database.read(
            tenant, lambda session: _history(session, subject, after, limit)
        )


def _history(session: Session, subject: str, after: Place, limit: int) -> History:
    settled = outbox.c.xid < _OLDEST_RUNNING if session.is_postgresql else true()
    query = (
        session.select(outbox, settled.label("settled"))
        .where(outbox.c.subject == subject, _behind(after))
        .order_by(outbox.c.xid, outbox.c.seq)
        .limit(limit + 1)
    )
    rows = session.all(query)
    given = list(takewhile(lambda row: row.settled, rows[:limit]))
    events = tuple((Place(row.xid, row.seq), _event(row)) for row in given)
    return History(events, more=len(given) < len(rows))


def _behind(place: Place) -> ColumnElement[bool]:
    return tuple_(outbox.c.xid, outbox.c.seq) > (place.xid, place.seq)


def _place(session: Session, consumer: str) -> tuple[int, int]:
    row = session.get(consumer_place, consumer=consumer)
    return (0, 0) if row is None else (row.xid, row.seq)


def _after(
    session: Session, place: tuple[int, int], limit: int
) -> tuple[tuple[int, int], Sequence[Row[Any]]]:
    query = (
        session.select(outbox)
        .where(tuple_(outbox.c.xid, outbox.c.seq) > place)
        .order_by(outbox.c.xid, outbox.c.seq)
        .limit(limit)
    )
    if session.is_postgresql:
        query = query.where(outbox.c.xid < _OLDEST_RUNNING)
    return place, session.all(query)


def _move(session: Session, consumer: str, place: tuple[int, int]) -> None:
    xid, seq = place
    if not session.change(consumer_place, {"consumer": consumer}, xid=xid, seq=seq):
        session.insert(consumer_place, tenant=PLATFORM, consumer=consumer, xid=xid, seq=seq)


def _event(row: Row[Any]) -> Event:
    return Event(
        type=row.type,
        tenant=TenantId(row.tenant),
        subject=row.subject,
        time=row.time,
        data=row.data,
        id=row.id,
    )
