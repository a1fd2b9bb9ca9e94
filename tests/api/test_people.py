"""Groups, the calendar, absences and addresses over the API."""

import json
from datetime import timedelta
from typing import Any

import pytest

from dcs.core.ids import DatasetId, TenantId, UserId, new_id
from dcs.policy import Grant, Grantee, GranteeKind
from dcs.policy.grants.store import add_grant
from tests.api.conftest import Api
from tests.validation.contracts.documents import contract

pytestmark = pytest.mark.anyio

GROUPS, CALENDAR, ABSENCES = "/api/v1/groups", "/api/v1/calendar", "/api/v1/absences"
OFFICE: dict[str, Any] = {
    "timezone": "Europe/Vienna",
    "weekdays": [1, 2, 3, 4, 5],
    "opens": 8,
    "closes": 17,
    "holidays": [{"day": "2026-12-25", "name": "Christmas"}, {"day": "2026-01-01"}],
}


async def record(api: Api, prefix: str) -> list[dict[str, Any]]:
    items = (await api.get("auditor", "/api/v1/audit?limit=100")).json()["items"]
    done = [each for each in items if each["outcome"] == "done"]
    return [each for each in reversed(done) if each["action"].startswith(prefix)]


async def test_a_group_is_added_filled_seen_by_all_and_removed(api: Api) -> None:
    path = f"{GROUPS}/night shift"
    added = await api.call("admin", "PUT", path, json={"description": "works at night"})
    assert (added.status_code, added.json()["members"]) == (200, 0)
    joined = await api.call("admin", "PUT", f"{path}/members/steward")
    assert joined.json()["members"] == 1
    listed = (await api.get("consumer", GROUPS)).json()
    assert [(each["name"], each["members"]) for each in listed["items"]] == [("night shift", 1)]
    shown = (await api.get("consumer", path)).json()
    assert shown["description"] == "works at night"
    assert [each["login"] for each in shown["accounts"]] == ["steward"]
    left = await api.call("admin", "DELETE", f"{path}/members/{shown['accounts'][0]['id']}")
    assert left.json()["members"] == 0
    assert (await api.call("admin", "DELETE", path)).status_code == 204
    assert (await api.get("consumer", path)).json()["code"] == "group_not_found"
    events = await record(api, "group.")
    assert [each["action"] for each in events] == [
        "group.add",
        "group.add_member",
        "group.remove_member",
        "group.remove",
    ]
    assert "night" not in json.dumps(events)


async def test_a_grant_to_a_group_counts_for_whoever_belongs_to_it_now(api: Api) -> None:
    options = {"classification": "CONFIDENTIAL", "department": "sales"}
    body = {"name": "figures", **options}
    assert (await api.call("producer", "POST", "/api/v1/datasets", json=body)).status_code == 201
    promised = contract("name: id", "name: amount").encode()
    await api.call("producer", "PUT", "/api/v1/datasets/figures/contract", content=promised)
    await api.activate("id,amount\n1,2\n2,3\n3,4\n", "figures")
    await api.call("admin", "PUT", f"{GROUPS}/readers", json={})
    await give_to_group(api, "figures", "readers")
    path = "/api/v1/datasets/figures/versions/1/data?limit=5"
    for method, status in (("PUT", 200), ("DELETE", 403)):
        await api.call("admin", method, f"{GROUPS}/readers/members/steward")
        assert (await api.get("steward", path)).status_code == status, method


async def test_only_admins_change_groups_and_strangers_find_none(api: Api) -> None:
    await api.call("admin", "PUT", f"{GROUPS}/research", json={})
    for who in ("producer", "steward", "auditor"):
        for method, path in (
            ("PUT", f"{GROUPS}/mine"),
            ("DELETE", f"{GROUPS}/research"),
            ("PUT", f"{GROUPS}/research/members/{who}"),
            ("DELETE", f"{GROUPS}/research/members/{who}"),
        ):
            body = {"json": {}} if path.endswith("mine") else {}
            assert (await api.call(who, method, path, **body)).status_code == 403, (who, path)
    assert (await api.get("globex-admin", GROUPS)).json()["items"] == []
    assert (await api.get("globex-admin", f"{GROUPS}/research")).status_code == 404
    assert (await api.call("globex-admin", "DELETE", f"{GROUPS}/research")).status_code == 404
    stranger = await api.call("admin", "PUT", f"{GROUPS}/research/members/globex-admin")
    assert (stranger.status_code, stranger.json()["code"]) == (404, "account_not_found")
    odd = await api.call("admin", "PUT", f"{GROUPS}/-odd-", json={})
    assert (odd.status_code, odd.json()["code"]) == (422, "invalid_group")


async def test_a_calendar_is_changed_as_it_was_read(api: Api) -> None:
    before = await api.get("consumer", CALENDAR)
    assert (before.headers["etag"], before.json()["closes"]) == ('"0"', 24)
    match = {"If-Match": '"0"'}
    kept = await api.call("admin", "PUT", CALENDAR, json=OFFICE, headers=match)
    assert (kept.status_code, kept.headers["etag"]) == (200, '"1"')
    late = await api.call("admin", "PUT", CALENDAR, json=OFFICE, headers=match)
    assert (late.status_code, late.json()["code"]) == (409, "calendar_changed")
    shown = (await api.get("consumer", CALENDAR)).json()
    assert shown == {
        **OFFICE,
        "holidays": [
            {"day": "2026-01-01", "name": ""},
            {"day": "2026-12-25", "name": "Christmas"},
        ],
        "revision": 1,
    }
    assert (await api.get("globex-admin", CALENDAR)).json()["revision"] == 0
    assert (await api.call("steward", "PUT", CALENDAR, json=OFFICE)).status_code == 403
    [event] = await record(api, "calendar.")
    assert event["details"] == {"revision": 1, "holidays": 2}


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Nowhere/Land"},
        {"weekdays": []},
        {"weekdays": [1, 1]},
        {"weekdays": [8]},
        {"opens": 17},
        {"closes": 25},
        {"holidays": [{"day": "2026-02-30"}]},
        {"holidays": [{"day": 5}]},
        {"holidays": [{"day": "2026-01-01"}, {"day": "2026-01-01"}]},
        {"more": 1},
    ],
    ids=str,
)
async def test_a_calendar_that_cannot_be_is_refused(api: Api, wrong: dict[str, Any]) -> None:
    answer = await api.call("admin", "PUT", CALENDAR, json={**OFFICE, **wrong})
    assert answer.status_code == 422, answer.text
    assert (await api.get("admin", CALENDAR)).json()["revision"] == 0


async def test_on_a_holiday_nothing_is_taken_out(api: Api) -> None:
    await api.activate("id,amount\n1,2\n2,3\n3,4\n")
    path = "/api/v1/datasets/d/versions/1/data"
    assert (await api.get("analyst", path)).status_code == 200
    today = api.studio.clock.now().date().isoformat()
    open_else = {"timezone": "UTC", "weekdays": [1, 2, 3, 4, 5, 6, 7], "opens": 0, "closes": 24}
    holidays = [{"day": today, "name": "today"}]
    await api.call("admin", "PUT", CALENDAR, json={**open_else, "holidays": holidays})
    refused = await api.get("analyst", path)
    assert (refused.status_code, refused.json()["codes"]) == (403, ["outside_working_hours"])
    await api.call("admin", "PUT", CALENDAR, json=open_else)
    assert (await api.get("analyst", path)).status_code == 200


async def give_to_group(api: Api, name: str, group: str) -> None:
    """Give reading of a dataset to a group, as the service that keeps grants would."""
    dataset = DatasetId((await api.get("producer", f"/api/v1/datasets/{name}")).json()["id"])
    now, tenant = api.studio.clock.now(), TenantId("acme")
    given = Grant(
        id=new_id(),
        tenant=tenant,
        dataset=dataset,
        grantee=Grantee(GranteeKind.GROUP, group),
        actions=("read",),
        columns=None,
        request=None,
        given_by=UserId("owner"),
        given_at=now,
        expires_at=now + timedelta(days=1),
    )
    await api.studio.database.write(tenant, lambda s: add_grant(s, given))


def soon(api: Api, **more: str) -> dict[str, str]:
    """Return an absence that begins tomorrow."""
    tomorrow = api.studio.clock.now().date() + timedelta(days=1)
    days = {"starts": tomorrow.isoformat(), "ends": (tomorrow + timedelta(days=6)).isoformat()}
    return {**days, "deputy": "steward2", **more}


async def test_who_is_away_says_so_and_their_deputy_sees_it(api: Api) -> None:
    added = await api.call("steward", "POST", ABSENCES, json=soon(api))
    assert added.status_code == 201, added.text
    absence = added.json()
    assert (absence["account_login"], absence["deputy_login"]) == ("steward", "steward2")
    assert absence["starts"].endswith("T00:00:00.000000Z")
    assert (await api.get("steward", ABSENCES)).json()["items"] == [absence]
    assert (await api.get("steward2", ABSENCES)).json() == {
        "items": [],
        "next": None,
        "standing_in": [absence],
    }
    again = await api.call("steward", "POST", ABSENCES, json=soon(api))
    assert (again.status_code, again.json()["code"]) == (409, "absence_overlaps")
    assert (await api.call("steward2", "DELETE", f"{ABSENCES}/{absence['id']}")).status_code == 403
    stranger = await api.call("globex-admin", "DELETE", f"{ABSENCES}/{absence['id']}")
    assert (stranger.status_code, stranger.json()["code"]) == (404, "absence_not_found")
    assert (await api.call("steward", "DELETE", f"{ABSENCES}/{absence['id']}")).status_code == 204
    assert (await api.get("steward", ABSENCES)).json()["items"] == []
    assert [each["action"] for each in await record(api, "absence.")] == [
        "absence.add",
        "absence.remove",
    ]


async def test_an_admin_says_it_of_others(api: Api) -> None:
    body = soon(api, account="steward")
    assert (await api.call("producer", "POST", ABSENCES, json=body)).status_code == 403
    added = await api.call("admin", "POST", ABSENCES, json=body)
    assert added.status_code == 201, added.text
    listed = await api.get("admin", ABSENCES, params={"account": "steward"})
    assert [each["id"] for each in listed.json()["items"]] == [added.json()["id"]]
    assert (await api.get("producer", ABSENCES, params={"account": "steward"})).status_code == 403
    unknown = await api.get("globex-admin", ABSENCES, params={"account": "steward"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "account_not_found")


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts": "tomorrow"},
        {"starts": 5},
        {"starts": "2026-13-01"},
        {"ends": "2020-01-01"},
        {"ends": "2035-13-01T00:00:00Z"},
        {"ends": "2035-01-01T00:00:00"},
        {"deputy": "steward"},
        {"deputy": "globex-producer"},
        {"deputy": ""},
    ],
    ids=str,
)
async def test_an_absence_that_cannot_be_is_refused(api: Api, wrong: dict[str, Any]) -> None:
    answer = await api.call("steward", "POST", ABSENCES, json={**soon(api), **wrong})
    assert answer.status_code == 422, answer.text
    assert (await api.get("steward", ABSENCES)).json()["items"] == []


async def test_everybody_says_where_their_letters_go(api: Api) -> None:
    mine = {"email": "paula@example.org"}
    assert (await api.call("producer", "PUT", "/api/v1/me/email", json=mine)).json() == mine
    told = (await api.get("producer", "/api/v1/whoami")).json()
    assert told["attributes"]["email"] == "paula@example.org"
    path = "/api/v1/users/producer/email"
    assert (await api.call("steward", "PUT", path, json=mine)).status_code == 403
    assert (await api.call("globex-admin", "PUT", path, json=mine)).status_code == 404
    assert (await api.call("admin", "PUT", path, json={"email": None})).json() == {"email": None}
    assert "email" not in (await api.get("producer", "/api/v1/whoami")).json()["attributes"]
    for wrong in ("nobody", "a@b\nBcc: c@d", "Paula <p@example.org>", "", 5, "x" * 2_000):
        answer = await api.call("producer", "PUT", "/api/v1/me/email", json={"email": wrong})
        assert answer.status_code == 422
        assert not isinstance(wrong, str) or wrong == "" or wrong not in answer.text
    assert "example.org" not in json.dumps(await record(api, "account."))
