"""From a template to the question: whom it asks, and until when."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dcs.auth import OPEN_ALL_WEEK, Calendar, NewAccount
from dcs.core.clock import ManualClock
from dcs.core.ids import TenantId, UserId
from dcs.core.settings import Settings
from dcs.studio import Studio, open_studio
from dcs.workflow import ApprovalTemplate, LevelRule
from dcs.workflow.planning import Planner
from dcs.workflow.state import Level, LevelPlan

pytestmark = pytest.mark.anyio

ACME = TenantId("acme")
FRIDAY = datetime(2026, 3, 6, 16, tzinfo=UTC)
OFFICE_HOURS = Calendar("UTC", (1, 2, 3, 4, 5), 9, 18)


@pytest.fixture
async def studio(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Studio]:
    settings = Settings(environment="test", data_dir=tmp_path / "data")
    async with open_studio(settings, ManualClock(FRIDAY)) as opened:
        await opened.identity.add_tenant(ACME, "Acme", OPEN_ALL_WEEK)
        yield opened


async def plans(
    studio: Studio,
    template: ApprovalTemplate,
    approvers: tuple[UserId, ...] = (),
    calendar: Calendar = OFFICE_HOURS,
) -> dict[Level, LevelPlan]:
    planner = Planner(template, approvers, calendar, FRIDAY)
    found = await studio.database.read(ACME, planner.plans)
    return {each.level: each for each in found}


async def test_time_runs_by_the_clock_unless_the_template_says_otherwise(studio: Studio) -> None:
    found = await plans(studio, ApprovalTemplate())
    assert found[Level.L1].deadline == FRIDAY + timedelta(hours=24)
    assert found[Level.L2].deadline == FRIDAY + timedelta(hours=48)
    assert found[Level.L2].urgent == timedelta(hours=2)


async def test_working_time_stands_still_over_a_weekend(studio: Studio) -> None:
    rule = LevelRule(hours=5, escalate_to="office", escalate_hours=2)
    found = await plans(studio, ApprovalTemplate(first=rule, business_hours=True))
    assert found[Level.L1].deadline == datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert found[Level.L1].escalate_at == datetime(2026, 3, 9, 10, tzinfo=UTC)
    assert found[Level.L1].urgent == timedelta(hours=1)


async def test_a_holiday_is_no_working_time(studio: Studio) -> None:
    closed = Calendar("UTC", (1, 2, 3, 4, 5), 9, 18, (datetime(2026, 3, 9, tzinfo=UTC).date(),))
    rule = LevelRule(hours=5)
    found = await plans(studio, ApprovalTemplate(first=rule, business_hours=True), (), closed)
    assert found[Level.L1].deadline == datetime(2026, 3, 10, 12, tzinfo=UTC)


async def test_whoever_may_decide_hears_of_it_and_of_a_group_its_members_alone(
    studio: Studio,
) -> None:
    people = {}
    for login, groups in (("stella", ("owners",)), ("simon", ()), ("otto", ("owners",))):
        new = NewAccount(login, ("steward",), groups)
        people[login] = (await studio.identity.add_account(ACME, new, None)).id
    may = (people["stella"], people["simon"])
    template = ApprovalTemplate(first=LevelRule(group="owners"))
    found = await plans(studio, template, may)
    assert found[Level.L1].people == (people["stella"],)
    assert set(found[Level.L2].people) == set(may)
