"""A dataset's data contracts over the API, and what they may refer to."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.validation.contracts.documents import contract

pytestmark = pytest.mark.anyio

D = "/api/v1/datasets/d"
CUSTOMERS = "id,city\n1,Graz\n2,Wien\n"
ORDERS = "customer,amount\n1,5\n3,6\n"
REFERS = contract("name: customer, relationships: [{to: customers.id}]", "name: amount")


async def set_contract(api: Api, document: str, dataset: str = "d") -> str:
    await api.call("producer", "POST", "/api/v1/datasets", json={"name": dataset})
    path = f"/api/v1/datasets/{dataset}/contract"
    answer = await api.call("producer", "PUT", path, content=document.encode())
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def test_every_contract_a_dataset_had_is_listed_and_can_be_read(api: Api) -> None:
    first, second = contract("name: a"), contract("name: a", "name: b")
    ids = [await set_contract(api, first), await set_contract(api, second)]
    listed = (await api.get("steward", f"{D}/contracts")).json()["items"]
    assert [(each["id"], each["current"]) for each in listed] == [(ids[1], True), (ids[0], False)]
    assert {"sha256", "created_at", "dataset"} <= set(listed[0])
    assert (await api.get("steward", f"{D}/contracts/{ids[0]}")).text == first
    assert (await api.get("steward", f"{D}/contract")).text == second


async def test_a_contract_of_another_dataset_is_none_of_this_one(api: Api) -> None:
    other = await set_contract(api, contract("name: a"), "other")
    await set_contract(api, contract("name: a"))
    assert (await api.get("producer", f"{D}/contracts/{other}")).status_code == 404
    assert (await api.get("globex-producer", f"/api/v1/datasets/other/contracts/{other}")).status_code == 404  # fmt: skip
    assert (await api.get("globex-producer", f"{D}/contracts")).status_code == 404


async def test_a_refused_contract_names_its_places_and_changes_nothing(api: Api) -> None:
    await set_contract(api, contract("name: a"))
    answer = await api.call(
        "producer", "PUT", f"{D}/contract", content=contract("name: a, require: true").encode()
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_contract")
    assert answer.json()["problems"] == [
        {
            "path": "schema[0].properties[0].require",
            "message": "unknown members cannot be promises; did you mean required?",
        }
    ]
    assert len((await api.get("producer", f"{D}/contracts")).json()["items"]) == 1


async def relationship(api: Api, target: str = "customers.id") -> dict[str, Any]:
    """Send orders that refer to customers; return the check of the foreign key."""
    await set_contract(api, REFERS.replace("customers.id", target))
    await api.send(ORDERS)
    await api.settle()
    report = (await api.get("producer", f"{D}/versions/1/report")).json()
    [check] = [each for each in report["checks"] if each["rule"] == "relationship"]
    found: dict[str, Any] = check
    return found


async def test_a_foreign_key_is_held_against_the_active_version(api: Api) -> None:
    await api.activate(CUSTOMERS, "customers", filename="c.csv")
    check = await relationship(api)
    assert (check["outcome"], check["failed_rows"]) == ("FAILED", 1)
    assert check["samples"][0]["row"] == 2
    audit = (await api.get("auditor", "/api/v1/audit")).json()["items"]
    assert any(each["action"] == "read" and each["outcome"] == "allowed" for each in audit)


async def not_active(api: Api) -> None:
    await api.send(CUSTOMERS, "customers", filename="c.csv")
    await api.settle()


async def absent(api: Api) -> None:
    del api


async def of_another_department(api: Api) -> None:
    body = {"name": "customers", "classification": "CONFIDENTIAL", "department": "hr"}
    await api.call("producer", "POST", "/api/v1/datasets", json=body)
    await set_contract(api, contract("name: id", "name: city"), "customers")
    await api.activate(CUSTOMERS, "customers", filename="c.csv")


async def of_another_organisation(api: Api) -> None:
    path = "/api/v1/datasets"
    await api.call("globex-producer", "POST", path, json={"name": "customers"})
    await api.call(
        "globex-producer",
        "PUT",
        f"{path}/customers/versions",
        params={"filename": "c.csv"},
        content=CUSTOMERS.encode(),
    )
    await api.settle()


async def masked(api: Api) -> None:
    rows = "id,city\n" + "".join(f"c{number}@example.org,Graz\n" for number in range(3))
    await api.activate(rows, "customers", filename="c.csv")


@pytest.mark.parametrize(
    "arrange", [absent, not_active, of_another_department, of_another_organisation, masked]
)
async def test_what_the_submitter_may_not_read_looks_like_what_is_not_there(
    api: Api, arrange: Callable[[Api], Awaitable[None]]
) -> None:
    await arrange(api)
    check = await relationship(api)
    assert (check["outcome"], check["failed_rows"], check["observed"]) == ("NOT_EVALUATED", 0, None)
    assert check["message"] == (
        "the contract promises relationship, which is not checked: "
        "'customers' is not readable by the submitter"
    )
