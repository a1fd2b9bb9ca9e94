"""Who hears of an approval, and what each of them is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dcs.auth import OPEN_ALL_WEEK, NewAccount
from dcs.catalog import NewDataset, Status, Version
from dcs.core.actor import Actor, ActorKind
from dcs.core.classification import Classification
from dcs.core.clock import ManualClock
from dcs.core.ids import TenantId
from dcs.core.settings import Settings
from dcs.engines.durable import Finish, Job
from dcs.studio import Studio, open_studio
from dcs.workflow import (
    ApprovalNotFoundError,
    ApprovalView,
    Ballot,
    CommentMissingError,
    Level,
    NotCommentableError,
    NotExpeditableError,
    ReasonMissingError,
    VoteNotCountedError,
)
from tests.validation.contracts.documents import contract

pytestmark = pytest.mark.anyio

ACME = TenantId("acme")
ROLES = {
    "paula": ("producer", "steward"),
    "stella": ("steward",),
    "simon": ("steward",),
    "carla": ("consumer",),
}


class Case:
    """A studio whose clock is turned by hand, and the inboxes of its people."""

    def __init__(self, studio: Studio, clock: ManualClock) -> None:
        self.studio, self.clock = studio, clock
        self.people: dict[str, Actor] = {}

    async def settle(self) -> None:
        while await self.studio.jobs.run_due():
            pass

    async def send(
        self,
        content: bytes = b"id,amount\n1,2\n",
        classification: Classification = Classification.INTERNAL,
        *,
        promised: bool = True,
    ) -> Version:
        identity = self.studio.identity
        await identity.add_tenant(ACME, "Acme", OPEN_ALL_WEEK)
        for login, roles in ROLES.items():
            attributes = {"clearance": 3, "department": "it", "employee": True}
            account = await identity.add_account(
                ACME, NewAccount(login, roles, (), attributes), None
            )
            self.people[login] = account.actor()
        robot = NewAccount("robot", ("steward",), (), {}, ActorKind.SERVICE)
        self.people["robot"] = (await identity.add_account(ACME, robot, None)).actor()
        paula = self.people["paula"]
        await self.studio.catalog.add_dataset(
            paula, NewDataset("d", classification, department="it")
        )
        asks_for_one = classification.level >= Classification.CONFIDENTIAL.level
        if asks_for_one and promised:
            document = contract("name: id", "name: amount").encode()
            await self.studio.reports.set_contract(paula, "d", document)
        received = await self.studio.receiver.receive(paula, "d", "d.csv", chunks(content))
        await self.settle()
        return received.version

    async def send_again(self, content: bytes) -> Version:
        paula = self.people["paula"]
        received = await self.studio.receiver.receive(paula, "d", "d.csv", chunks(content))
        await self.settle()
        return received.version

    async def vote(
        self, login: str, level: str = "L1", decision: str = "approve", reason: str = ""
    ) -> None:
        actor = self.people[login]
        [approval] = await self.studio.approvals.find(actor, mine=False, before=None, limit=5)
        await self.studio.approvals.vote(actor, approval.id, Ballot(Level(level), decision, reason))
        await self.settle()

    async def find(self) -> str:
        [approval] = await self.studio.approvals.find(
            self.people["stella"], mine=False, before=None, limit=5
        )
        return approval.id

    async def expedite(self, login: str) -> ApprovalView:
        return await self.studio.approvals.expedite(self.people[login], await self.find())

    async def comment(self, login: str, text: str) -> ApprovalView:
        return await self.studio.approvals.comment(self.people[login], await self.find(), text)

    async def story(self, login: str) -> dict[str, Any]:
        return await self.studio.approvals.story(self.people[login], await self.find())

    async def told(self, login: str) -> list[str]:
        """Return what is in somebody's inbox, oldest first."""
        notices = self.studio.notices
        found = await notices.find(self.people[login], unread=False, before=None, limit=50)
        return [each.subject for each in reversed(found)]


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content


@pytest.fixture
async def case(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Case]:
    clock = ManualClock()
    settings = Settings(environment="test", data_dir=tmp_path / "data")
    async with open_studio(settings, clock) as studio:
        yield Case(studio, clock)


async def test_those_who_may_decide_are_asked_and_nobody_else(case: Case) -> None:
    await case.send()
    asked = ["d, version 1, waits for your decision"]
    assert await case.told("stella") == await case.told("simon") == asked
    for login in ("paula", "carla", "robot"):  # her own request, no right, no person
        assert await case.told(login) == []


async def test_each_level_is_asked_for_with_its_own_deadline(case: Case) -> None:
    await case.send(classification=Classification.CONFIDENTIAL)
    found = await case.studio.notices.find(case.people["stella"], unread=True, before=None, limit=9)
    assert sorted(each.notice.data["level"] for each in found) == ["L1", "L2"]
    assert len({each.notice.data["deadline"] for each in found}) == 2
    assert "paula asks for the approval of d" in found[0].text


async def test_the_requester_gets_a_receipt_and_the_others_need_do_nothing_more(
    case: Case,
) -> None:
    await case.send()
    await case.vote("stella")
    assert await case.told("paula") == ["d, version 1: active"]
    assert (await case.told("simon"))[1:] == ["d, version 1, needs nothing more from you"]
    assert len(await case.told("stella")) == 1  # she knows: it was her vote


async def test_nobody_is_sent_home_while_a_level_is_open(case: Case) -> None:
    await case.send(classification=Classification.CONFIDENTIAL)
    await case.vote("stella")
    assert len(await case.told("simon")) == 2  # L1 and L2 were asked for, and that is all
    await case.vote("simon", "L2")
    assert (await case.told("stella"))[2:] == ["d, version 1, needs nothing more from you"]
    assert await case.told("paula") == ["d, version 1: active"]


async def test_a_rejection_is_told_with_its_reason(case: Case) -> None:
    await case.send()
    await case.vote("simon", decision="reject", reason="wrong year")
    assert await case.told("paula") == ["d, version 1: rejected (human rejection)"]
    assert (await case.told("stella"))[1:] == ["d, version 1, needs nothing more from you"]


async def test_a_passed_deadline_is_told_to_the_requester(case: Case) -> None:
    await case.send()
    case.clock.advance(timedelta(hours=25))
    await case.settle()
    assert await case.told("paula") == ["d, version 1: rejected (deadline)"]


async def test_a_file_that_fails_its_checks_asks_nobody(case: Case) -> None:
    await case.send(b'a,b\n1\n"')
    assert await case.told("stella") == []
    assert await case.told("paula") == ["d, version 1: rejected (validation failed)"]


async def test_what_was_given_up_is_told_as_failed(case: Case) -> None:
    version = await case.send()
    await case.studio.objects.delete(ACME, version.sha256)
    table = (await case.studio.catalog.load(ACME, version.id))[1].table_sha256
    assert table is not None
    await case.studio.objects.delete(ACME, table)
    await case.vote("stella")
    for _ in range(3):
        case.clock.advance(timedelta(minutes=20))
        await case.settle()
    assert await case.told("paula") == ["d, version 1, could not be finished"]


async def test_a_vote_that_does_not_count_is_told_to_nobody(case: Case) -> None:
    await case.send(classification=Classification.CONFIDENTIAL)
    await case.vote("stella")
    with pytest.raises(VoteNotCountedError):
        await case.vote("stella", "L2")
    assert len(await case.told("simon")) == 2
    assert await case.told("paula") == []


async def test_haste_is_told_to_those_who_were_asked(case: Case) -> None:
    await case.send()
    shown = await case.expedite("paula")
    assert shown.state.expedited
    assert (await case.told("stella"))[1:] == ["d, version 1, is urgent now"]
    assert shown.levels[0].deadline == case.clock.now() + timedelta(hours=1)


async def test_an_urgent_approval_ends_at_its_short_deadline(case: Case) -> None:
    await case.send()
    await case.expedite("stella")
    case.clock.advance(timedelta(minutes=59))
    await case.settle()
    assert (await case.told("simon"))[2:] != []  # reminded in the last quarter of the hour
    assert await case.told("paula") == []
    case.clock.advance(timedelta(minutes=1))
    await case.settle()
    assert await case.told("paula") == ["d, version 1: rejected (deadline)"]


async def test_whoever_was_asked_is_reminded_before_the_deadline_once(case: Case) -> None:
    await case.send()
    for hours in (17, 2, 2):
        case.clock.advance(timedelta(hours=hours))
        await case.settle()
    [reminder] = (await case.told("stella"))[1:]
    assert reminder.startswith("d, version 1, can be decided until")


async def test_a_clock_that_is_set_back_loses_no_deadline(case: Case) -> None:
    await case.send()
    kinds = case.studio.jobs.kinds
    usual = kinds["approval.deadline"]

    async def set_back_first(job: Job) -> Finish:
        """Between the moment at which the job fell due and the one at which it is done."""
        kinds["approval.deadline"] = usual
        case.clock.advance(timedelta(hours=-1))
        return await usual.handler(job)

    kinds["approval.deadline"] = replace(usual, handler=set_back_first)
    case.clock.advance(timedelta(hours=18))
    await case.settle()
    assert kinds["approval.deadline"] is usual
    assert len(await case.told("stella")) == 1  # it is too early to remind her
    case.clock.advance(timedelta(hours=1))
    await case.settle()
    assert len(await case.told("stella")) == 2
    case.clock.advance(timedelta(hours=6))
    await case.settle()
    assert await case.told("paula") == ["d, version 1: rejected (deadline)"]


async def test_a_decided_level_leaves_nothing_to_be_looked_at(case: Case) -> None:
    await case.send()
    await case.vote("stella")
    case.clock.advance(timedelta(days=400))
    await case.settle()
    assert await case.studio.jobs.count_due("approval.") == 0
    story = await case.story("stella")
    assert [each["outcome"] for each in story["history"] if each["outcome"] != "done"] == []


async def test_what_somebody_says_is_shown_and_told_to_the_others(case: Case) -> None:
    await case.send()
    shown = await case.comment("stella", "Where does\nthis come from?")
    assert [(each.by, each.text) for each in shown.comments] == [
        (case.people["stella"].id, "Where does\nthis come from?")
    ]
    assert await case.told("paula") == ["stella commented on d, version 1"]
    assert (await case.told("simon"))[1:] == ["stella commented on d, version 1"]
    assert len(await case.told("stella")) == 1
    await case.comment("paula", "From the till.")
    assert (await case.told("stella"))[1:] == ["paula commented on d, version 1"]


async def test_a_comment_needs_words_the_right_and_an_open_approval(case: Case) -> None:
    await case.send()
    with pytest.raises(CommentMissingError):
        await case.comment("stella", " \n")
    with pytest.raises(ApprovalNotFoundError):  # she may not know of it
        await case.comment("carla", "Me too.")
    await case.vote("stella")
    with pytest.raises(NotCommentableError):
        await case.comment("paula", "Thank you.")
    story = await case.story("paula")
    assert story["comments"] == []
    assert "Thank" not in str(story)


async def test_haste_is_for_those_who_send_or_decide(case: Case) -> None:
    await case.send()
    with pytest.raises(ApprovalNotFoundError):  # she may not know of it
        await case.expedite("carla")
    await case.expedite("paula")
    with pytest.raises(NotExpeditableError, match="already expedited"):
        await case.expedite("stella")


async def test_what_is_returned_is_told_changed_submitted_and_decided_anew(case: Case) -> None:
    version = await case.send(classification=Classification.CONFIDENTIAL)
    await case.vote("stella")
    await case.vote("simon", "L2", "return", "the shop column is missing")
    assert await case.told("paula") == ["d, version 1, came back for changes"]
    assert (await case.told("stella"))[2:] == ["d, version 1, needs nothing more from you"]
    paula = case.people["paula"]
    returned = (await case.studio.catalog.load(ACME, version.id))[1]
    assert (returned.status, returned.reason) == (Status.RETURNED, "RETURNED")

    await case.studio.approvals.submit(paula, returned)
    await case.settle()
    assert (await case.told("stella"))[3:] == ["d, version 1, waits for your decision"] * 2
    await case.vote("stella", "L2")
    await case.vote("simon", "L1")
    assert (await case.told("paula"))[1:] == ["d, version 1: active"]
    story = await case.story("paula")
    said = {
        (each["level"], vote["decision"], vote["round"])
        for each in story["levels"]
        for vote in each["votes"]
    }
    assert said == {
        ("L1", "approve", 1), ("L2", "return", 1), ("L1", "approve", 2), ("L2", "approve", 2)
    }  # fmt: skip


@pytest.mark.parametrize("decision", ["return", "reject"])
async def test_whoever_says_no_owes_a_reason(case: Case, decision: str) -> None:
    await case.send()
    with pytest.raises(ReasonMissingError):
        await case.vote("stella", "L1", decision, " no \n")
    assert await case.told("paula") == []
