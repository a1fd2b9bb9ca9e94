"""Rows that are locked on PostgreSQL while others refer to them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Barrier

import pytest

from dcs.auth import Calendar, NewAccount
from dcs.auth import store as auth
from dcs.catalog import NewDataset, Status, Version
from dcs.catalog import store as catalog
from dcs.core.clock import ManualClock
from dcs.core.ids import DatasetId, TenantId, UserId, VersionId
from dcs.engines.database import Session
from dcs.engines.database.postgres import PostgresDatabase
from tests.databases import empty

pytestmark = [pytest.mark.anyio, pytest.mark.service("postgresql")]

ACME, DATASET, USER = TenantId("acme"), DatasetId("d1"), UserId("u1")
NOW = ManualClock().now()
FIRST = Version(
    VersionId("v1"), ACME, DATASET, 1, Status.ACTIVE, "S", 1, None, "f", 1, "a" * 64, USER, NOW
)


async def test_two_that_refer_to_a_row_and_then_lock_it_do_not_wait_in_a_circle(
    postgres: Mapping[str, str],
) -> None:
    empty(postgres["owner"])
    database, together = PostgresDatabase(postgres["application"]), Barrier(2, timeout=10)
    tried: list[int] = []

    def seed(session: Session) -> None:
        auth.add_tenant(session, "Acme", Calendar(), NOW)
        catalog.add_blob(session, "a" * 64, 1, NOW)
        auth.add_account(session, USER, NewAccount("paula"), "x", NOW)
        catalog.add_dataset(session, DATASET, NewDataset("d"), USER, NOW)

    def refer_and_lock(number: int) -> Callable[[Session], None]:
        def work(session: Session) -> None:
            tried.append(number)
            new = replace(FIRST, id=VersionId(f"v{number}"), number=number)
            catalog.add_version(session, new)
            if len(tried) <= 2:
                together.wait()
            catalog.get_dataset(session, DATASET, lock=True)
            catalog.set_active(session, DATASET, number)

        return work

    try:
        await database.write(ACME, seed)
        await asyncio.gather(*(database.write(ACME, refer_and_lock(n)) for n in (1, 2)))
    finally:
        await database.close()
    assert sorted(tried) == [1, 2]
