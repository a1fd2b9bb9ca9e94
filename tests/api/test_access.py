"""Grants over the API: exactly what was given, on every channel, and until it ends."""

from datetime import timedelta

import pytest

from dcs.core.ids import new_id
from dcs.policy import Grant, Grantee, GranteeKind
from dcs.policy.grants import store
from tests.api.conftest import Api, Json

pytestmark = pytest.mark.anyio

CONTENT = "id,amount,note\n" + "".join(f"{n},{n * 10},note {n}\n" for n in range(5))
DATA = "/api/v1/datasets/d/versions/1"


async def restricted(api: Api) -> Json:
    """Activate a CONFIDENTIAL dataset of sales."""
    body = {"name": "d", "classification": "CONFIDENTIAL", "department": "sales"}
    await api.call("producer", "POST", "/api/v1/datasets", json=body)
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
