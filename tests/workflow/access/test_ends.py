"""The end of a grant: told before, put on record once, and never undone by a clock."""

from datetime import timedelta

import pytest

from dcs.catalog import version_resource
from dcs.policy import Action, Grant
from tests.both_databases import ACME
from tests.workflow.access.conftest import Desk

pytestmark = pytest.mark.anyio

DAY, HOUR, INSTANT = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)


async def reads(desk: Desk, grant: Grant, who: str = "rita") -> bool:
    """Ask policy whether somebody may read the dataset of a grant."""
    found = await desk.catalog.find_active(ACME, grant.dataset)
    assert found is not None
    return (
        await desk.permits.decide(desk.people[who], Action.READ, version_resource(*found))
    ).allow


@pytest.mark.parametrize(("days", "before"), [(365, 7 * DAY), (70, 7 * DAY), (30, 3 * DAY)])
async def test_it_is_said_a_week_before_or_a_tenth_of_the_time_that_a_grant_ends(
    desk: Desk, days: int, before: timedelta
) -> None:
    grant = await desk.give(await desk.dataset(), days=days)
    desk.clock.advance(days * DAY - before - INSTANT)
    await desk.settle()
    assert await desk.told("rita") == []
    desk.clock.advance(INSTANT)
    await desk.settle()
    assert await desk.told("rita") == ["grant_ends_soon"]
    assert (await desk.grant(grant.id)).ends_soon(desk.clock.now())
    desk.clock.advance(before - INSTANT)
    await desk.settle()
    assert await desk.recorded("grant.expired") == 0
    desk.clock.advance(INSTANT)
    assert not await reads(desk, grant)  # before anything has run
    await desk.settle()
    assert await desk.told("rita") == ["grant_ends_soon", "grant_expired"]
    assert await desk.recorded("grant.expired") == 1


async def test_an_extension_moves_the_end_and_the_warning(desk: Desk) -> None:
    grant = await desk.give(await desk.dataset())
    desk.clock.advance(28 * DAY)
    await desk.settle()
    longer = await desk.grants.extend(desk.people["owner"], grant.id, 70)
    assert longer.expires_at == grant.expires_at + 70 * DAY
    desk.clock.advance(60 * DAY)
    await desk.settle()
    assert await desk.told("rita") == ["grant_ends_soon", "grant_extended"]
    assert await reads(desk, grant)
    desk.clock.advance(12 * DAY)
    await desk.settle()
    assert (await desk.told("rita"))[2:] == ["grant_expired"]
    assert await desk.recorded("grant.expired") == 1


async def test_what_was_taken_back_does_not_expire_as_well(desk: Desk) -> None:
    grant = await desk.give(await desk.dataset())
    await desk.grants.revoke(desk.people["owner"], grant.id, "no more of it")
    desk.clock.advance(400 * DAY)
    await desk.settle()
    assert await desk.told("rita") == ["grant_revoked"]
    assert await desk.recorded("grant.expired") == 0
    assert (await desk.grant(grant.id)).state(desk.clock.now()) == "revoked"


async def test_a_clock_400_days_ahead_ends_everything_once(desk: Desk) -> None:
    dataset = await desk.dataset()
    grants = [await desk.give(dataset, days=each) for each in (1, 30, 365)]
    desk.clock.advance(400 * DAY)
    for _ in range(3):
        await desk.settle()
    assert [await reads(desk, each) for each in grants] == [False] * 3
    assert await desk.recorded("grant.expired") == 3
    assert await desk.published("grant.expired") == 3
    assert await desk.told("rita") == ["grant_expired"] * 3


async def test_a_clock_set_back_brings_nothing_back(desk: Desk) -> None:
    grant = await desk.give(await desk.dataset(), days=1)
    desk.clock.advance(DAY)
    await desk.settle()
    desk.clock.advance(-HOUR)
    assert not await reads(desk, grant)
    assert (await desk.grant(grant.id)).state(desk.clock.now()) == "expired"
    desk.clock.advance(2 * HOUR)
    await desk.settle()
    assert await desk.recorded("grant.expired") == 1
    assert await desk.told("rita") == ["grant_expired"]


async def test_a_clock_set_back_before_the_end_was_noted_lets_the_grant_end_later(
    desk: Desk,
) -> None:
    grant = await desk.give(await desk.dataset(), days=1)
    desk.clock.advance(DAY)
    [taken] = await desk.jobs._take(5)  # between taking and doing
    desk.clock.advance(-HOUR)
    await desk.jobs._do(taken)
    assert await reads(desk, grant)
    assert await desk.recorded("grant.expired") == 0
    desk.clock.advance(HOUR)
    await desk.settle()
    assert await desk.recorded("grant.expired") == 1


async def test_everybody_of_a_group_hears_of_its_end_but_those_who_have_left(desk: Desk) -> None:
    await desk.give(await desk.dataset(), "lab", days=1)
    await desk.change("lars", disabled=True)
    desk.clock.advance(DAY)
    await desk.settle()
    assert await desk.told("rita") == ["grant_expired"]
    assert await desk.told("lars") == []
