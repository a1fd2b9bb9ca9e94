"""The check of grants: what was given against what policy allows, for everybody on every channel."""

import asyncio
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dcs.core.clock import ManualClock
from dcs.core.ids import new_id
from dcs.engines.database import PLATFORM
from dcs.engines.database.sqlite import SqliteDatabase
from dcs.engines.durable.rows import release_leases
from dcs.policy import (
    CHANNELS,
    Action,
    AuditLevel,
    Channel,
    Decision,
    DeniedError,
    Grant,
    Grantee,
    GranteeKind,
    Permits,
)
from dcs.workflow.access.drift.judging import drift_of
from dcs.workflow.access.drift.nights import next_night
from tests.both_databases import ACME, GLOBEX
from tests.workflow.access.conftest import Desk, desk_on, meet_again, move_in, permits_on

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
LOW = {"clearance": 0, "department": "research"}
READS = {Channel.PREVIEW, Channel.ROWS, Channel.REFERENCE}


async def test_what_policy_allows_as_given_is_no_drift(desk: Desk) -> None:
    dataset = await desk.dataset()
    await desk.give(dataset)
    await desk.give(dataset, columns=("id",), actions=("report", "preview"))
    await desk.give(dataset, "lab", actions=("preview", "read", "download"))
    await desk.night()
    assert await desk.drift() == []
    [check] = [await desk.checks.newest(desk.people["auditor"])]
    assert check is not None
    assert (check.checked, check.drifted) == (3, 0)


async def test_a_clearance_that_was_lowered_is_drift_with_its_reason_and_told_once(
    desk: Desk,
) -> None:
    grant = await desk.give(await desk.dataset())
    await desk.change("rita", attributes=LOW)
    for _ in range(3):
        await desk.night()
    drift = await desk.drift()
    assert {each.channel for each in drift} == READS
    assert {(each.grant, each.account) for each in drift} == {(grant.id, desk.people["rita"].id)}
    assert {(each.expected, each.actual, each.reasons) for each in drift} == {
        (True, False, ("clearance_too_low",))
    }
    assert len({each.at for each in drift}) == 1  # since when, not when it was seen last
    assert await desk.recorded("grant.drifted") == 1
    assert (await desk.told("owner")).count("grant_drifted") == 1
    await desk.change("rita", attributes={**LOW, "clearance": 3})
    await desk.night()
    assert await desk.drift() == []
    await desk.change("rita", attributes=LOW)
    await desk.night()
    assert await desk.recorded("grant.drifted") == 2


async def test_a_check_leaves_no_trace_of_the_grantee(desk: Desk) -> None:
    await desk.give(await desk.dataset())
    await desk.change("rita", attributes=LOW)
    await desk.night()
    events = await desk.audit.newest(ACME, limit=1_000)
    assert not [each for each in events if each.actor == desk.people["rita"].id]
    assert not [each for each in events if each.action in {"read", "preview", "download"}]


async def test_of_a_group_the_member_who_cannot_read_is_named(desk: Desk) -> None:
    await desk.give(await desk.dataset(), "lab")
    await desk.change("lars", attributes=LOW)
    await desk.night()
    assert {each.account for each in await desk.drift()} == {desk.people["lars"].id}
    assert await desk.checks.find(desk.people["rita"], None, 10) == []  # it is her colleague's
    mine = await desk.checks.find(desk.people["lars"], None, 10)
    assert {each.channel for each in mine[0].drift} == READS


async def test_a_disabled_account_is_expected_to_have_nothing(desk: Desk) -> None:
    grant = await desk.give(await desk.dataset())
    await desk.change("rita", disabled=True)
    await desk.night()
    assert {(each.expected, each.actual, each.reasons) for each in await desk.drift()} == {
        (False, True, ("account_disabled",))
    }
    await desk.grants.revoke(desk.people["owner"], grant.id, "has left us")
    await desk.night()
    assert await desk.drift() == []


async def test_the_drift_of_a_grant_that_ended_long_ago_is_forgotten(desk: Desk) -> None:
    await desk.give(await desk.dataset())
    await desk.change("rita", attributes=LOW)
    await desk.night()
    assert await desk.drift()
    desk.clock.advance(timedelta(days=400))
    await desk.night()
    assert await desk.drift() == []
    assert await desk.recorded("grant.expired") == 1


async def test_a_grant_from_before_its_end_was_planned_ends_on_record_all_the_same(
    desk: Desk,
) -> None:
    grant = await desk.give(await desk.dataset(), days=40)
    await desk.database.write(ACME, lambda s: desk.ends.drop(s, grant))
    await desk.night()
    desk.clock.advance(timedelta(days=40))
    await desk.settle()
    assert await desk.recorded("grant.expired") == 1


async def test_a_check_goes_through_all_grants_in_batches_and_again_next_night(
    desk: Desk,
) -> None:
    dataset = await desk.dataset()
    for _ in range(5):
        await desk.give(dataset, days=300)
    auditor = desk.people["auditor"]
    check = await desk.checks.start(auditor)
    assert await desk.jobs.run_due() >= 3  # two grants in each batch
    done = await desk.checks.newest(auditor, check.run)
    assert done is not None
    assert (done.run, done.checked, done.finished_at is not None) == (1, 5, True)
    await desk.night()
    again = await desk.checks.newest(auditor)
    assert again is not None
    assert (again.run, again.checked) == (2, 5)


async def test_a_check_that_is_begun_anew_gives_up_the_batch_under_way(desk: Desk) -> None:
    dataset = await desk.dataset()
    for _ in range(3):
        await desk.give(dataset)
    auditor = desk.people["auditor"]
    await desk.checks.start(auditor)
    [taken] = [each for each in await desk.jobs._take(9) if each.job.kind == "access.verify"]
    second = await desk.checks.start(auditor)
    await desk.jobs._do(taken)
    await desk.settle()
    done = await desk.checks.newest(auditor, second.run)
    assert done is not None
    assert (done.run, done.checked) == (2, 3)


async def test_two_workers_check_each_grant_and_tell_each_drift_once(
    desk: Desk, permits: Permits
) -> None:
    dataset = await desk.dataset()
    for _ in range(9):
        await desk.give(dataset)
    await desk.change("rita", attributes=LOW)
    other = desk_on(desk.database, desk.clock, permits, batch=2)
    await desk.checks.start(desk.people["auditor"])
    for _ in range(6):
        await asyncio.gather(desk.jobs.run_due(), other.jobs.run_due())
    done = await desk.checks.newest(desk.people["auditor"])
    assert done is not None
    assert (done.run, done.checked, done.drifted) == (1, 9, 9)
    assert await desk.recorded("grant.drifted") == 9


async def test_whoever_waits_for_a_check_is_woken_at_its_end(desk: Desk) -> None:
    await desk.give(await desk.dataset())
    auditor = desk.people["auditor"]
    check = await desk.checks.start(auditor)
    waiting = asyncio.create_task(desk.checks.newest(auditor, check.run, 60))
    await desk.settle()
    done = await asyncio.wait_for(waiting, 10)
    assert done is not None
    assert done.finished_at is not None


async def test_only_auditors_and_admins_begin_a_check_and_only_of_their_own(desk: Desk) -> None:
    await desk.give(await desk.dataset())
    await desk.change("rita", attributes=LOW)
    for who in ("owner", "rita", "steward"):
        with pytest.raises(DeniedError):
            await desk.checks.start(desk.people[who])
    await desk.checks.start(desk.people["stranger"])
    await desk.settle()
    assert await desk.drift() == []
    assert await desk.checks.find(desk.people["stranger"], None, 10) == []
    theirs = await desk.audit.newest(GLOBEX, limit=10)
    assert "grants.check" in {each.action for each in theirs}


NOW = ManualClock().now()
GRANT = Grant(
    "g1", ACME, "d1", Grantee(GranteeKind.USER, "u1"), ("preview", "read"), ("id", "amount"), None,
    "o1", NOW, NOW + timedelta(days=1),
)  # fmt: skip


def decided(
    *grant: str, deny: tuple[str, ...] = (), columns: object = ("id", "amount")
) -> Decision:
    shown = None if columns is None else frozenset(columns)  # type: ignore[call-overload]
    allow = bool(grant) and not deny
    return Decision(
        new_id(), NOW, Action.READ, allow, deny, grant, frozenset(), shown, AuditLevel.FULL, "r"
    )


@pytest.mark.parametrize(
    ("channel", "decision", "changes", "reasons"),
    [
        (Channel.ROWS, decided("grant:g1"), {}, None),
        (Channel.ROWS, decided("role:analyst", columns=None), {}, None),
        (Channel.ROWS, decided(), {}, ("no_grant",)),
        (Channel.ROWS, decided(deny=("other_department",)), {}, ("other_department",)),
        (Channel.ROWS, decided("grant:g1", deny=("outside_working_hours",)), {}, None),
        (
            Channel.ROWS,
            decided("grant:g1", deny=("clearance_too_low", "outside_working_hours")),
            {},
            ("clearance_too_low",),
        ),
        (Channel.ROWS, decided("grant:g1", columns=("id",)), {}, ("fewer_columns",)),
        (Channel.ROWS, decided("grant:g1", columns=None), {}, ("more_columns",)),
        (Channel.ROWS, decided("grant:g1", columns=("id", "amount", "x")), {}, ("more_columns",)),
        (Channel.ROWS, decided("grant:g1", "role:analyst", columns=None), {}, None),
        (Channel.ROWS, decided("grant:g1"), {"columns": None}, ("fewer_columns",)),
        (Channel.DOWNLOAD, decided(), {}, None),
        (Channel.DOWNLOAD, decided("role:analyst"), {}, None),
        (Channel.DOWNLOAD, decided("grant:g2"), {}, None),
        (Channel.DOWNLOAD, decided("grant:g1"), {}, ("not_given",)),
        (Channel.REPORT, decided(), {"actions": ("report",)}, None),
        (Channel.REPORT, decided(), {"actions": ("report",), "columns": None}, ("no_grant",)),
        (Channel.ROWS, decided(), {"revoked_at": NOW}, None),
        (Channel.ROWS, decided("role:analyst"), {"revoked_at": NOW}, None),
        (Channel.ROWS, decided("grant:g1"), {"revoked_at": NOW}, ("ended_grant",)),
        (Channel.ROWS, decided("grant:g1"), {"expires_at": NOW}, ("ended_grant",)),
        (Channel.ROWS, decided("grant:g1"), {"ended_at": NOW}, ("ended_grant",)),
    ],
)
async def test_a_decision_differs_from_a_grant_where_it_says_something_else(
    desk: Desk,
    channel: Channel,
    decision: Decision,
    changes: dict[str, object],
    reasons: tuple[str, ...] | None,
) -> None:
    rita = await desk.identity.account(ACME, desk.people["rita"].id)
    assert rita is not None
    found = drift_of(replace(GRANT, **changes), rita, channel, decision, NOW)  # type: ignore[arg-type]
    assert (None if found is None else found.reasons) == reasons


async def test_every_channel_is_asked_for(desk: Desk) -> None:
    actions = tuple(sorted({each.value for each in CHANNELS.values()}))
    await desk.give(await desk.dataset(), actions=actions)
    await desk.change("rita", attributes={"clearance": 0})
    await desk.night()
    known = {Channel.CATALOG}  # of CONFIDENTIAL data anybody may know that it is there
    assert {each.channel for each in await desk.drift()} == set(Channel) - known


async def test_night_is_two_in_the_morning_where_the_tenant_is() -> None:
    assert next_night(NOW, "UTC").isoformat() == "2026-01-06T02:00:00+00:00"
    assert next_night(NOW, "Europe/Helsinki").isoformat() == "2026-01-06T00:00:00+00:00"
    assert next_night(NOW, "Nowhere/Land") == next_night(NOW, "UTC")


async def test_a_process_killed_between_batches_loses_no_grant_and_tells_nothing_twice(
    tmp_path: Path,
) -> None:
    path, clock = tmp_path / "dcs.sqlite", ManualClock()
    database = SqliteDatabase(path)
    desk = desk_on(database, clock, permits_on(database, clock))
    await move_in(desk)
    dataset = await desk.dataset()
    grants = [await desk.give(dataset) for _ in range(5)]
    await desk.change("rita", attributes=LOW)
    await desk.checks.start(desk.people["auditor"])
    desk.permits.close()
    await database.close()

    points = ("workflow.before_commit", "workflow.after_commit", "workflow.before_effect") * 3
    ends = []
    for point in points:
        dying = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.workflow.access.dying", str(path), point, cwd=ROOT
        )
        ends.append(await dying.wait())
    assert set(ends) <= {-signal.SIGKILL, 0}
    assert ends.count(-signal.SIGKILL) >= 3

    database = SqliteDatabase(path)
    desk = desk_on(database, clock, permits_on(database, clock), batch=2)
    await meet_again(desk)
    await database.write(PLATFORM, release_leases)
    await desk.settle()
    done = await desk.checks.newest(desk.people["auditor"])
    assert done is not None
    assert (done.run, done.checked, done.drifted) == (1, 5, 5)
    assert {each.grant for each in await desk.drift()} == {each.id for each in grants}
    assert await desk.recorded("grant.drifted") == 5
    desk.permits.close()
    await database.close()
