"""Offices in which approvals are worked on by processes that may die: SQLite or PostgreSQL, one clock."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ctypes import c_longlong
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from pydantic import SecretStr
from sqlalchemy import create_engine

from dcs.auth import OPEN_ALL_WEEK, NewAccount
from dcs.catalog import NewDataset
from dcs.core.actor import Actor
from dcs.core.classification import Classification
from dcs.core.ids import TenantId
from dcs.core.settings import FetchSettings, Settings
from dcs.engines.database import Session
from dcs.engines.database.postgres import PostgresDatabase
from dcs.engines.durable import rows
from dcs.engines.sandbox import Sandbox
from dcs.studio import Studio, open_studio, wiring
from tests.faults.approvals.recorded import Replayed

T = TypeVar("T")

ACME = TenantId("acme")
PEOPLE = {"paula": "producer", "stella": "steward", "simon": "steward"}
DATASETS = {"open": Classification.INTERNAL, "closed": Classification.INTERNAL}
LEASE = timedelta(seconds=5)
"""So long work of a dead process waits for the next one, unless the clock is moved."""


@dataclass(frozen=True)
class SharedClock:
    """The machine's clock and what it was moved by, for every process that shares it."""

    moved: c_longlong

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(microseconds=self.moved.value)

    def move(self, step: timedelta) -> None:
        self.moved.value += step // timedelta(microseconds=1)


@dataclass(frozen=True)
class Place:
    """
    Where an office keeps everything.

    Attributes:
        folder: Its objects, and on SQLite its rows.
        recorded: The answers of the children that read files.
        database: The address of its PostgreSQL; None for SQLite.
        mail: The address of a mail server; None where letters do not leave.
    """

    folder: Path
    recorded: Path
    database: str | None = None
    mail: str | None = None

    @property
    def name(self) -> str:
        return "SQLite" if self.database is None else "PostgreSQL"

    def look(self, work: Callable[[Session], T]) -> T:
        """Read the rows beside every process, on one consistent view."""
        if self.database is None:
            path = f"file:{self.folder / 'dcs.sqlite'}?mode=ro&uri=true"
            engine = create_engine(f"sqlite:///{path}")
            with engine.connect() as connection:
                return work(Session(connection, ACME))
        database = PostgresDatabase(self.database)
        try:
            return database._read(ACME, work)
        finally:
            database._threads.shutdown()
            database._engine.dispose()


@asynccontextmanager
async def office(
    place: Place, clock: SharedClock, sandbox: Callable[[Path], Sandbox] = Replayed
) -> AsyncIterator[Studio]:
    """Lend the studio of an office: the product as it is wired, but with short leases."""
    settings = Settings(
        environment="test",
        data_dir=place.folder,
        database=None if place.database is None else SecretStr(place.database),
        digest_key=SecretStr("k" * 32),
        mail=place.mail,
        mail_from="studio@example.org",
        virus_scan_enabled=False,
        fetch=FetchSettings(enabled=False),
    )
    with (
        patch.object(rows, "POLL", timedelta(milliseconds=50)),
        patch.object(wiring, "ProcessSandbox", lambda: sandbox(place.recorded)),
    ):
        async with open_studio(settings, clock) as studio:
            _shorten_leases(studio)
            yield studio


def _shorten_leases(studio: Studio) -> None:
    for queue in (studio.jobs, studio.post):
        for name, kind in queue.kinds.items():
            queue.kinds[name] = replace(kind, lease=LEASE)


async def prepare(studio: Studio) -> None:
    """Add the organisation, its people and its datasets."""
    await studio.identity.add_tenant(ACME, "Acme", OPEN_ALL_WEEK)
    for login, role in PEOPLE.items():
        attributes: dict[str, Any] = {"clearance": 3, "department": "it", "employee": True}
        attributes["email"] = f"{login}@example.org"
        await studio.identity.add_account(ACME, NewAccount(login, (role,), (), attributes), None)
    paula = (await actors(studio))["paula"]
    for name, label in DATASETS.items():
        await studio.catalog.add_dataset(paula, NewDataset(name, label, department="it"))


async def actors(studio: Studio) -> dict[str, Actor]:
    """Return everybody by their login."""
    return {each.login: each.actor() for each in await studio.identity.people(ACME)}
