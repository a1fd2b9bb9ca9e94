"""Haste and comments by the API: who may, what it changes, and what strangers see."""

from datetime import datetime, timedelta

import pytest

from dcs.core.ids import TenantId
from tests.api.conftest import Api, Json

pytestmark = pytest.mark.anyio


async def waiting(api: Api) -> Json:
    sent = await api.send("id,x\n1,2\n")
    await api.settle()
    return await api.approval_of(sent.json()["id"])


async def test_haste_shortens_the_deadline_and_is_shown(api: Api) -> None:
    approval = await waiting(api)
    assert approval["expedited"] is False
    answer = await api.call("producer", "POST", f"/api/v1/approvals/{approval['id']}/expedite")
    assert answer.status_code == 200
    shown = answer.json()
    assert shown["expedited"] is True
    before, after = (
        datetime.fromisoformat(each["levels"][0]["deadline"]) for each in (approval, shown)
    )
    assert before - after > timedelta(hours=22)
    again = await api.call("steward", "POST", f"/api/v1/approvals/{approval['id']}/expedite")
    assert (again.status_code, again.json()["code"]) == (409, "not_expeditable")


async def test_a_comment_is_in_the_story_with_its_author_and_time(api: Api) -> None:
    approval = await waiting(api)
    path = f"/api/v1/approvals/{approval['id']}"
    said = await api.call("steward", "POST", f"{path}/comments", json={"text": "Which till?"})
    assert said.status_code == 201
    story = (await api.get("producer", path)).json()
    [comment] = story["comments"]
    author = await api.studio.identity.account_by_login(TenantId("acme"), "steward")
    assert author is not None
    assert (comment["text"], comment["by"]) == ("Which till?", author.id)
    assert [each["action"] for each in story["history"]][-1] == "approval.commented"


async def test_what_somebody_said_is_in_no_record_and_no_news(api: Api) -> None:
    approval = await waiting(api)
    path = f"/api/v1/approvals/{approval['id']}/comments"
    await api.call("steward", "POST", path, json={"text": "canary-of-a-comment"})
    record = (await api.get("auditor", "/api/v1/audit?limit=200")).text
    assert "approval.commented" in record
    assert "canary" not in record
    for who in ("producer", "steward2"):
        notices = (await api.get(who, "/api/v1/notices")).text
        assert "commented" in notices
        assert "canary" not in notices
    events = await api.studio.audit.about(TenantId("acme"), approval["id"])
    assert "canary" not in str(events)


@pytest.mark.parametrize(
    ("body", "status"), [({"text": ""}, 422), ({"text": "  \n"}, 422), ({"text": "x" * 2_001}, 422)]
)
async def test_a_comment_has_words_and_an_end(api: Api, body: Json, status: int) -> None:
    approval = await waiting(api)
    path = f"/api/v1/approvals/{approval['id']}/comments"
    assert (await api.call("steward", "POST", path, json=body)).status_code == status
    assert (await api.get("steward", f"/api/v1/approvals/{approval['id']}")).json()[
        "comments"
    ] == []


@pytest.mark.parametrize("who", ["globex-admin", "globex-producer", "consumer", "analyst"])
async def test_for_strangers_there_is_no_such_approval(api: Api, who: str) -> None:
    approval = await waiting(api)
    for way, body in (("expedite", None), ("comments", {"text": "hello"})):
        path = f"/api/v1/approvals/{approval['id']}/{way}"
        assert (await api.call(who, "POST", path, json=body)).status_code == 404
    shown = (await api.get("steward", f"/api/v1/approvals/{approval['id']}")).json()
    assert (shown["expedited"], shown["comments"]) == (False, [])
