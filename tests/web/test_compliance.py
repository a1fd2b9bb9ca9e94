"""What the rules say, on the pages of those who decide and of whoever sent the file."""

import pytest

from tests.web.conftest import Web

pytestmark = pytest.mark.anyio


async def approval(web: Web, version: str) -> str:
    await web.sign_in("steward")
    found = (await web.http.get("/api/v1/approvals")).json()["items"]
    path: str = next(f"/approvals/{each['id']}" for each in found if each["version"] == version)
    return path


async def test_whoever_decides_sees_what_the_rules_say_beside_the_vote(web: Web) -> None:
    await web.sign_in("producer")
    version = await web.send("mail,x\n" + "anna@example.org,1\n" * 30)
    page = (await web.get(await approval(web, version))).text
    before, _, decision = page.partition("<h2>Decision</h2>")
    assert "<h2>What the rules say</h2>" in before
    assert "Who approves confirms that it may be there." in before
    assert "undeclared_personal_data" in before
    assert ">Approve<" in decision


async def test_a_broken_rule_is_on_the_page_of_the_version_and_of_its_approval(web: Web) -> None:
    await web.sign_in("producer")
    await web.post("/datasets", name="d", classification="PUBLIC")
    version = await web.send("mail,x\n" + "anna@example.org,1\n" * 30)
    for path in ("/datasets/d/versions/1", await approval(web, version)):
        page = (await web.get(path)).text
        assert "Take it out, or send the file to a dataset of a higher classification." in page
        assert "personal_data_in_public_dataset" in page


async def test_the_page_of_a_version_says_it_only_where_it_waits_or_has_ended(web: Web) -> None:
    await web.sign_in("producer")
    version = await web.send("id,x\n1,2\n")
    page = (await web.get(await approval(web, version))).text
    assert "no_contract" in page
    page = (await web.get("/datasets/d/versions/1")).text
    assert "What the rules say" not in page
