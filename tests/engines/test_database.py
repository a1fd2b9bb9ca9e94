"""The contract of the database: both adapters pass it, row by row."""

import asyncio
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import DBAPIError

from dcs.auth.models import Calendar
from dcs.auth.store import add_tenant, get_tenant, tenant
from dcs.catalog.store import add_blob, blob, blobs
from dcs.core.clock import ManualClock
from dcs.core.errors import ConflictError, UnavailableError
from dcs.core.ids import TenantId
from dcs.engines.database import PLATFORM, Database, DuplicateRowError, ScopeError, Session
from dcs.engines.database.postgres import PostgresDatabase
from dcs.engines.database.sqlite import FolderInUseError, SqliteDatabase

pytestmark = pytest.mark.anyio

ACME, GLOBEX = TenantId("acme"), TenantId("globex")
NOW = ManualClock().now()


def keep(name: str):
    return lambda session: add_blob(session, name, 1, NOW)


async def test_what_was_written_is_there(database: Database) -> None:
    assert await database.write(ACME, keep("a")) is True
    assert await database.read(ACME, blobs) == {"a"}


async def test_instants_come_back_exactly_and_in_utc(database: Database) -> None:
    await database.write(ACME, lambda s: add_tenant(s, "Acme", Calendar(), NOW))
    row = await database.read(ACME, lambda s: s.first(s.select(tenant)))
    assert row is not None
    assert row.created_at == NOW
    assert row.created_at.utcoffset().total_seconds() == 0


async def test_a_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="time zone"):
        await database.write(ACME, lambda s: add_blob(s, "a", 1, NOW.replace(tzinfo=None)))


async def test_a_unit_of_work_that_raises_leaves_nothing(database: Database) -> None:
    def fail(session: Session) -> None:
        add_blob(session, "a", 1, NOW)
        raise ConflictError("no")

    with pytest.raises(ConflictError):
        await database.write(ACME, fail)
    assert await database.read(ACME, blobs) == set()


async def test_a_failure_does_not_touch_those_written_beside_it(database: Database) -> None:
    def fail(_session: Session) -> None:
        raise ConflictError("no")

    results = await asyncio.gather(
        *(database.write(ACME, fail if n % 3 == 0 else keep(f"{n}")) for n in range(60)),
        return_exceptions=True,
    )
    kept = await database.read(ACME, blobs)
    assert kept == {f"{n}" for n in range(60) if n % 3}
    assert sum(isinstance(each, ConflictError) for each in results) == 20


async def test_every_one_of_many_writers_gets_its_own_answer(database: Database) -> None:
    def echo(number: int):
        def work(session: Session) -> int:
            add_blob(session, f"{number}", number, NOW)
            size = session.scalar(session.select(blob.c.size).where(blob.c.sha256 == f"{number}"))
            assert isinstance(size, int)
            return size

        return work

    answers = await asyncio.gather(*(database.write(ACME, echo(n)) for n in range(200)))
    assert answers == list(range(200))


async def test_a_key_is_taken_once(database: Database) -> None:
    assert await database.write(ACME, keep("a")) is True
    assert await database.write(ACME, keep("a")) is False
    with pytest.raises(DuplicateRowError):
        await database.write(ACME, lambda s: s.insert(blob, sha256="a", size=1, created_at=NOW))


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises((UnavailableError, DBAPIError)):
        await database.read(ACME, keep("a"))
    assert await database.read(ACME, blobs) == set()


async def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    writing, go_on = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        add_blob(session, "slow", 1, NOW)
        writing.set()
        assert go_on.wait(10)

    writer = asyncio.create_task(database.write(ACME, slow))
    await asyncio.to_thread(writing.wait, 10)
    try:
        async with asyncio.timeout(5):
            assert await database.read(ACME, blobs) == set()
    finally:
        go_on.set()
    await writer
    assert await database.read(ACME, blobs) == {"slow"}


async def test_a_cancelled_caller_does_not_stop_the_others(database: Database) -> None:
    first = asyncio.create_task(database.write(ACME, keep("first")))
    await asyncio.sleep(0)
    first.cancel()
    await database.write(ACME, keep("second"))
    assert "second" in await database.read(ACME, blobs)


async def test_callbacks_run_after_the_commit_and_only_then(database: Database) -> None:
    calls: list[str] = []

    def work(session: Session) -> None:
        session.after_commit(lambda: calls.append("kept"))

    def fail(session: Session) -> None:
        session.after_commit(lambda: calls.append("lost"))
        raise ConflictError("no")

    await database.write(ACME, work)
    with pytest.raises(ConflictError):
        await database.write(ACME, fail)
    assert calls == ["kept"]


async def test_tenants_do_not_see_each_other(database: Database) -> None:
    await database.write(ACME, keep("a"))
    await database.write(GLOBEX, keep("g"))
    assert await database.read(ACME, blobs) == {"a"}
    assert await database.read(GLOBEX, blobs) == {"g"}
    assert await database.read(GLOBEX, get_tenant) is None


async def test_changes_and_removals_stay_inside_the_tenant(database: Database) -> None:
    await database.write(ACME, keep("a"))
    await database.write(GLOBEX, keep("a"))
    assert await database.write(GLOBEX, lambda s: s.update(blob, size=9)) == 1
    assert await database.write(GLOBEX, lambda s: s.delete(blob)) == 1
    sizes = await database.read(ACME, lambda s: s.all(s.select(blob.c.size)))
    assert [row.size for row in sizes] == [1]


async def test_what_is_looked_up_by_its_key_stays_inside_the_tenant(database: Database) -> None:
    for tenant_id in (ACME, GLOBEX):
        await database.write(tenant_id, keep("a"))

    def change(session: Session) -> int:
        return session.change(blob, {"sha256": "a"}, size=9)

    assert await database.write(ACME, change) == 1

    def look(session: Session) -> tuple[object, ...]:
        found = session.get(blob, sha256="a")
        assert found is not None
        some = session.get(blob, only=("size",), lock=True, sha256="a")
        assert some is not None
        assert session.get(blob, sha256="b") is None
        return found.tenant, tuple(some), [row.size for row in session.find(blob)]

    assert await database.write(ACME, look) == (ACME, (9,), [9])
    assert await database.write(GLOBEX, look) == (GLOBEX, (1,), [1])


@pytest.mark.parametrize("way", ["get", "find", "change"])
async def test_the_platform_looks_up_shared_tables_only(database: Database, way: str) -> None:
    def reach(session: Session) -> object:
        if way == "change":
            return session.change(blob, {"sha256": "a"}, size=9)
        return getattr(session, way)(blob, sha256="a")

    with pytest.raises(ScopeError):
        await database.write(PLATFORM, reach)


@pytest.mark.service("postgresql")
async def test_a_connection_that_the_server_ended_meanwhile_is_replaced(
    postgres: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dcs.engines.database.postgres.IDLE", 0.0)
    idle, other = (PostgresDatabase(postgres["application"]) for _ in range(2))

    def own(session: Session) -> int:
        return int(session._connection.execute(text("SELECT pg_backend_pid()")).scalar_one())

    def end(session: Session) -> None:
        session._connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": ended})

    ended = await idle.read(ACME, own)
    await other.read(ACME, end)
    assert await idle.read(ACME, own) != ended
    await idle.close()
    await other.close()


async def test_a_statement_made_elsewhere_is_refused(database: Database) -> None:
    with pytest.raises(ScopeError):
        await database.read(ACME, lambda s: s.all(select(blob)))


async def test_a_statement_of_another_session_is_refused(database: Database) -> None:
    foreign = await database.read(ACME, lambda s: s.select(blob))
    with pytest.raises(ScopeError):
        await database.read(GLOBEX, lambda s: s.all(foreign))


async def test_the_platform_sees_shared_tables_only(database: Database) -> None:
    with pytest.raises(ScopeError):
        await database.read(PLATFORM, blobs)
    with pytest.raises(ScopeError):
        await database.write(PLATFORM, keep("a"))


async def test_after_closing_it_says_that_it_is_closed(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "dcs.sqlite")
    pending = [asyncio.create_task(database.write(ACME, keep(f"{n}"))) for n in range(20)]
    await asyncio.sleep(0)
    await database.close()
    assert await asyncio.gather(*pending) == [True] * 20
    with pytest.raises(UnavailableError):
        await database.write(ACME, keep("late"))
    again = SqliteDatabase(tmp_path / "dcs.sqlite")
    assert len(await again.read(ACME, blobs)) == 20
    await again.close()


async def test_sqlite_is_durable_by_its_settings(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "dcs.sqlite")
    with database._writer_engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    await database.close()
    assert (tmp_path / "dcs.sqlite").stat().st_mode & 0o077 == 0


async def test_a_second_process_is_refused_by_name(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "dcs.sqlite")
    with pytest.raises(FolderInUseError, match="PostgreSQL"):
        SqliteDatabase(tmp_path / "dcs.sqlite")
    await database.close()
    await SqliteDatabase(tmp_path / "dcs.sqlite").close()


async def test_a_full_disk_fails_the_write_and_not_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = SqliteDatabase(tmp_path / "dcs.sqlite")
    with database._writer_engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")

    def large(session: Session) -> None:
        for number in range(2_000):
            add_blob(session, f"{number:064d}", number, NOW)

    with pytest.raises(UnavailableError):
        await database.write(ACME, large)
    assert await database.write(ACME, keep("small")) is True
    assert await database.read(ACME, blobs) == {"small"}
    await database.close()


@pytest.mark.service("postgresql")
class TestRowLevelSecurity:
    """What PostgreSQL itself refuses, whatever the product's code does."""

    @pytest.fixture
    def connect(self, postgres: dict[str, str]):
        engines = []

        def open_as(role: str):
            address = make_url(postgres[role]).set(drivername="postgresql+psycopg")
            engines.append(create_engine(address))
            return engines[-1].connect()

        yield open_as
        for engine in engines:
            engine.dispose()

    async def test_without_a_tenant_nothing_is_there(self, database: Database, connect) -> None:
        if database.name != "postgresql":
            pytest.skip("only PostgreSQL has row-level security")
        await database.write(ACME, keep("a"))
        with connect("application") as connection:
            assert connection.execute(text("SELECT count(*) FROM blob")).scalar() == 0
            connection.execute(text("SELECT set_config('app.tenant', 'globex', true)"))
            assert connection.execute(text("SELECT count(*) FROM blob")).scalar() == 0
            connection.execute(text("SELECT set_config('app.tenant', 'acme', true)"))
            assert connection.execute(text("SELECT count(*) FROM blob")).scalar() == 1

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO blob (tenant, sha256, size, created_at) VALUES ('globex', 'x', 1, 1)",
            "ALTER TABLE blob DISABLE ROW LEVEL SECURITY",
            "TRUNCATE blob",
            "UPDATE audit_event SET action = 'x'",
            "DELETE FROM audit_event",
            "DROP TABLE audit_event",
            "SET ROLE dcs_owner",
        ],
    )
    async def test_the_application_may_not(self, connect, statement: str) -> None:
        with connect("application") as connection:
            connection.execute(text("SELECT set_config('app.tenant', 'acme', true)"))
            with pytest.raises(DBAPIError):
                connection.execute(text(statement))

    async def test_every_table_is_forced_and_owned_by_another_role(self, connect) -> None:
        with connect("owner") as connection:
            rows = connection.execute(
                text(
                    "SELECT relname, relrowsecurity AND relforcerowsecurity AS guarded, "
                    "pg_get_userbyid(relowner) AS owner FROM pg_class "
                    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
                    "AND relname <> 'alembic_version'"
                )
            ).all()
        assert len(rows) >= 15
        assert {row.relname for row in rows if not row.guarded} == set()
        assert {row.owner for row in rows} == {"dcs_owner"}
