"""Letters: digests instead of storms, nothing lost, and a repeat that can be told from news."""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from dcs.core.clock import ManualClock
from dcs.core.ids import UserId
from dcs.engines.database import PLATFORM
from dcs.engines.database.sqlite import SqliteDatabase
from dcs.engines.durable import Job
from dcs.engines.durable.rows import release_leases
from dcs.engines.mail.server import MailServer
from dcs.engines.mail.smtp import SmtpMail
from dcs.workflow import DIGEST, MAIL, NoticeKind
from tests.both_databases import ACME
from tests.post import Post
from tests.workflow.notices.conftest import APPROVAL, Desk, desk_of

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]


async def test_the_first_notice_is_mailed_at_once_in_words_and_with_its_page(
    desk: Desk, office: Post
) -> None:
    anna = await desk.add("anna", "anna@example.org")
    await desk.tell(anna, key="k")
    await desk.settle()
    [text] = office.texts()
    assert office.recipients == [["anna@example.org"]]
    assert office.letters[0]["subject"] == "anna commented on orders, version 3"
    assert "https://studio.example.org/approvals/a1\n" in text
    assert "Data Collaboration Studio of Acme" in text
    [shown] = await desk.inbox(anna)
    assert shown.notice.mailed_at == desk.clock.now()
    assert shown.notice.read_at is None


async def test_a_storm_of_500_notices_is_two_letters(desk: Desk, office: Post) -> None:
    anna = await desk.add("anna", "anna@example.org")
    for number in range(500):
        await desk.tell(anna, key=str(number))
        if number == 0:
            await desk.settle()
    await desk.settle()
    desk.clock.advance(DIGEST - timedelta(seconds=1))
    await desk.settle()
    assert len(office.letters) == 1
    desk.clock.advance(timedelta(seconds=1))
    await desk.settle()
    assert len(office.letters) == 2
    assert str(office.letters[1]["subject"]).startswith("499 notices: anna commented on")
    assert "299 more are in your inbox" in office.texts()[1]
    assert all(each.notice.mailed_at for each in await desk.inbox(anna))


async def test_after_a_quiet_time_a_notice_is_mailed_at_once_again(
    desk: Desk, office: Post
) -> None:
    anna = await desk.add("anna", "anna@example.org")
    for number in range(3):
        await desk.tell(anna, key=str(number))
        await desk.settle()
        desk.clock.advance(timedelta(minutes=11))
    assert len(office.letters) == 3


async def test_everybody_has_a_letter_of_their_own(desk: Desk, office: Post) -> None:
    people = [await desk.add(f"p{n}", f"p{n}@example.org") for n in range(4)]
    await desk.tell(*people, key="k")
    await desk.settle()
    assert sorted(office.recipients) == [[f"p{n}@example.org"] for n in range(4)]
    assert len({each["message-id"] for each in office.letters}) == 4


async def test_a_worker_that_dies_after_sending_sends_the_same_letter_again_and_loses_nothing(
    desk: Desk, office: Post
) -> None:
    anna = await desk.add("anna", "anna@example.org")
    await desk.tell(anna, key="1")
    payload = {"recipient": anna.id, "letter": 1}
    await desk.letters.send(Job("j", ACME, MAIL, payload, 1))  # and its effect is never kept
    await desk.tell(anna, key="2")
    await desk.settle()
    first, again = office.letters
    assert first["message-id"] == again["message-id"]
    assert office.texts()[0] == office.texts()[1]
    desk.clock.advance(DIGEST)
    await desk.settle()
    assert len(office.letters) == 3
    assert office.letters[2]["message-id"] != first["message-id"]
    assert all(each.notice.mailed_at for each in await desk.inbox(anna))


async def test_a_process_killed_between_sending_and_noting_repeats_one_letter(
    tmp_path: Path, office: Post, clock: ManualClock
) -> None:
    path = tmp_path / "dcs.sqlite"
    mail = SmtpMail(MailServer.at(office.url(), "studio@example.org", None), clock)
    database = SqliteDatabase(path)
    desk = await desk_of(database, clock, mail)
    anna = await desk.add("anna", "anna@example.org")
    await desk.tell(anna, key="k")
    await database.close()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.workflow.notices.dying", str(path), office.url(), cwd=ROOT
    )
    assert await child.wait() == -signal.SIGKILL
    assert len(office.letters) == 1
    database = SqliteDatabase(path)
    await database.write(PLATFORM, release_leases)
    desk = await desk_of(database, clock, mail)
    await desk.settle()
    assert len({each["message-id"] for each in office.letters}) == 1
    assert len(office.letters) == 2
    assert all(each.notice.mailed_at for each in await desk.inbox(anna))
    await database.close()


async def test_notices_told_by_many_at_once_while_letters_go_are_each_mailed(
    desk: Desk, office: Post
) -> None:
    anna = await desk.add("anna", "anna@example.org")
    ben = await desk.add("ben", "ben@example.org")

    async def tell(number: int) -> None:
        people = (anna, ben) if number % 2 else (ben, anna)
        await desk.tell(*people, key=str(number))
        await desk.jobs.run_due()
        if number % 10 == 0:
            desk.clock.advance(DIGEST)

    await asyncio.gather(*(tell(number) for number in range(60)))
    desk.clock.advance(DIGEST)
    await desk.settle()
    for person in (anna, ben):
        inbox = await desk.inbox(person)
        assert len(inbox) == 60
        assert all(each.notice.mailed_at for each in inbox)
    sent = {
        each["message-id"]: text for each, text in zip(office.letters, office.texts(), strict=True)
    }
    lines = "".join(sent.values()).count("There is a new comment by")
    assert lines == 120  # each is in one letter, which may have been sent again


async def test_a_refused_address_is_given_up_on_record_and_the_inbox_keeps_the_notice(
    desk: Desk, office: Post
) -> None:
    anna = await desk.add("anna", "anna@example.org")
    office.refused["anna@example.org"] = "550 no such user"
    await desk.tell(anna, key="k")
    await desk.settle()
    desk.clock.advance(timedelta(days=9))
    assert await desk.jobs.run_due() == 0
    [event] = [each for each in await desk.audit.newest(ACME) if each.action == "letter.give_up"]
    assert (event.object_id, event.outcome, event.reasons) == (anna.id, "failed", ("mail_refused",))
    assert "example.org" not in repr(event)
    [shown] = await desk.inbox(anna)
    assert shown.notice.mailed_at is None


@pytest.mark.parametrize(
    "email", ["x@example.org\r\nBcc: eve@example.org", "x@example.org, eve@example.org", "nonsense"]
)
async def test_an_address_that_would_change_a_letter_gets_none(
    desk: Desk, office: Post, email: str
) -> None:
    anna = await desk.add("anna", email)
    await desk.tell(anna, key="k")
    await desk.settle()
    assert office.letters == []
    assert [each.action for each in await desk.audit.newest(ACME)].count("letter.give_up") == 1


@pytest.mark.parametrize("email", [None, "", 7, ["anna@example.org"]])
async def test_who_has_no_address_has_the_inbox(desk: Desk, office: Post, email: object) -> None:
    anna = await desk.add("anna", email)
    await desk.tell(anna, key="k")
    await desk.settle()
    assert office.letters == []
    assert len(await desk.inbox(anna)) == 1
    assert await desk.jobs.run_due() == 0


async def test_a_mail_server_that_is_away_is_asked_again_until_it_is_back(
    desk: Desk, office: Post
) -> None:
    anna = await desk.add("anna", "anna@example.org")
    office.answer = "451 later"
    await desk.tell(anna, key="k")
    for _ in range(5):
        await desk.settle()
        desk.clock.advance(timedelta(hours=1))
    assert office.letters == []
    office.answer = "250 taken"
    await desk.settle()
    assert len(office.letters) == 1


async def test_a_mail_server_that_never_comes_back_is_given_up_on_record(
    desk: Desk, office: Post
) -> None:
    anna = await desk.add("anna", "anna@example.org")
    office.answer = "451 later"
    await desk.tell(anna, key="k")
    for _ in range(20):
        await desk.settle()
        desk.clock.advance(timedelta(days=1))
    [event] = [each for each in await desk.audit.newest(ACME) if each.action == "letter.give_up"]
    assert event.reasons == ("mail_unavailable",)
    assert event.details == {"letter": 1, "error": "MailUnavailableError"}
    assert len(await desk.inbox(anna)) == 1


async def test_nobody_is_written_to_after_leaving(desk: Desk, office: Post) -> None:
    await desk.database.write(
        ACME,
        lambda s: desk.notices.tell(
            s,
            [UserId("gone")],
            NoticeKind.COMMENTED,
            APPROVAL,
            {"dataset": "d", "number": 1, "by": "x"},
            "k",
        ),
    )
    await desk.settle()
    assert office.letters == []
