"""What an organisation may send: set by its admins, within the installation's limits."""

import pytest

from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

CSV = "id,amount\n1,2\n3,4\n"


async def allow(api: Api, who: str = "admin", tenant: str = "acme", **limits: object) -> int:
    return (await api.call(who, "PATCH", f"/api/v1/tenants/{tenant}", json=limits)).status_code


async def test_an_admin_sees_and_changes_what_may_be_sent(api: Api) -> None:
    before = (await api.get("producer", "/api/v1/tenants/acme")).json()
    assert before["limits"]["max_file_size"] == 10 * 1024**3
    assert "parquet" in before["limits"]["supported_formats"]
    assert await allow(api, max_file_size=1_000, supported_formats=["csv"]) == 200
    after = (await api.get("producer", "/api/v1/tenants/acme")).json()
    assert after["limits"] == {
        "max_file_size": 1_000,
        "supported_formats": ["csv"],
        "storage_left": None,
    }
    assert await allow(api, max_file_size=None) == 200
    again = (await api.get("producer", "/api/v1/tenants/acme")).json()
    assert again["allowance"]["supported_formats"] == ["csv"]
    assert again["limits"]["max_file_size"] == 10 * 1024**3


async def test_nobody_else_changes_it(api: Api) -> None:
    assert await allow(api, "producer", max_file_size=1) == 403
    assert await allow(api, "globex-admin", max_file_size=1) == 404


@pytest.mark.parametrize(
    "limits", [{"max_file_size": 0}, {"supported_formats": ["exe"]}, {"unknown": 1}]
)
async def test_what_makes_no_sense_is_refused(api: Api, limits: dict[str, object]) -> None:
    assert await allow(api, **limits) == 422


async def test_a_file_beyond_the_limits_is_refused_and_others_are_not_hurt(api: Api) -> None:
    assert await allow(api, max_file_size=10) == 200
    assert (await api.send(CSV)).status_code == 413
    assert await allow(api, max_file_size=None, supported_formats=["parquet"]) == 200
    refused = await api.send(CSV)
    assert (refused.status_code, refused.json()["code"]) == (422, "unsupported_format")
    assert await allow(api, supported_formats=None, max_storage=len(CSV)) == 200
    assert (await api.send(CSV)).status_code == 202
    full = await api.send(CSV + "5,6\n")
    assert (full.status_code, full.json()["code"]) == (413, "storage_full")


async def test_the_limits_are_told_before_the_first_byte(api: Api) -> None:
    assert await allow(api, max_file_size=1_000) == 200
    told = await api.call("producer", "OPTIONS", "/api/v1/uploads")
    assert told.headers["tus-max-size"] == "1000"
    assert "max-size=1000" in told.headers["upload-limit"]
