"""The same approvals on every engine: what one of them does, all of them do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from dcs.catalog import Status
from dcs.core.classification import Classification
from dcs.policy import DeniedError
from dcs.workflow import NotExpeditableError, NotSubmittableError, VoteNotCountedError, messages
from dcs.workflow.state import Level
from tests.databases import empty
from tests.malware import EICAR
from tests.workflow.engine_case import ACME, Case, Engine, on_a_cluster, on_postgresql, opened

pytestmark = pytest.mark.anyio

POSTGRESQL, TEMPORAL = pytest.mark.service("postgresql"), pytest.mark.service("temporal")
MACHINERY = [
    ("approval.opened", "done"),
    ("approval.inspected", "done"),
    ("approval.validation_finished", "done"),
    ("approval.compliance_finished", "done"),
]


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=POSTGRESQL),
        pytest.param("temporal", marks=TEMPORAL),
        pytest.param("temporal-postgresql", marks=[TEMPORAL, POSTGRESQL]),
    ]
)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    name: str = request.param
    chosen = on_a_cluster() if "temporal" in name else {}
    if "postgresql" in name:
        addresses = request.getfixturevalue("postgres")
        empty(addresses["owner"])
        chosen |= on_postgresql(addresses["application"])
    return Engine(name, tmp_path / "data", chosen)


@pytest.fixture
async def case(engine: Engine, anyio_backend: str) -> AsyncIterator[Case]:
    async with opened(engine) as case:
        yield case


async def test_what_everybody_agrees_to_becomes_active_once(case: Case) -> None:
    version = await case.send()
    await case.until(version, Status.AWAITING_APPROVAL)
    assert (await case.now(version)).activated_at is None
    await case.vote("stella")
    active = await case.until(version, Status.ACTIVE)
    assert active.activated_at is not None
    approval = await case.approval()
    assert [(vote.by, vote.decision) for vote in approval.levels[0].votes] == [
        (case.people["stella"].id, "approve")
    ]
    assert await case.history() == [
        *MACHINERY,
        ("approval.voted", "done"),
        ("approval.activated", "done"),
    ]
    assert await case.told("paula") == ["decided"]
    dataset, _ = await case.studio.catalog.load(ACME, version.id)
    assert dataset.active_number == 1


async def test_two_levels_are_two_people_and_never_who_asked(case: Case) -> None:
    version = await case.send(Classification.CONFIDENTIAL)
    await case.until(version, Status.AWAITING_APPROVAL)
    with pytest.raises(DeniedError):
        await case.vote("paula")
    approval = await case.approval()
    own = messages.Voted(case.clock.now(), case.people["paula"].id, Level.L1, approve=True)
    assert await case.studio.approvals.host.happen(ACME, approval.id, own) == "own_request"
    await case.vote("stella")
    with pytest.raises(VoteNotCountedError, match="same person"):
        await case.vote("stella", "L2")
    assert (await case.now(version)).status is Status.AWAITING_APPROVAL
    await case.vote("simon", "L2")
    await case.until(version, Status.ACTIVE)


async def test_of_votes_at_the_same_moment_one_counts(case: Case) -> None:
    version = await case.send()
    await case.until(version, Status.AWAITING_APPROVAL)
    came = await asyncio.gather(
        *(case.vote(login, reason="as agreed") for login in ("stella", "simon", "stella")),
        return_exceptions=True,
    )
    assert sum(isinstance(each, VoteNotCountedError) for each in came) == 2
    await case.until(version, Status.ACTIVE)
    with pytest.raises(VoteNotCountedError, match="already ended"):
        await case.vote("simon")
    assert len((await case.approval()).levels[0].votes) == 1
    outcomes = [outcome for action, outcome in await case.history() if action == "approval.voted"]
    assert sorted(outcomes) == ["done", "ignored", "ignored", "ignored"]


async def test_a_draft_waits_is_returned_and_decided_anew(case: Case) -> None:
    version = await case.send(submit=False)
    await case.until(version, Status.VALIDATED)
    paula = case.people["paula"]
    await case.studio.approvals.submit(paula, version)
    with pytest.raises(NotSubmittableError):
        await case.studio.approvals.submit(paula, version)
    await case.until(version, Status.AWAITING_APPROVAL)
    returned = await case.vote("stella", decision="return", reason="the columns need names")
    assert (await case.now(version)).status is Status.RETURNED
    [vote] = returned.levels[0].votes
    assert (vote.decision, vote.round, vote.reason) == ("return", 1, "the columns need names")
    await case.studio.approvals.submit(paula, version)
    await case.until(version, Status.AWAITING_APPROVAL)
    await case.vote("stella")
    await case.until(version, Status.ACTIVE)
    assert [each.round for each in (await case.approval()).levels[0].votes] == [1, 2]


async def test_a_rejection_keeps_its_reason_and_ends_it(case: Case) -> None:
    version = await case.send()
    await case.until(version, Status.AWAITING_APPROVAL)
    approval = await case.approval()
    await case.studio.approvals.comment(case.people["simon"], approval.id, "who needs this?")
    rejected = await case.vote("stella", decision="reject", reason="nobody needs this")
    assert rejected.levels[0].votes[0].reason == "nobody needs this"
    assert [each.text for each in rejected.comments] == ["who needs this?"]
    ended = await case.now(version)
    assert (ended.status, ended.reason) == (Status.REJECTED, "HUMAN_REJECTION")
    assert await case.told("simon") == ["already_decided", "approval_requested"]


async def test_a_passed_deadline_reminds_and_then_ends_it(engine: Engine) -> None:
    soon = timedelta(hours=24) - timedelta(seconds=3)
    async with opened(engine, past=soon) as case:
        version = await case.send()
        await case.until(version, Status.AWAITING_APPROVAL)
        await case.let_pass(timedelta(hours=20))
        await _told(case, "stella", "deadline_near")
        await case.let_pass(timedelta(hours=4))
        ended = await case.until(version, Status.REJECTED)
        assert ended.reason == "DEADLINE"
        assert await case.history() == [*MACHINERY, *[("approval.deadline_passed", "done")] * 2]


async def test_haste_shortens_a_deadline_that_runs(engine: Engine) -> None:
    soon = timedelta(hours=1) - timedelta(seconds=3)
    async with opened(engine, past=soon) as case:
        version = await case.send()
        await case.until(version, Status.AWAITING_APPROVAL)
        approval = await case.approval()
        before = approval.levels[0].deadline
        haste = await case.studio.approvals.expedite(case.people["paula"], approval.id)
        assert before - haste.levels[0].deadline > timedelta(hours=22)
        with pytest.raises(NotExpeditableError):
            await case.studio.approvals.expedite(case.people["paula"], approval.id)
        await case.let_pass(timedelta(hours=1))
        assert (await case.until(version, Status.REJECTED)).reason == "DEADLINE"


async def test_who_asked_takes_it_back(case: Case) -> None:
    version = await case.send()
    approval = await case.approval()
    await case.studio.approvals.cancel(case.people["paula"], approval.id, "")
    ended = await case.until(version, Status.CANCELLED)
    assert ended.reason == "CANCELLED"
    with pytest.raises(VoteNotCountedError, match="already ended"):
        await case.studio.approvals.cancel(case.people["paula"], approval.id, "")


async def test_an_activity_that_always_fails_ends_it_and_is_told(engine: Engine) -> None:
    async with opened(engine, work=False) as case:
        version = await case.send()
        await case.studio.objects.delete(ACME, version.sha256)
    async with opened(engine) as case:
        ended = await case.until(version, Status.FAILED)
        assert (ended.reason, ended.progress) == ("INSPECT_FAILED", 0)
        assert (await case.history())[-1] == ("approval.activity_failed", "done")
        assert await case.told("paula") == ["failed"]


async def test_a_file_in_quarantine_goes_on_with_a_reason(case: Case) -> None:
    version = await case.send(content=b"id,note\n1," + EICAR + b"\n")
    await case.until(version, Status.QUARANTINED)
    released = await case.studio.quarantine.release(
        case.people["adam"], version.id, "a test of the scanner"
    )
    assert released.release_reason == "a test of the scanner"
    assert released.released_by == case.people["adam"].id
    await case.until(version, Status.AWAITING_APPROVAL)


async def test_a_file_in_quarantine_is_removed_with_its_bytes(case: Case) -> None:
    version = await case.send(content=b"id,note\n1," + EICAR + b"\n")
    await case.until(version, Status.QUARANTINED)
    await case.studio.quarantine.discard(case.people["adam"], version.id, "not ours to have")
    assert (await case.now(version)).status is Status.CANCELLED
    assert await case.studio.catalog.is_unknown(ACME, version.sha256)


async def _told(case: Case, login: str, kind: str) -> None:
    async with asyncio.timeout(30):
        while kind not in await case.told(login):
            await asyncio.sleep(0.05)
