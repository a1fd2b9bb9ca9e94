"""Both databases for the tests of this folder, and two organisations in them."""

from datetime import timedelta

import pytest

from dcs.audit import AuditEvent, AuditTrail
from dcs.auth import Calendar, Identity
from dcs.core.actor import Actor
from dcs.core.clock import ManualClock
from dcs.core.ids import UserId
from dcs.engines.database import Database
from tests.both_databases import ACME, GLOBEX, clock, database

__all__ = ["clock", "database"]

ADMIN = Actor(UserId("root"), ACME, "root", frozenset({"admin"}))
THEIRS = Actor(UserId("other"), GLOBEX, "other", frozenset({"admin"}))


@pytest.fixture
def trail(database: Database, clock: ManualClock) -> AuditTrail:
    return AuditTrail(database, clock)


@pytest.fixture
async def two_tenants(database: Database, clock: ManualClock, trail: AuditTrail) -> Identity:
    made = Identity(database, trail, clock, timedelta(hours=12))
    for tenant in (ACME, GLOBEX):
        await made.add_tenant(tenant, tenant.title(), Calendar())
    return made


async def recorded(trail: AuditTrail) -> list[AuditEvent]:
    """Return what accounts did in ACME, the oldest first."""
    newest = await trail.newest(ACME, before=None, limit=50)
    return [each for each in reversed(newest) if each.actor is not None]
