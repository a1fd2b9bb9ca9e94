"""Absences: who may say that somebody is away, who can stand in, and when it counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dcs.audit import AuditTrail
from dcs.auth import (
    AbsenceNotFoundError,
    AbsenceOverlapsError,
    Absences,
    AccountNotFoundError,
    Calendar,
    Identity,
    InvalidAbsenceError,
    NewAbsence,
    NewAccount,
    deputies,
    standing_in_for,
)
from dcs.auth.absences.service import MOST
from dcs.auth.store import account as account_table
from dcs.auth.store import set_calendar
from dcs.core.actor import Actor, ActorKind
from dcs.core.clock import ManualClock
from dcs.core.errors import ForbiddenError
from dcs.engines.database import Database
from tests.auth.conftest import ADMIN, THEIRS, recorded
from tests.auth.guards import AdminsAlone
from tests.both_databases import ACME, GLOBEX

pytestmark = pytest.mark.anyio

NOW = ManualClock().now()  # Monday, 5 January 2026, noon
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = NewAbsence(NOW + DAY, NOW + 3 * DAY, "petra")


class People:
    """Paula, Petra and Rita of one organisation, a robot, and Greta of another."""

    def __init__(self, found: dict[str, Actor]) -> None:
        self.paula, self.petra, self.rita = found["paula"], found["petra"], found["rita"]
        self.robot, self.greta = found["robot"], found["greta"]


@pytest.fixture
async def people(two_tenants: Identity) -> People:
    found = {}
    for login, tenant, kind in (
        ("paula", ACME, ActorKind.PERSON),
        ("petra", ACME, ActorKind.PERSON),
        ("rita", ACME, ActorKind.PERSON),
        ("robot", ACME, ActorKind.SERVICE),
        ("greta", GLOBEX, ActorKind.PERSON),
    ):
        new = NewAccount(login, kind=kind)
        found[login] = (await two_tenants.add_account(tenant, new, None)).actor()
    return People(found)


@pytest.fixture
def absences(database: Database, clock: ManualClock, trail: AuditTrail) -> Absences:
    return Absences(database, trail, clock, AdminsAlone())


async def test_a_deputy_stands_in_from_the_first_instant_until_the_last(
    absences: Absences, people: People, database: Database
) -> None:
    kept = await absences.add(people.paula, SOON)
    assert (kept.account, kept.deputy) == (people.paula.id, people.petra.id)
    tick = timedelta(microseconds=1)
    for moment, away in (
        (kept.starts - tick, False),
        (kept.starts, True),
        (kept.ends - tick, True),
        (kept.ends, False),
    ):
        expected = [people.paula.id] if away else []
        assert (
            await database.read(ACME, lambda s, at=moment: standing_in_for(s, people.petra.id, at))
            == expected
        )
        assert await database.read(ACME, lambda s, at=moment: deputies(s, at)) == (
            {people.paula.id: people.petra.id} if away else {}
        )


async def test_standing_in_reaches_no_further_than_one_person(
    absences: Absences, people: People, database: Database
) -> None:
    await absences.add(people.paula, SOON)
    await absences.add(people.petra, replace(SOON, deputy="rita"))
    at = NOW + 2 * DAY
    found = await database.read(ACME, lambda s: standing_in_for(s, people.rita.id, at))
    assert found == [people.petra.id]


async def test_days_are_whole_days_of_the_organisations_own_zone(
    absences: Absences, people: People, database: Database
) -> None:
    tokyo = Calendar("Asia/Tokyo")
    await database.write(ACME, lambda s: set_calendar(s, tokyo, 1))
    days = NewAbsence(date(2026, 1, 10), date(2026, 1, 11), "petra")
    kept = await absences.add(people.paula, days)
    assert kept.starts == datetime(2026, 1, 9, 15, tzinfo=UTC)
    assert kept.ends == datetime(2026, 1, 11, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts": NOW + DAY, "ends": NOW + DAY},
        {"starts": NOW + 2 * DAY, "ends": NOW + DAY},
        {"starts": NOW - 2 * DAY, "ends": NOW - DAY},
        {"starts": NOW + DAY, "ends": NOW + 400 * DAY},
        {"starts": NOW + 400 * DAY, "ends": NOW + 401 * DAY},
        {"starts": datetime(2026, 2, 1), "ends": datetime(2026, 2, 2)},  # noqa: DTZ001  # on purpose
        {"starts": date(2026, 2, 1), "ends": date.max},
        {"starts": date(1, 1, 1), "ends": date(1, 1, 1)},
        {"deputy": "paula"},
        {"deputy": "robot"},
        {"deputy": "greta"},
        {"deputy": "nobody"},
        {"deputy": ""},
    ],
    ids=str,
)
async def test_an_absence_that_cannot_be_is_refused_and_kept_nowhere(
    absences: Absences, people: People, wrong: dict[str, object]
) -> None:
    with pytest.raises(InvalidAbsenceError):
        await absences.add(people.paula, replace(SOON, **wrong))
    assert await absences.find(people.paula) == []


async def test_nobody_is_away_twice_at_once(absences: Absences, people: People) -> None:
    kept = await absences.add(people.paula, SOON)
    for starts, ends in (
        (kept.starts - HOUR, kept.starts + HOUR),
        (kept.ends - HOUR, kept.ends + HOUR),
        (kept.starts - HOUR, kept.ends + HOUR),
        (kept.starts + HOUR, kept.ends - HOUR),
    ):
        with pytest.raises(AbsenceOverlapsError):
            await absences.add(people.paula, NewAbsence(starts, ends, "rita"))
    after = await absences.add(people.paula, NewAbsence(kept.ends, kept.ends + DAY, "rita"))
    before = await absences.add(people.paula, NewAbsence(kept.starts - HOUR, kept.starts, "rita"))
    assert await absences.find(people.paula) == [before, kept, after]


async def test_everybody_says_it_for_themselves_and_an_admin_for_others(
    absences: Absences, people: People
) -> None:
    for_paula = replace(SOON, account="paula", deputy="rita")
    with pytest.raises(ForbiddenError):
        await absences.add(people.petra, for_paula)
    kept = await absences.add(ADMIN, for_paula)
    assert await absences.find(people.paula) == [kept]
    assert await absences.find(people.paula, "paula") == [kept]
    assert await absences.standing_in(people.rita) == [kept]
    assert await absences.find(ADMIN, "paula") == [kept]
    with pytest.raises(ForbiddenError):
        await absences.find(people.petra, "paula")
    with pytest.raises(ForbiddenError):
        await absences.remove(people.petra, kept.id)
    await absences.remove(people.paula, kept.id)
    with pytest.raises(AbsenceNotFoundError):
        await absences.remove(people.paula, kept.id)


async def test_a_service_is_never_away(absences: Absences, people: People) -> None:
    with pytest.raises(InvalidAbsenceError):
        await absences.add(people.robot, SOON)


async def test_absences_of_another_tenant_are_not_there(
    absences: Absences, people: People, database: Database
) -> None:
    kept = await absences.add(people.paula, SOON)
    with pytest.raises(AbsenceNotFoundError):
        await absences.remove(THEIRS, kept.id)
    with pytest.raises(AccountNotFoundError):
        await absences.find(THEIRS, "paula")
    with pytest.raises(AccountNotFoundError):
        await absences.add(THEIRS, replace(SOON, account="paula", deputy="greta"))
    for tenant, number in ((ACME, 1), (GLOBEX, 0)):
        found = await database.read(tenant, lambda s: deputies(s, NOW + 2 * DAY))
        assert len(found) == number


@pytest.mark.parametrize("gone", ["paula", "petra"])
async def test_whoever_may_not_sign_in_any_more_neither_stands_in_nor_is_stood_in_for(
    absences: Absences, people: People, database: Database, gone: str
) -> None:
    await absences.add(people.paula, SOON)
    table = account_table
    await database.write(ACME, lambda s: s.update(table, table.c.login == gone, disabled=True))
    at = NOW + 2 * DAY
    assert await database.read(ACME, lambda s: deputies(s, at)) == {}
    assert await database.read(ACME, lambda s: standing_in_for(s, people.petra.id, at)) == []


async def test_what_is_over_is_shown_no_more(
    absences: Absences, people: People, clock: ManualClock
) -> None:
    await absences.add(people.paula, SOON)
    clock.advance(4 * DAY)
    assert await absences.find(people.paula) == []
    assert await absences.standing_in(people.petra) == []


async def test_there_is_an_end_to_how_many_absences_one_has(
    absences: Absences, people: People
) -> None:
    for number in range(MOST):
        starts = NOW + number * HOUR
        await absences.add(people.paula, NewAbsence(starts, starts + HOUR, "petra"))
    with pytest.raises(InvalidAbsenceError):
        await absences.add(people.paula, NewAbsence(NOW + 200 * DAY, NOW + 201 * DAY, "petra"))


async def test_the_record_says_who_was_away_when_and_by_whose_word(
    absences: Absences, people: People, trail: AuditTrail
) -> None:
    kept = await absences.add(ADMIN, replace(SOON, account="paula"))
    await absences.remove(people.paula, kept.id)
    added, removed = await recorded(trail)
    assert (added.action, added.actor, added.object_id) == ("absence.add", "root", kept.id)
    assert (removed.action, removed.actor) == ("absence.remove", people.paula.id)
    assert dict(added.details) == dict(removed.details)
    assert added.details["account"] == people.paula.id
    assert added.details["deputy"] == people.petra.id
