"""How long data is to be kept: said for a dataset, or once for everything of an organisation."""

import pytest

from tests.api.conftest import Api

pytestmark = pytest.mark.anyio


async def retain(api: Api, who: str, days: object, dataset: str = "d") -> int:
    body = {"retention_days": days}
    answer = await api.call(who, "PATCH", f"/api/v1/datasets/{dataset}", json=body)
    return answer.status_code


async def retained(api: Api) -> object:
    return (await api.get("producer", "/api/v1/datasets/d")).json()["retention_days"]


async def recorded(api: Api, action: str) -> list[object]:
    events = (await api.get("auditor", "/api/v1/audit?limit=200")).json()["items"]
    return [each["details"] for each in events if each["action"] == action]


async def test_its_owner_says_how_long_a_dataset_is_kept_and_it_is_on_record(api: Api) -> None:
    body = {"name": "d", "retention_days": 30}
    added = await api.call("producer", "POST", "/api/v1/datasets", json=body)
    assert added.json()["retention_days"] == 30
    assert await retain(api, "producer", 365) == 200
    assert await retained(api) == 365
    assert await retain(api, "producer", None) == 200
    assert await retained(api) is None
    assert await recorded(api, "dataset.set_retention") == [
        {"retention_days": "tenant"},
        {"retention_days": 365},
    ]


async def test_a_change_that_names_nothing_changes_nothing(api: Api) -> None:
    body = {"name": "d", "retention_days": 30}
    await api.call("producer", "POST", "/api/v1/datasets", json=body)
    answer = await api.call("producer", "PATCH", "/api/v1/datasets/d", json={})
    assert (answer.status_code, answer.json()["retention_days"]) == (200, 30)


async def test_nobody_else_says_it(api: Api) -> None:
    await api.call("producer", "POST", "/api/v1/datasets", json={"name": "d"})
    for who, status in (("steward", 403), ("admin", 403), ("globex-admin", 404)):
        assert await retain(api, who, 1) == status, who
    assert await retained(api) is None


@pytest.mark.parametrize("days", [0, -1, 36_501, "long", 1.5, True])
async def test_a_time_that_makes_no_sense_is_refused(api: Api, days: object) -> None:
    await api.call("producer", "POST", "/api/v1/datasets", json={"name": "d"})
    assert await retain(api, "producer", days) == 422
    tenant = {"retention_days": days}
    answer = await api.call("admin", "PATCH", "/api/v1/tenants/acme", json=tenant)
    assert answer.status_code == 422


async def test_an_organisation_begins_with_ten_years_and_its_admins_change_that(api: Api) -> None:
    before = (await api.get("producer", "/api/v1/tenants/acme")).json()
    assert before["retention_days"] == 3_650
    for days in (90, None):
        body = {"retention_days": days}
        changed = await api.call("admin", "PATCH", "/api/v1/tenants/acme", json=body)
        assert changed.json()["retention_days"] == days
        assert changed.json()["allowance"] == before["allowance"]
    assert await recorded(api, "tenant.set_retention") == [
        {"retention_days": "none"},
        {"retention_days": 90},
    ]
    for who, status in (("producer", 403), ("globex-admin", 404)):
        body = {"retention_days": 1}
        denied = await api.call(who, "PATCH", "/api/v1/tenants/acme", json=body)
        assert denied.status_code == status
