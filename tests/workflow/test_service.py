"""Approvals on rows: deadlines, failures and restarts, with real files behind them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from dcs.auth import OPEN_ALL_WEEK, NewAccount
from dcs.catalog import NewDataset, Status, Version
from dcs.core.actor import Actor
from dcs.core.classification import Classification
from dcs.core.clock import ManualClock
from dcs.core.ids import TenantId
from dcs.core.settings import Settings
from dcs.studio import Studio, open_studio
from dcs.workflow import Ballot, Level, VoteNotCountedError
from tests.validation.contracts.documents import contract

pytestmark = pytest.mark.anyio

ACME = TenantId("acme")


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content


class Case:
    """One studio with a clock that is turned by hand, a producer and two stewards."""

    def __init__(self, studio: Studio, clock: ManualClock) -> None:
        self.studio, self.clock = studio, clock
        self.people: dict[str, Actor] = {}

    async def begin(
        self,
        classification: Classification = Classification.INTERNAL,
        content: bytes = b"id,amount\n1,2\n",
    ) -> Version:
        await self.studio.identity.add_tenant(ACME, "Acme", OPEN_ALL_WEEK)
        for login, role in (("paula", "producer"), ("stella", "steward"), ("simon", "steward")):
            attributes = {"clearance": 3, "department": "it", "employee": True}
            new = NewAccount(login, (role,), (), attributes)
            self.people[login] = (await self.studio.identity.add_account(ACME, new, None)).actor()
        new_dataset = NewDataset("d", classification, department="it")
        await self.studio.catalog.add_dataset(self.people["paula"], new_dataset)
        if classification.level >= Classification.CONFIDENTIAL.level:  # which asks for a contract
            document = contract("name: id", "name: amount").encode()
            await self.studio.reports.set_contract(self.people["paula"], "d", document)
        received = await self.studio.receiver.receive(
            self.people["paula"], "d", "d.csv", chunks(content)
        )
        return received.version

    async def settle(self) -> None:
        while await self.studio.jobs.run_due():
            pass

    async def now(self, version: Version) -> Version:
        return (await self.studio.catalog.load(ACME, version.id))[1]

    async def vote(self, login: str, level: str = "L1") -> None:
        actor = self.people[login]
        [approval] = await self.studio.approvals.find(actor, mine=False, before=None, limit=5)
        await self.studio.approvals.vote(actor, approval.id, Ballot(Level(level), "approve"))


@pytest.fixture
async def case(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Case]:
    clock = ManualClock()
    async with open_studio(
        Settings(environment="test", data_dir=tmp_path / "data"), clock
    ) as studio:
        yield Case(studio, clock)


async def test_a_passed_deadline_ends_the_approval(case: Case) -> None:
    version = await case.begin()
    await case.settle()
    case.clock.advance(timedelta(hours=23, minutes=59))
    await case.settle()
    assert (await case.now(version)).status is Status.AWAITING_APPROVAL
    case.clock.advance(timedelta(minutes=1))
    await case.settle()
    ended = await case.now(version)
    assert (ended.status, ended.reason) == (Status.REJECTED, "DEADLINE")
    with pytest.raises(VoteNotCountedError, match="already ended"):
        await case.vote("stella")


async def test_a_deadline_of_a_decided_level_changes_nothing(case: Case) -> None:
    version = await case.begin(Classification.CONFIDENTIAL)
    await case.settle()
    await case.vote("stella")
    case.clock.advance(timedelta(hours=25))
    await case.settle()
    assert (await case.now(version)).status is Status.AWAITING_APPROVAL
    await case.vote("simon", "L2")
    await case.settle()
    assert (await case.now(version)).status is Status.ACTIVE


async def test_an_activity_that_fails_every_time_ends_in_failed(case: Case) -> None:
    version = await case.begin()
    await case.studio.objects.delete(ACME, version.sha256)
    for _ in range(3):
        await case.settle()
        assert (await case.now(version)).status is not Status.FAILED or _ == 2
        case.clock.advance(timedelta(minutes=10))
    await case.settle()
    ended = await case.now(version)
    assert (ended.status, ended.reason, ended.progress) == (Status.FAILED, "INSPECT_FAILED", 0)


async def test_an_open_approval_survives_a_restart(tmp_path: Path) -> None:
    clock = ManualClock()
    settings = Settings(environment="test", data_dir=tmp_path / "data")
    async with open_studio(settings, clock) as studio:
        case = Case(studio, clock)
        version = await case.begin()
        people = case.people
    async with open_studio(settings, clock) as studio:
        case = Case(studio, clock)
        case.people = people
        await case.settle()
        assert (await case.now(version)).status is Status.AWAITING_APPROVAL
    async with open_studio(settings, clock) as studio:
        case = Case(studio, clock)
        case.people = people
        await case.vote("stella")
        await case.settle()
        assert (await case.now(version)).status is Status.ACTIVE


NAMES = b"surname,amount\n" + b"Smith,1\n" * 30


@pytest.mark.parametrize(
    ("content", "ends"),
    [
        (NAMES, Status.AWAITING_APPROVAL),
        (b"mail,amount\n" + b"anna@example.org,1\n" * 30, Status.REJECTED),
        (b"id,amount\n1,2\n", Status.AWAITING_APPROVAL),
    ],
    ids=["told by the column", "verified", "none"],
)
async def test_a_column_of_names_asks_two_people_and_refuses_no_public_dataset_by_itself(
    case: Case, content: bytes, ends: Status
) -> None:
    version = await case.begin(Classification.PUBLIC, content)
    await case.settle()
    now = await case.now(version)
    assert now.status is ends
    assert now.contains_personal_data is (content != b"id,amount\n1,2\n")
    if content is NAMES:
        await case.vote("stella")
        await case.settle()
        assert (await case.now(version)).status is Status.AWAITING_APPROVAL
        await case.vote("simon", "L2")
        await case.settle()
        assert (await case.now(version)).status is Status.ACTIVE
