"""Notices are told once, in the transaction of what happened, to the inbox of their recipient alone."""

from datetime import timedelta

import pytest

from dcs.engines.database import Session
from dcs.workflow import NoticeKind
from dcs.workflow.notices import NoticeNotFoundError
from dcs.workflow.notices.texts import DEFAULTS
from tests.both_databases import ACME, GLOBEX
from tests.workflow.notices.conftest import APPROVAL, Desk

pytestmark = pytest.mark.anyio

DATA = {"dataset": "orders", "number": 3, "by": "u1"}


async def test_everybody_is_told_once_however_often_it_is_told(quiet_desk: Desk) -> None:
    anna, ben = await quiet_desk.add("anna"), await quiet_desk.add("ben")
    assert await quiet_desk.tell(anna, ben, anna, key="a1:4:0") == 2
    assert await quiet_desk.tell(anna, ben, key="a1:4:0") == 0
    assert await quiet_desk.tell(ben, key="a1:5:0") == 1
    assert len(await quiet_desk.inbox(anna)) == 1
    assert len(await quiet_desk.inbox(ben)) == 2


async def test_what_did_not_happen_is_told_to_nobody(quiet_desk: Desk) -> None:
    anna = await quiet_desk.add("anna")

    def fail(session: Session) -> None:
        quiet_desk.notices.tell(session, [anna.id], NoticeKind.COMMENTED, APPROVAL, DATA, "k")
        raise ValueError("something else went wrong")

    with pytest.raises(ValueError, match="something else"):
        await quiet_desk.database.write(ACME, fail)
    assert await quiet_desk.inbox(anna) == []
    assert await quiet_desk.tell(anna, key="k") == 1


async def test_a_notice_is_a_sentence_with_people_by_their_login(quiet_desk: Desk) -> None:
    anna, ben = await quiet_desk.add("anna"), await quiet_desk.add("ben")
    await quiet_desk.tell(anna, key="1", dataset="orders", number=3, by=ben.id)
    await quiet_desk.tell(anna, key="2", dataset="orders", number=3, by="nobody")
    gone, shown = await quiet_desk.inbox(anna)
    assert shown.subject == "ben commented on orders, version 3"
    assert shown.notice.page == "/approvals/a1"
    assert gone.subject == "somebody who has left commented on orders, version 3"
    assert shown.to_json()["about"] == {"kind": "approval", "id": "a1"}


async def test_a_notice_is_read_once_and_by_its_recipient_alone(quiet_desk: Desk) -> None:
    anna, ben = await quiet_desk.add("anna"), await quiet_desk.add("ben")
    stranger = await quiet_desk.add("gina", tenant=GLOBEX)
    await quiet_desk.tell(anna, key="k")
    [shown] = await quiet_desk.inbox(anna)
    for other in (ben, stranger):
        assert await quiet_desk.inbox(other) == []
        with pytest.raises(NoticeNotFoundError):
            await quiet_desk.notices.read(other, shown.notice.id)
    assert await quiet_desk.notices.count_unread(anna) == 1
    first = await quiet_desk.notices.read(anna, shown.notice.id)
    quiet_desk.clock.advance(timedelta(hours=1))
    again = await quiet_desk.notices.read(anna, shown.notice.id)
    assert first.notice.read_at == again.notice.read_at
    assert first.notice.read_at is not None
    assert await quiet_desk.notices.count_unread(anna) == 0


async def test_everything_is_marked_as_read_at_once(quiet_desk: Desk) -> None:
    anna, ben = await quiet_desk.add("anna"), await quiet_desk.add("ben")
    for number in range(3):
        await quiet_desk.tell(anna, ben, key=str(number))
    assert await quiet_desk.notices.read_all(anna) == 3
    assert await quiet_desk.notices.read_all(anna) == 0
    assert await quiet_desk.notices.count_unread(ben) == 3
    unread = await quiet_desk.notices.find(anna, unread=True, before=None, limit=9)
    assert unread == []


async def test_where_no_letter_leaves_none_is_planned(quiet_desk: Desk) -> None:
    anna = await quiet_desk.add("anna", "anna@example.org")
    await quiet_desk.tell(anna, key="k")
    assert await quiet_desk.jobs.run_due() == 0
    [shown] = await quiet_desk.inbox(anna)
    assert shown.notice.mailed_at is None


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"dataset": "orders", "number": 3},
        {**DATA, "note": "what somebody wrote"},
        {**DATA, "dataset": "x" * 201},
    ],
    ids=["nothing", "a hole", "a text", "too long"],
)
async def test_a_notice_holds_what_its_kind_shows_and_ids_alone(
    quiet_desk: Desk, data: dict[str, str | int]
) -> None:
    anna = await quiet_desk.add("anna")
    with pytest.raises(ValueError):
        await quiet_desk.database.write(
            ACME,
            lambda s: quiet_desk.notices.tell(
                s, [anna.id], NoticeKind.COMMENTED, APPROVAL, data, "k"
            ),
        )
    assert await quiet_desk.inbox(anna) == []
    assert await quiet_desk.tell(anna, key="k", **DATA, version_id="v1") == 1


@pytest.mark.parametrize("instant", ["tomorrow", "2026-01-06T12:00:00"])
async def test_an_instant_without_a_zone_is_refused(quiet_desk: Desk, instant: str) -> None:
    anna = await quiet_desk.add("anna")
    with pytest.raises(ValueError):
        await quiet_desk.tell(
            anna, key="k", kind=NoticeKind.ACCESS_GRANTED, dataset="orders", until=instant
        )


@pytest.mark.parametrize("kind", list(NoticeKind))
async def test_every_kind_of_notice_has_words(quiet_desk: Desk, kind: NoticeKind) -> None:
    anna = await quiet_desk.add("anna")
    values: dict[str, str | int] = {
        "dataset": "orders", "number": 3, "level": "L1", "deadline": "2026-01-06T12:00:00.000000Z",
        "until": "2026-01-06T12:00:00+00:00", "requester": anna.id, "by": anna.id, "outcome": "approved",
        "reason": "HUMAN_REJECTION", "problems": "retention_missing, owner_not_active",
    }  # fmt: skip
    names = DEFAULTS[kind].placeholders
    await quiet_desk.tell(anna, key="k", kind=kind, **{name: values[name] for name in names})
    [shown] = await quiet_desk.inbox(anna)
    for text in (shown.subject, shown.text):
        assert "orders" in text
        assert "$" not in text
        assert "_" not in text
    if "deadline" in names:
        assert "2026-01-06 12:00 UTC" in shown.text
