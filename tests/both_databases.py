"""Both databases, empty, for every contract that needs one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dcs.core.clock import ManualClock
from dcs.core.ids import TenantId
from dcs.engines.database import Database
from dcs.engines.database.postgres import PostgresDatabase
from dcs.engines.database.sqlite import SqliteDatabase
from tests.databases import empty

ACME, GLOBEX = TenantId("acme"), TenantId("globex")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))]
)
async def database(
    request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[Database]:
    """Lend each adapter in turn, with all tables and no rows."""
    if request.param == "sqlite":
        opened: Database = SqliteDatabase(tmp_path / "dcs.sqlite")
    else:
        addresses = request.getfixturevalue("postgres")
        empty(addresses["owner"])
        opened = PostgresDatabase(addresses["application"])
    yield opened
    await opened.close()
