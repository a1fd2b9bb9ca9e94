"""Over the API: drift of grants, asking for a group and for more time."""

from datetime import timedelta
from functools import partial

import pytest

from dcs.auth.memberships import store as memberships
from dcs.auth.store import account as accounts
from dcs.engines.durable.rows import job as jobs
from dcs.workflow.access.drift import store
from tests.api.conftest import Api, Json
from tests.api.test_access import ASKED, DATA, REQUESTS, asked, restricted, told

pytestmark = pytest.mark.anyio

CHECK = "/api/v1/grants/check"


async def granted(api: Api, **changes: object) -> Json:
    """Have a request of the second steward granted, and return the grant."""
    await restricted(api)
    request = await asked(api, **changes)
    await api.call("producer", "POST", f"{REQUESTS}/{request['id']}/approve", json={})
    await api.settle()
    [grant] = (await api.get("steward2", "/api/v1/grants")).json()["items"]
    found: Json = grant
    return found


async def change(api: Api, login: str, **values: object) -> str:
    """Change an account's row, and return its id."""
    account = await api.studio.identity.account_by_login("acme", login)
    same = accounts.c.id == account.id
    await api.studio.database.write("acme", lambda s: s.update(accounts, same, **values))
    found: str = account.id
    return found


async def test_drift_is_shown_to_those_who_may_see_the_grant_and_told_to_its_owner(
    api: Api,
) -> None:
    grant = await granted(api)
    low = {"clearance": 0, "department": "governance"}
    account = await change(api, "steward2", attributes=low)
    begun = await api.call("auditor", "POST", CHECK)
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    await api.settle()
    done = (await api.get("auditor", begun.headers["location"])).json()
    assert (done["state"], done["checked"], done["drifted"]) == ("finished", 1, 1)
    for who in ("auditor", "admin", "producer", "steward", "steward2"):
        [shown] = (await api.get(who, "/api/v1/grants?drift=true")).json()["items"]
        assert shown["id"] == grant["id"], who
        points = {each["channel"]: each for each in shown["drift"]}
        assert set(points) == {"preview", "rows", "reference"}
        rows = points["rows"]
        assert (rows["action"], rows["account"]) == ("read", account)
        assert (rows["expected"], rows["actual"]) == ("allow", "deny")
        assert rows["codes"] == ["clearance_too_low"]
        assert "clearance" in rows["reasons"][0]
    for who in ("consumer", "analyst", "globex-admin"):
        assert (await api.get(who, "/api/v1/grants?drift=true")).json()["items"] == [], who
    assert "Access to d is not what was given" in await told(api, "producer")
    record = (await api.get("auditor", "/api/v1/audit?limit=50")).text
    assert record.count("grant.drifted") == 1


async def test_the_check_of_every_organisation_is_planned_for_the_night(api: Api) -> None:
    await api.studio.jobs.run_due()
    now = api.studio.clock.now()
    kind = jobs.c.kind == "access.verify"
    for tenant in ("acme", "globex"):
        [planned] = await api.studio.database.read(
            tenant, lambda s: s.all(s.select(jobs).where(kind))
        )
        assert now < planned.due <= now + timedelta(days=1)
        assert planned.every is not None
    rows = await api.studio.database.read("acme", store.get_check)
    assert rows is None


async def test_only_an_auditor_or_admin_checks(api: Api) -> None:
    await restricted(api)
    for who in ("producer", "steward", "consumer", "analyst"):
        assert (await api.call(who, "POST", CHECK)).status_code == 403, who
        assert (await api.get(who, CHECK)).status_code == 403, who
    assert (await api.get("globex-admin", CHECK)).json()["state"] == "none"
    assert (await api.call("admin", "POST", CHECK)).status_code == 202


async def test_more_time_is_asked_for_and_decided_on_the_same_path(api: Api) -> None:
    grant = await granted(api)
    path = f"/api/v1/grants/{grant['id']}/ask-extension"
    body = {"days": 20, "reason": "canary: the study goes on"}
    for refused in ({"days": 0, "reason": "longer"}, {"days": 5, "reason": "x"}, {"days": 5}):
        assert (await api.call("steward2", "POST", path, json=refused)).status_code == 422
    for who, status in (("producer", 403), ("analyst", 404), ("globex-admin", 404)):
        assert (await api.call(who, "POST", path, json=body)).status_code == status, who
    request = await api.call("steward2", "POST", path, json=body)
    assert request.status_code == 201, request.text
    assert (request.json()["kind"], request.json()["grant"]) == ("extension", grant["id"])
    where = request.headers["location"]
    assert (await api.call("steward2", "POST", f"{where}/approve", json={})).status_code == 403
    wider = await api.call("producer", "POST", f"{where}/approve", json={"days": 21})
    assert wider.status_code == 422
    await api.call("producer", "POST", f"{where}/approve", json={"days": 10})
    await api.settle()
    assert (await api.get("steward2", where)).json()["state"] == "granted"
    [longer] = (await api.get("steward2", "/api/v1/grants")).json()["items"]
    assert longer["id"] == grant["id"]
    assert longer["expires_at"][:10] > grant["expires_at"][:10]
    assert (await told(api, "steward2"))[-1] == "Your access to d was extended"
    assert "canary" not in (await api.get("auditor", "/api/v1/audit?limit=50")).text


async def test_a_group_reads_what_one_of_it_asked_for(api: Api) -> None:
    steward2 = await change(api, "steward2", disabled=False)
    high = {"clearance": 3, "department": "marketing", "employee": True}
    consumer = await change(api, "consumer", attributes=high)
    now = api.studio.clock.now()
    for who in (steward2, consumer):
        await api.studio.database.write(
            "acme", partial(memberships.join_groups, user=who, names=["night-shift"], now=now)
        )
    await restricted(api)
    foreign = await api.call("steward2", "POST", REQUESTS, json={**ASKED, "for_group": "board"})
    assert foreign.status_code == 422
    request = await asked(api, for_group="night-shift")
    assert (await api.get("consumer", f"{DATA}/data?limit=5")).status_code == 403
    shown = (await api.get("producer", f"{REQUESTS}/{request['id']}")).json()
    assert shown["for_group"] == "night-shift"
    await api.call("producer", "POST", f"{REQUESTS}/{request['id']}/approve", json={})
    await api.settle()
    assert (await api.get("consumer", f"{DATA}/data?limit=5")).status_code == 200
    await api.studio.database.write(
        "acme", lambda s: memberships.remove_member(s, consumer, "night-shift")
    )
    assert (await api.get("consumer", f"{DATA}/data?limit=5")).status_code == 403


async def test_a_request_of_a_disabled_account_is_refused_with_a_reason(api: Api) -> None:
    await restricted(api)
    path = f"{REQUESTS}/{(await asked(api))['id']}"
    await change(api, "steward2", disabled=True)
    refused = await api.call("producer", "POST", f"{path}/approve", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "requester_gone")
    assert "disabled" in refused.json()["detail"]
