"""Grants over the API: exactly what was given, on every channel, and until it ends."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from dcs.core.clock import ManualClock
from dcs.core.ids import new_id
from dcs.core.settings import Settings
from dcs.policy import Grant, Grantee, GranteeKind
from dcs.policy.grants import store
from dcs.studio import open_studio
from tests.api.conftest import Api, Json, serve_api

pytestmark = pytest.mark.anyio

CONTENT = "id,amount,note\n" + "".join(f"{n},{n * 10},note {n}\n" for n in range(5))
CONTRACT = (
    "apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\n"
    "schema: [{name: t, properties: [{name: id}, {name: amount}, {name: note}]}]\n"
)
DATA = "/api/v1/datasets/d/versions/1"


async def restricted(api: Api) -> Json:
    """Activate a CONFIDENTIAL dataset of sales."""
    body = {"name": "d", "classification": "CONFIDENTIAL", "department": "sales"}
    await api.call("producer", "POST", "/api/v1/datasets", json=body)
    await api.call("producer", "PUT", "/api/v1/datasets/d/contract", content=CONTRACT)
    return await api.activate(CONTENT)


async def give(api: Api, version: Json, **changes: object) -> Grant:
    """Give the second steward, who is of another department, two columns for a day."""
    account = await api.studio.identity.account_by_login("acme", "steward2")
    now = api.studio.clock.now()
    fields = {
        "id": new_id(),
        "tenant": "acme",
        "dataset": version["dataset"],
        "grantee": Grantee(GranteeKind.USER, account.id),
        "actions": ("preview", "read"),
        "columns": ("amount", "id", "gone"),
        "request": None,
        "given_by": account.id,
        "given_at": now,
        "expires_at": now + timedelta(days=1),
        **changes,
    }
    grant = Grant(**fields)
    await api.studio.database.write("acme", lambda s: store.add_grant(s, grant))
    return grant


async def test_a_grant_that_names_columns_delivers_those_and_no_other(api: Api) -> None:
    version = await restricted(api)
    assert (await api.get("steward2", f"{DATA}/data?limit=5")).status_code == 403
    await give(api, version)
    for form in ("csv", "ndjson", "arrow", "parquet"):
        answer = await api.get("steward2", f"{DATA}/data?limit=5&format={form}")
        assert answer.status_code == 200, form
        assert b"note" not in answer.content, form
    text = (await api.get("steward2", f"{DATA}/data?limit=5")).text
    assert text.splitlines()[:2] == ['"id","amount"', "0,0"]
    preview = (await api.get("steward2", f"{DATA}/preview")).json()
    assert [each["name"] for each in preview["columns"]] == ["id", "amount"]
    assert preview["rows"][1] == [1, 10]
    assert "note" in (await api.get("analyst", f"{DATA}/data?limit=5")).text


async def test_a_column_that_was_not_given_is_refused_by_its_name(api: Api) -> None:
    await give(api, await restricted(api))
    answer = await api.get("steward2", f"{DATA}/data?limit=5&columns=id,note")
    assert (answer.status_code, answer.json()["code"]) == (403, "column_not_given")
    one = await api.get("steward2", f"{DATA}/data?limit=5&columns=amount")
    assert one.text.splitlines()[0] == '"amount"'
    unknown = await api.get("steward2", f"{DATA}/data?limit=5&columns=nothing")
    assert unknown.json()["code"] == "column_not_found"


async def test_a_part_of_the_columns_shows_no_failing_rows(api: Api) -> None:
    await give(api, await restricted(api))
    query = "failing?check=uniqueness:repeated_rows&limit=5"
    answer = await api.get("steward2", f"{DATA}/{query}")
    assert (answer.status_code, answer.json()["code"]) == (403, "column_not_given")


async def test_a_grant_whose_columns_are_all_gone_delivers_nothing(api: Api) -> None:
    await give(api, await restricted(api), columns=("gone",))
    answer = await api.get("steward2", f"{DATA}/data?limit=5")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_read")


async def test_a_grant_gives_the_actions_it_names_and_no_other(api: Api) -> None:
    await give(api, await restricted(api), actions=("read",), columns=None)
    assert (await api.get("steward2", f"{DATA}/data?limit=5")).status_code == 200
    assert (await api.get("steward2", f"{DATA}/preview")).status_code == 403
    assert (await api.get("steward2", f"{DATA}/data")).status_code == 403


async def test_a_revoked_grant_ends_with_the_next_decision(api: Api) -> None:
    grant = await give(api, await restricted(api))
    assert (await api.get("steward2", f"{DATA}/data?limit=5")).status_code == 200
    now = api.studio.clock.now()
    await api.studio.database.write(
        "acme", lambda s: store.revoke_grant(s, grant.id, grant.given_by, "no more", now)
    )
    for channel in ("data?limit=5", "preview"):
        assert (await api.get("steward2", f"{DATA}/{channel}")).status_code == 403


async def test_an_expired_grant_gives_nothing(api: Api) -> None:
    version, now = await restricted(api), api.studio.clock.now()
    await give(api, version, expires_at=now - timedelta(seconds=1))
    assert (await api.get("steward2", f"{DATA}/data?limit=5")).status_code == 403


async def test_a_grant_ends_on_every_channel_at_the_very_instant_and_nothing_has_to_run(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    settings = Settings(environment="test", data_dir=tmp_path / "data")
    async with open_studio(settings, clock) as studio, serve_api(studio) as api:
        grant = await give(api, await restricted(api), actions=("preview", "read", "download"))
        channels = ("data?limit=5", "data?limit=5&format=arrow", "data", "preview")
        clock.advance(timedelta(days=1, microseconds=-1))
        for channel in channels:
            assert (await api.get("steward2", f"{DATA}/{channel}")).status_code == 200, channel
        clock.advance(timedelta(microseconds=1))
        for channel in channels:
            assert (await api.get("steward2", f"{DATA}/{channel}")).status_code == 403, channel
        [shown] = (await api.get("steward2", "/api/v1/grants")).json()["items"]
        assert (shown["id"], shown["state"]) == (grant.id, "expired")
        longer = f"/api/v1/grants/{grant.id}/extend"
        late = await api.call("producer", "POST", longer, json={"days": 1})
        assert (late.status_code, late.json()["code"]) == (409, "grant_ended")


ASKED = {
    "dataset": "d",
    "purpose": "monthly figures",
    "columns": ["id", "amount"],
    "days": 30,
    "accepted_terms": True,
    "actions": ["preview", "read"],
}
REQUESTS = "/api/v1/access-requests"


async def asked(api: Api, **changes: object) -> Json:
    answer = await api.call("steward2", "POST", REQUESTS, json={**ASKED, **changes})
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


async def test_an_owner_approves_less_and_exactly_that_is_delivered(api: Api) -> None:
    await restricted(api)
    request = await asked(api)
    path = f"{REQUESTS}/{request['id']}"
    own = await api.call("steward2", "POST", f"{path}/approve", json={})
    assert (own.status_code, own.json()["codes"]) == (403, ["own_request"])
    wider = await api.call("producer", "POST", f"{path}/approve", json={"columns": ["note"]})
    assert wider.status_code == 422
    body = {"columns": ["amount"], "days": 2}
    approved = (await api.call("producer", "POST", f"{path}/approve", json=body)).json()
    assert approved["state"] == "approved"
    assert (await api.get("steward2", f"{DATA}/data?limit=5")).status_code == 403
    await api.settle()
    assert (await api.get("steward2", path)).json()["state"] == "granted"
    text = (await api.get("steward2", f"{DATA}/data?limit=5")).text
    assert text.splitlines()[0] == '"amount"'
    [grant] = (await api.get("producer", "/api/v1/grants")).json()["items"]
    assert (grant["columns"], grant["state"]) == (["amount"], "active")
    longer = f"/api/v1/grants/{grant['id']}/extend"
    assert (await api.call("steward2", "POST", longer, json={"days": 9})).status_code == 403


async def test_a_revocation_over_the_api_counts_at_once(api: Api) -> None:
    await restricted(api)
    request = await asked(api)
    await api.call("producer", "POST", f"{REQUESTS}/{request['id']}/approve", json={})
    await api.settle()
    assert (await api.get("steward2", f"{DATA}/data?limit=5")).status_code == 200
    [grant] = (await api.get("steward2", "/api/v1/grants")).json()["items"]
    path = f"/api/v1/grants/{grant['id']}"
    extended = await api.call("producer", "POST", f"{path}/extend", json={"days": 5})
    assert extended.json()["expires_at"] > grant["expires_at"]
    revoked = await api.call("producer", "POST", f"{path}/revoke", json={"reason": "no more"})
    assert revoked.json()["state"] == "revoked"
    assert (await api.get("steward2", f"{DATA}/data?limit=5")).status_code == 403
    again = await api.call("producer", "POST", f"{path}/revoke", json={"reason": "no more"})
    assert (again.status_code, again.json()["code"]) == (409, "grant_ended")


async def test_one_request_at_a_time_and_one_decision(api: Api) -> None:
    await restricted(api)
    request = await asked(api)
    twice = await api.call("steward2", "POST", REQUESTS, json=ASKED)
    assert (twice.status_code, twice.json()["code"]) == (409, "access_request_pending")
    path = f"{REQUESTS}/{request['id']}"
    answers = await asyncio.gather(
        api.call("producer", "POST", f"{path}/approve", json={}),
        api.call("steward", "POST", f"{path}/deny", json={"reason": "not now"}),
    )
    assert sorted(each.status_code for each in answers) == [200, 409]


async def test_what_is_asked_for_must_be_there_and_the_reason_is_owed(api: Api) -> None:
    await restricted(api)
    unknown = await api.call("steward2", "POST", REQUESTS, json={**ASKED, "columns": ["nope"]})
    assert (unknown.status_code, "nope" in unknown.json()["detail"]) == (422, True)
    for change in ({"accepted_terms": False}, {"purpose": "x"}, {"days": 0}, {"days": 366}):
        answer = await api.call("steward2", "POST", REQUESTS, json={**ASKED, **change})
        assert answer.status_code == 422, change
    request = await asked(api)
    path = f"{REQUESTS}/{request['id']}"
    assert (
        await api.call("producer", "POST", f"{path}/deny", json={"reason": " "})
    ).status_code == 422
    assert (await api.call("steward2", "POST", f"{path}/withdraw")).json()["state"] == "withdrawn"
    assert (await asked(api))["state"] == "open"


async def test_what_may_not_be_found_cannot_be_asked_for(api: Api) -> None:
    body = {"name": "d", "classification": "SECRET", "department": "sales"}
    await api.call("producer", "POST", "/api/v1/datasets", json=body)
    await api.call("producer", "PUT", "/api/v1/datasets/d/contract", content=CONTRACT)
    await api.activate(CONTENT)
    for dataset in ("d", "nowhere"):
        asking = {**ASKED, "dataset": dataset}
        answer = await api.call("consumer", "POST", REQUESTS, json=asking)
        assert (answer.status_code, answer.json()["code"]) == (404, "dataset_not_found"), dataset


async def test_an_owner_gives_no_columns_that_are_not_there(api: Api) -> None:
    await restricted(api)
    path = f"{REQUESTS}/{(await asked(api, columns=None))['id']}/approve"
    unknown = await api.call("producer", "POST", path, json={"columns": ["id", "nope"]})
    assert (unknown.status_code, "nope" in unknown.json()["detail"]) == (422, True)
    given = await api.call("producer", "POST", path, json={"columns": ["id"]})
    assert given.json()["columns"] == ["id"]


async def test_grants_come_page_by_page_and_each_once(api: Api) -> None:
    version = await restricted(api)
    analyst = await api.studio.identity.account_by_login("acme", "analyst")
    theirs = Grantee(GranteeKind.USER, analyst.id)
    mine = [(await give(api, version)).id for _ in range(5)]
    for _ in range(4):
        await give(api, version, grantee=theirs)
    pages, query = [], "limit=2"
    while query:
        found = (await api.get("steward2", f"/api/v1/grants?{query}")).json()
        pages.append([each["id"] for each in found["items"]])
        query = found["next"] and f"limit=2&cursor={found['next']}"
    assert [each for page in pages for each in page if each in mine] == mine[::-1]
    assert [len(page) for page in pages] == [2, 2, 2, 2, 1]
    found, query = [], "limit=2"
    while query:
        page = (await api.get("analyst", f"/api/v1/grants?{query}")).json()
        found += page["items"]
        query = page["next"] and f"limit=2&cursor={page['next']}"
    assert len({each["id"] for each in found}) == len(found) == 4


async def test_nobody_else_learns_of_a_request(api: Api) -> None:
    await restricted(api)
    request = await asked(api)
    for who in ("globex-admin", "globex-producer", "consumer", "analyst"):
        assert (await api.get(who, f"{REQUESTS}/{request['id']}")).status_code == 404, who
        assert (await api.get(who, REQUESTS)).json()["items"] == []
    stranger = await api.call("globex-consumer", "POST", REQUESTS, json=ASKED)
    assert stranger.status_code == 404
    record = (await api.get("auditor", "/api/v1/audit?limit=50")).text
    assert "access_request.open" in record
    assert "monthly figures" not in record


async def test_a_question_is_answered_by_whoever_asked_and_the_request_is_open_again(
    api: Api,
) -> None:
    await restricted(api)
    path = f"{REQUESTS}/{(await asked(api))['id']}"
    assert (
        await api.call("steward2", "POST", f"{path}/answer", json={"text": "early"})
    ).status_code == 409
    question = {"question": "which month?"}
    back = (await api.call("producer", "POST", f"{path}/ask", json=question)).json()
    assert (back["state"], back["question"]) == ("asked_back", "which month?")
    theirs = await api.call("producer", "POST", f"{path}/answer", json={"text": "March"})
    assert (theirs.status_code, theirs.json()["codes"]) == (403, ["not_your_request"])
    answered = (await api.call("steward2", "POST", f"{path}/answer", json={"text": "March"})).json()
    assert (answered["state"], answered["answer"]) == ("open", "March")
    denied = await api.call("producer", "POST", f"{path}/deny", json={"reason": "not now"})
    assert denied.json()["state"] == "denied"


async def told(api: Api, who: str) -> list[str]:
    """Return what is in somebody's inbox, oldest first."""
    page = (await api.get(who, "/api/v1/notices?limit=100")).json()
    return [each["subject"] for each in reversed(page["items"])]


async def test_both_sides_hear_of_every_step_of_a_request(api: Api) -> None:
    await restricted(api)
    before = await told(api, "producer")
    body = {
        "dataset": "d", "purpose": "canary of a purpose", "days": 9, "accepted_terms": True,
        "actions": ["preview", "read"],
    }  # fmt: skip
    asked = await api.call("analyst", "POST", "/api/v1/access-requests", json=body)
    assert asked.status_code == 201, asked.text
    path = f"/api/v1/access-requests/{asked.json()['id']}"
    await api.call("producer", "POST", f"{path}/ask", json={"question": "canary, which study?"})
    await api.call("analyst", "POST", f"{path}/answer", json={"text": "canary of an answer"})
    await api.call("producer", "POST", f"{path}/approve", json={"days": 3})
    await api.settle()
    [grant] = (await api.get("analyst", "/api/v1/grants")).json()["items"]
    reason = {"reason": "canary: the study has ended"}
    revoked = await api.call(
        "producer", "POST", f"/api/v1/grants/{grant['id']}/revoke", json=reason
    )
    assert revoked.status_code == 200, revoked.text
    assert await told(api, "analyst") == [
        "producer has a question about your request for d",
        "Your request for access to d: approved",
        "You have access to d",
        "Access to d has ended",
    ]
    assert (await told(api, "producer"))[len(before) :] == ["analyst asks for access to d"] * 2
    for who in ("analyst", "producer"):
        assert "canary" not in (await api.get(who, "/api/v1/notices")).text
