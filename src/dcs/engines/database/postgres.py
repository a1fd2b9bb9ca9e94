"""
PostgreSQL: row-level security behind every statement, as a role that owns nothing.

Each transaction first names its tenant in a setting that ends with it. The
policies made by the migrations compare every row with that setting, so a
statement that forgot its tenant finds nothing, and a pooled connection carries
nothing over. It is a second lock behind the one in `Session`; neither is a
defence against SQL injection, which bound parameters are.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from dcs.core.errors import UnavailableError
from dcs.engines.database.migrations import is_current, migrate
from dcs.engines.database.session import PLATFORM, Scope, Session

T = TypeVar("T")

CONNECTIONS = 10
IDLE = 1.0  # seconds after which a connection is asked whether it still lives
ATTEMPTS = 4  # of a transaction that collided with another one
_INTO_SCOPE = text("SELECT set_config('app.tenant', :tenant, true)")
_COLLISIONS = {"40001", "40P01"}  # serialization_failure, deadlock_detected


class PostgresDatabase:
    """Keep everything in PostgreSQL, shared by any number of processes."""

    name = "postgresql"

    def __init__(self, url: str) -> None:
        self._engine = postgres_engine(url)
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="dcs-postgres")
        try:
            with self._engine.connect() as connection:
                current = is_current(connection)
        except OperationalError as error:
            raise UnavailableError("PostgreSQL does not answer. Check DCS_DATABASE.") from error
        if not current:
            raise UnavailableError(
                "The tables in PostgreSQL are not those of this release. Run `dcs migrate`."
            )

    async def write(self, scope: Scope, work: Callable[[Session], T]) -> T:
        """Run *work* in a transaction of its own, again if it collided with another."""
        return await self._in_thread(self._write, scope, work)

    async def read(self, scope: Scope, work: Callable[[Session], T]) -> T:
        """Run *work* on one snapshot in a read-only transaction."""
        return await self._in_thread(self._read, scope, work)

    async def check(self) -> None:
        """Ask the server one question, within the usual way."""
        await self.read(PLATFORM, lambda session: None)

    async def close(self) -> None:
        """Let running work finish and close every connection."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    async def _in_thread(
        self,
        run: Callable[[Scope, Callable[[Session], T]], T],
        scope: Scope,
        work: Callable[[Session], T],
    ) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, run, scope, work)
        except (OperationalError, PoolTimeoutError) as error:
            raise UnavailableError("The database did not answer; nothing was written.") from error

    def _write(self, scope: Scope, work: Callable[[Session], T]) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._engine.begin() as connection:
                    session = Session(_in_scope(connection, scope), scope)
                    result = work(session)
                session.committed()
                return result
            except DBAPIError as error:
                if attempt == ATTEMPTS or getattr(error.orig, "sqlstate", "") not in _COLLISIONS:
                    raise
        raise AssertionError("the last attempt either returned or raised")

    def _read(self, scope: Scope, work: Callable[[Session], T]) -> T:
        with self._engine.connect() as connection:
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            with connection.begin():
                return work(Session(_in_scope(connection, scope), scope))


def postgres_engine(url: str) -> Engine:
    """Make an engine for a ``postgresql://`` address, on psycopg and with a bounded pool."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(
        address,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=30,
        connect_args={"connect_timeout": 10},
    )
    _ask_the_idle(engine)
    return engine


def _ask_the_idle(engine: Engine) -> None:
    """
    Let no caller get a connection that the server ended while nobody used it.

    Only one that was idle is asked: asking before every transaction, as the pool
    can, costs a quarter of the time of a short one.
    """

    @event.listens_for(engine, "checkin")
    def _note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("used", time.monotonic()) < IDLE:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError("The server has ended this connection.") from error


def migrate_postgres(owner_url: str, application_role: str) -> None:
    """
    Bring the tables up to this release, as the role that owns them.

    Args:
        owner_url: ``postgresql://`` address of the owning role.
        application_role: The role the server runs as; it is granted what it
            needs and nothing else.
    """
    engine = postgres_engine(owner_url)
    try:
        with engine.connect() as connection:
            migrate(connection, application_role=application_role)
    finally:
        engine.dispose()


def _in_scope(connection: Connection, scope: Scope) -> Connection:
    connection.execute(_INTO_SCOPE, {"tenant": scope})
    return connection
