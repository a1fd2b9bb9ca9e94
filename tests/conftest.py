"""What every test may ask for, and how absent services are skipped: visibly, and never in CI."""

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, create_engine, inspect

from dcs.auth import secrets
from dcs.core.settings import Settings
from dcs.engines.database import sqlite
from dcs.engines.database.migrations import migrate
from dcs.observability import configure_logs
from dcs.studio import Studio, open_studio

SERVICES = {
    "postgresql": "STUDIO_TEST_POSTGRES_APP",
    "s3": "STUDIO_TEST_S3_ENDPOINT",
    "chromium": "STUDIO_TEST_CHROMIUM",
    "clamd": "STUDIO_TEST_CLAMD",
    "datacontract": "STUDIO_TEST_DATACONTRACT",
    "spacy": "STUDIO_TEST_SPACY",
    "temporal": "STUDIO_TEST_TEMPORAL",
}
NODE_PACKAGES = Path(__file__).parents[1] / "node_modules" / "tus-js-client"
ABSENT = "service absent: "
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_configure(config: pytest.Config) -> None:
    """Keep the log quiet, the operator's own settings out, and what is tried the same each time.

    Only `make soak` looks for new inputs: a change is held to what it did, not to luck.
    """
    del config
    if os.environ.get("STUDIO_TEST_SCALE") != "soak":
        hypothesis.settings.register_profile("same", derandomize=True)
        hypothesis.settings.load_profile("same")
    for name in [name for name in os.environ if name.startswith("DCS_")]:
        del os.environ[name]
    configure_logs("error")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose service is absent; where services are required, fail it."""
    for marker in item.iter_markers("service"):
        name = marker.args[0]
        if _is_absent(name):
            if os.environ.get("STUDIO_TEST_SERVICES") == "required":
                pytest.fail(f"{name} is required here; run `make services`", pytrace=False)
            pytest.skip(ABSENT + name)


def _is_absent(service: str) -> bool:
    """Say whether a service cannot be used; Node.js is one with the packages of the lock file."""
    if service == "node":
        return shutil.which("node") is None or not NODE_PACKAGES.is_dir()
    return SERVICES[service] not in os.environ


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords at next to no cost, but where how they are kept is what is tested."""
    if "tests/auth/" not in request.path.as_posix():
        monkeypatch.setattr(secrets, "_hasher", QUICK)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lend a file with the tables of this release, made once by the migrations."""
    path = tmp_path_factory.mktemp("tables") / "dcs.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        migrate(connection)
    engine.dispose()
    return path


@pytest.fixture(autouse=True)
def quick_tables(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, migrated: Path
) -> None:
    """Copy the tables into a new SQLite file, but where making them is what is tested."""
    if "tests/engines/" not in request.path.as_posix():
        monkeypatch.setattr(sqlite, "migrate", partial(_copied, migrated))


def _copied(source: Path, connection: Connection) -> None:
    if inspect(connection).get_table_names():
        migrate(connection)
        return
    connection.rollback()
    target = connection.connection.dbapi_connection
    assert isinstance(target, sqlite3.Connection)
    with closing(sqlite3.connect(source)) as tables:
        tables.backup(target)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Count on the last lines what was skipped for want of a service."""
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])]
    absent = Counter(reason.partition(ABSENT)[2] for reason in reasons if ABSENT in reason)
    for name, count in sorted(absent.items()):
        terminalreporter.write_line(
            f"{count} tests skipped because {name} is absent; `make test-services` runs them"
        )


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the loop the product runs on."""
    return "asyncio"


@pytest.fixture
def scale() -> str:
    """Return how many kills, seeds and inputs to try: ``test``, ``ci`` or ``soak``."""
    return os.environ.get("STUDIO_TEST_SCALE", "test")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings of a studio of its own, in a folder of its own."""
    return Settings(environment="test", data_dir=tmp_path / "data")


@pytest.fixture
async def studio(settings: Settings, anyio_backend: str) -> AsyncIterator[Studio]:
    """Lend an open studio on SQLite; its durable work runs only when a test asks for it."""
    async with open_studio(settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def real_data() -> Mapping[str, Path]:
    """Return the published files by name; the tests that need them are skipped without."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("REAL_DATA", beside))
    if not folder.is_dir():
        pytest.skip("no real data: set REAL_DATA to its folder")
    return {path.name: path for path in sorted(folder.glob("*.csv"))}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Mapping[str, str]]:
    """Lend a database of this worker's own, as the addresses of its two roles."""
    from tests.databases import fresh_postgres

    with fresh_postgres(
        os.environ["STUDIO_TEST_POSTGRES_OWNER"], os.environ["STUDIO_TEST_POSTGRES_APP"]
    ) as lent:
        yield lent
