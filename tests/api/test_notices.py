"""Notices over the API: one's own alone, page by page, and in the words an organisation chose."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from dcs.auth import NewAccount
from dcs.core.ids import TenantId
from dcs.core.settings import Settings
from dcs.studio import Studio, open_studio
from dcs.workflow import NoticeKind
from tests.api.conftest import Api, serve_api
from tests.post import Post, post, silent, talking
from tests.telling import tell

pytestmark = pytest.mark.anyio

PATH = "/api/v1/notices"
TEMPLATES = "/api/v1/notice-templates"
WORDS = {"subject": "Neu: $dataset", "body": "$by hat etwas zu Version $number gesagt."}


async def items(api: Api, who: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.get(who, PATH, params=query)).json()["items"]
    return found


async def test_everybody_sees_their_own_notices_alone(api: Api) -> None:
    await tell(api.studio, "steward", "steward2", key="k")
    [notice] = await items(api, "steward")
    assert notice["subject"] == "steward commented on d, version 1"
    assert notice["kind"] == "commented"
    assert notice["page"] == "/approvals/a1"
    assert (notice["read_at"], notice["mailed_at"]) == (None, None)
    for who in ("producer", "admin", "auditor", "globex-admin"):
        assert await items(api, who) == []
        answer = await api.call(who, "POST", f"{PATH}/{notice['id']}/read")
        assert (answer.status_code, answer.json()["code"]) == (404, "notice_not_found")
    assert len(await items(api, "steward", unread="true")) == 1


async def test_a_notice_is_read_and_reading_it_again_changes_nothing(api: Api) -> None:
    await tell(api.studio, "steward", key="k")
    [notice] = await items(api, "steward")
    path = f"{PATH}/{notice['id']}/read"
    first = (await api.call("steward", "POST", path)).json()
    again = (await api.call("steward", "POST", path)).json()
    assert first == again
    assert first["read_at"] is not None
    assert await items(api, "steward", unread="true") == []
    assert len(await items(api, "steward")) == 1


async def test_all_notices_are_read_at_once(api: Api) -> None:
    for number in range(3):
        await tell(api.studio, "steward", "producer", key=str(number))
    answer = await api.call("steward", "POST", f"{PATH}/read-all")
    assert answer.json() == {"read": 3}
    assert (await api.call("steward", "POST", f"{PATH}/read-all")).json() == {"read": 0}
    assert len(await items(api, "producer", unread="true")) == 3


async def test_notices_come_page_by_page_with_the_newest_first(api: Api) -> None:
    for number in range(5):
        await tell(api.studio, "steward", key=str(number), about=f"a{number}")
    found, cursor = [], {}
    while True:
        page = (await api.get("steward", PATH, params={"limit": 2, **cursor})).json()
        found += [each["about"]["id"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == ["a4", "a3", "a2", "a1", "a0"]
    assert (await api.get("steward", PATH, params={"cursor": "%"})).status_code == 422


async def test_an_organisation_tells_its_notices_in_its_own_words(api: Api) -> None:
    await tell(api.studio, "steward", key="k")
    path = f"{TEMPLATES}/commented"
    own = await api.get("admin", path)
    assert (own.json()["revision"], own.headers["etag"]) == (0, '"0"')
    assert own.json()["placeholders"] == ["dataset", "number", "by"]
    put = await api.call("admin", "PUT", path, json=WORDS, headers={"If-Match": '"0"'})
    assert (put.status_code, put.json()["revision"], put.headers["etag"]) == (200, 1, '"1"')
    [notice] = await items(api, "steward")
    assert notice["subject"] == "Neu: d"
    assert notice["text"] == "steward hat etwas zu Version 1 gesagt."
    await tell(api.studio, "globex-admin", key="k", tenant="globex")
    [theirs] = await items(api, "globex-admin")
    assert theirs["subject"] == "globex-admin commented on d, version 1"
    listed = (await api.get("admin", TEMPLATES)).json()["items"]
    assert {each["kind"] for each in listed} == {each.value for each in NoticeKind}
    [event] = [
        each
        for each in (await api.get("auditor", "/api/v1/audit")).json()["items"]
        if each["action"] == "notice_template.set"
    ]
    assert event["details"]["kind"] == "commented"
    assert "Neu" not in str(event)


async def test_who_was_slower_changes_no_words(api: Api) -> None:
    path = f"{TEMPLATES}/commented"
    for match, status in (('"0"', 200), ('"0"', 409), ('"1"', 200), ("*", 200), ("newest", 422)):
        answer = await api.call("admin", "PUT", path, json=WORDS, headers={"If-Match": match})
        assert answer.status_code == status, match
    assert (await api.get("admin", path)).json()["revision"] == 3


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ({**WORDS, "subject": "$datase"}, "unknown_placeholder", "Did you mean $dataset?"),
        ({**WORDS, "body": "$deadline"}, "unknown_placeholder", "$number"),
        ({**WORDS, "body": "100 $"}, "invalid_template", "$$"),
        ({**WORDS, "subject": "a\r\nBcc: eve@example.org"}, "invalid_template", "one line"),
        ({**WORDS, "subject": ""}, "invalid_request", "subject"),
        ({**WORDS, "body": "x" * 5_001}, "invalid_request", "body"),
        ({**WORDS, "script": "x"}, "invalid_request", "script"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_words_that_cannot_be_used_are_refused_at_the_door(
    api: Api, words: dict[str, str], code: str, says: str
) -> None:
    answer = await api.call("admin", "PUT", f"{TEMPLATES}/commented", json=words)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert says in answer.json()["detail"]
    assert (await api.get("admin", f"{TEMPLATES}/commented")).json()["revision"] == 0


async def test_only_admins_choose_words_and_only_for_kinds_there_are(api: Api) -> None:
    path = f"{TEMPLATES}/commented"
    for who in ("producer", "steward", "consumer", "analyst", "auditor"):
        assert (await api.call(who, "PUT", path, json=WORDS)).status_code == 403, who
        assert (await api.get(who, path)).status_code == 403, who
        assert (await api.get(who, TEMPLATES)).status_code == 403, who
    for method in ("GET", "PUT"):
        body = {"json": WORDS} if method == "PUT" else {}
        answer = await api.call("admin", method, f"{TEMPLATES}/nonsense", **body)
        assert (answer.status_code, answer.json()["code"]) == (404, "notice_kind_not_found")


@pytest.fixture
async def mailing(tmp_path: Path, anyio_backend: str) -> AsyncIterator[tuple[Studio, Post]]:
    """Lend a studio whose settings name a mail server."""
    async with post() as office:
        settings = Settings(
            environment="test",
            data_dir=tmp_path / "data",
            mail=office.url(),
            mail_from="studio@example.org",
            public_url="https://studio.example.org",
        )
        async with open_studio(settings) as studio:
            yield studio, office


async def test_the_settings_alone_let_letters_leave(mailing: tuple[Studio, Post]) -> None:
    studio, office = mailing
    async with serve_api(studio) as api:
        new = NewAccount("anna", ("steward",), (), {"email": "anna@example.org"})
        await studio.identity.add_account(TenantId("acme"), new, None)
        await api.call("admin", "PUT", f"{TEMPLATES}/commented", json=WORDS)
        work = asyncio.create_task(studio.work())
        await tell(studio, "anna", key="k")
        async with asyncio.timeout(20):
            while not office.letters:
                await asyncio.sleep(0.01)  # the letter leaves through another server
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    assert office.letters[0]["subject"] == "Neu: d"
    assert "https://studio.example.org/approvals/a1" in office.texts()[0]


async def test_a_mail_server_that_hangs_keeps_no_approval_waiting(tmp_path: Path) -> None:
    async with talking(silent) as port:
        settings = Settings(
            environment="test",
            data_dir=tmp_path / "data",
            mail=f"smtp://127.0.0.1:{port}?tls=none&timeout=60",
            mail_from="studio@example.org",
        )
        async with open_studio(settings) as studio, serve_api(studio) as api:
            for login in ("anna", "ben", "carla"):
                attributes = {"email": f"{login}@example.org"}
                new = NewAccount(login, ("steward",), (), attributes)
                await studio.identity.add_account(TenantId("acme"), new, None)
            await tell(studio, "anna", "ben", "carla", key="k")
            work = asyncio.create_task(studio.work())
            version = (await api.send("id,x\n1,2\n")).json()
            async with asyncio.timeout(30):
                status = version["status"]
                while status != "awaiting_approval":
                    path = f"/api/v1/versions/{version['id']}/change"
                    answer = await api.get("producer", path, params={"from": status})
                    status = answer.json()["status"]
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
