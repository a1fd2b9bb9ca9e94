"""What the rules say of a version, over the API."""

import pytest

from tests.api.conftest import Api
from tests.validation.contracts.documents import contract

pytestmark = pytest.mark.anyio

CONTRACT = contract("name: id", "name: amount").encode()


async def test_a_broken_rule_and_what_helps_stand_with_the_approval(api: Api) -> None:
    body = {"name": "d", "classification": "CONFIDENTIAL"}
    await api.call("producer", "POST", "/api/v1/datasets", json=body)
    version = (await api.send("id,amount\n1,2\n")).json()
    await api.settle()
    found = (await api.get("producer", f"/api/v1/versions/{version['id']}")).json()
    assert (found["status"], found["reason"]) == ("rejected", "COMPLIANCE_FAILED")
    approval = await api.approval_of(version["id"])
    assert (approval["approved"], approval["levels"]) == (False, [])
    said = approval["details"]["compliance"]
    [problem] = said["problems"]
    assert problem["code"] == "contract_missing"
    assert "Set one for the dataset" in problem["reason"]
    assert (said["shown"], said["unanswered"]) == ([], [])

    await api.call("producer", "PUT", "/api/v1/datasets/d/contract", content=CONTRACT)
    again = await api.send("id,amount\n1,2\n")  # exactly the same file
    assert (again.status_code, again.json()["number"]) == (202, 2)
    await api.settle()
    assert (await api.approval_of(again.json()["id"]))["status"] == "awaiting_approval"
    once_more = await api.send("id,amount\n1,2\n")
    assert (once_more.status_code, once_more.json()["number"]) == (200, 2)


async def test_what_is_shown_is_in_the_list_and_the_story_of_an_approval(api: Api) -> None:
    version = (await api.send("id,amount\n1,2\n")).json()
    await api.settle()
    approval = await api.approval_of(version["id"])
    story = (await api.get("steward", f"/api/v1/approvals/{approval['id']}")).json()
    for each in (approval, story):
        [shown] = each["details"]["compliance"]["shown"]
        assert shown["code"] == "no_contract"
        assert shown["reason"].startswith("It has no data contract")


async def test_a_contract_that_was_kept_leaves_nothing_to_show(api: Api) -> None:
    body = {"name": "d", "classification": "CONFIDENTIAL"}
    await api.call("producer", "POST", "/api/v1/datasets", json=body)
    await api.call("producer", "PUT", "/api/v1/datasets/d/contract", content=CONTRACT)
    version = (await api.send("id,amount\n1,2\n")).json()
    await api.settle()
    approval = await api.approval_of(version["id"])
    assert approval["status"] == "awaiting_approval"
    assert approval["details"]["compliance"] == {"problems": [], "shown": [], "unanswered": []}
