"""Calendars: what can be one, who may change it, and that decisions see its holidays."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dcs.audit import AuditTrail
from dcs.auth import (
    Calendar,
    CalendarChangedError,
    Calendars,
    Holiday,
    Identity,
    InvalidCalendarError,
)
from dcs.auth.calendars import MOST_HOLIDAYS
from dcs.core.actor import Actor
from dcs.core.errors import ForbiddenError, NotFoundError
from dcs.core.ids import TenantId, UserId
from dcs.engines.database import Database
from tests.auth.conftest import ADMIN, THEIRS, recorded
from tests.auth.guards import AdminsAlone
from tests.both_databases import ACME, GLOBEX

pytestmark = pytest.mark.anyio

VIENNA = Calendar("Europe/Vienna", (5, 1, 2), 8, 24)
CHRISTMAS, NEW_YEAR = Holiday(date(2026, 12, 25), "Christmas"), Holiday(date(2026, 1, 1))


@pytest.fixture
def calendars(database: Database, trail: AuditTrail, two_tenants: Identity) -> Calendars:
    del two_tenants
    return Calendars(database, trail, AdminsAlone())


async def test_a_calendar_begins_as_the_tenant_was_added(calendars: Calendars) -> None:
    found = await calendars.show(ACME)
    assert (found.revision, found.calendar, found.holidays) == (0, Calendar(), ())
    with pytest.raises(NotFoundError):
        await calendars.show(TenantId("nobody"))


async def test_whoever_reads_the_tenant_sees_the_changed_calendar(
    calendars: Calendars, two_tenants: Identity
) -> None:
    kept = await calendars.put(ADMIN, VIENNA, [CHRISTMAS, NEW_YEAR], 0)
    closed = (NEW_YEAR.day, CHRISTMAS.day)
    expected = replace(VIENNA, weekdays=(1, 2, 5), holidays=closed)
    assert (kept.revision, kept.calendar) == (1, expected)
    assert kept.holidays == (NEW_YEAR, CHRISTMAS)
    assert kept.to_json()["holidays"][1] == {"day": "2026-12-25", "name": "Christmas"}
    assert (await two_tenants.tenant(ACME)).calendar == expected
    assert (await two_tenants.tenant(GLOBEX)).calendar == Calendar()
    assert (await calendars.put(ADMIN, VIENNA, [])).holidays == ()
    assert (await two_tenants.tenant(ACME)).calendar.holidays == ()


async def test_a_tenant_can_begin_with_holidays(two_tenants: Identity) -> None:
    soda, closed = TenantId("soda"), Calendar(holidays=(CHRISTMAS.day,))
    await two_tenants.add_tenant(soda, "Soda", closed)
    await two_tenants.add_tenant(soda, "Soda", Calendar())  # it is there already
    assert (await two_tenants.tenant(soda)).calendar == closed


async def test_who_was_slower_changes_nothing(calendars: Calendars) -> None:
    await calendars.put(ADMIN, VIENNA, [CHRISTMAS], 0)
    with pytest.raises(CalendarChangedError):
        await calendars.put(ADMIN, Calendar(), [], 0)
    assert (await calendars.show(ACME)).calendar.timezone == "Europe/Vienna"


@pytest.mark.parametrize(
    "broken",
    [
        *(
            Calendar(zone)
            for zone in ("", "Nowhere/Land", "../etc", "localtime", "right/UTC", "a\0b", "x" * 9999)
        ),
        *(Calendar(weekdays=days) for days in ((), (0,), (8,), (1, 1), (1, 2, 3, 4, 5, 6, 7, 8))),
        *(Calendar(opens=a, closes=b) for a, b in ((9, 9), (10, 9), (-1, 9), (9, 25))),
    ],
    ids=lambda each: f"{each.timezone[:12]!a}-{each.weekdays}-{each.opens}-{each.closes}",
)
async def test_a_calendar_without_open_time_or_a_known_zone_is_refused(
    calendars: Calendars, broken: Calendar
) -> None:
    with pytest.raises(InvalidCalendarError):
        await calendars.put(ADMIN, broken, [])
    assert (await calendars.show(ACME)).revision == 0


@pytest.mark.parametrize(
    "days",
    [
        [CHRISTMAS, replace(CHRISTMAS, name="again")],
        [Holiday(date(2026, 1, 1) + timedelta(n)) for n in range(MOST_HOLIDAYS + 1)],
        [Holiday(date(2026, 1, 1), "x" * 101)],
        [Holiday(date(2026, 1, 1), "two\nlines")],
    ],
    ids=["twice", "many", "long", "lines"],
)
async def test_impossible_holidays_are_refused(calendars: Calendars, days: list[Holiday]) -> None:
    with pytest.raises(InvalidCalendarError):
        await calendars.put(ADMIN, VIENNA, days)


async def test_only_an_admin_of_the_tenant_changes_its_calendar(
    calendars: Calendars, trail: AuditTrail
) -> None:
    with pytest.raises(ForbiddenError):
        await calendars.put(Actor(UserId("u"), ACME, "u"), VIENNA, [])
    await calendars.put(THEIRS, VIENNA, [CHRISTMAS])
    assert (await calendars.show(ACME)).holidays == ()
    await calendars.put(ADMIN, VIENNA, [CHRISTMAS])
    [event] = await recorded(trail)
    assert (event.action, event.object_id) == ("calendar.set", "acme")
    assert dict(event.details) == {"revision": 1, "holidays": 1}
