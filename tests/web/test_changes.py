"""Pages about change: what is new in a version, how checks went, and the rows that failed them."""

import re
from html import unescape

import pytest

from tests.web.conftest import Web

pytestmark = pytest.mark.anyio

FIRST = "id,amount,city\n" + "".join(f"{n},{n % 50},Turku\n" for n in range(1, 301))
SECOND = "id,amount,mail\n" + "".join(
    f"{n},{n % 50 + 40},{f'<b>{n}@x' if n % 9 == 0 else f'person{n}@example.org'}\n"
    for n in range(1, 201)
)


async def activate(web: Web, content: str) -> str:
    """Take a file all the way to being active, and return its version's id."""
    await web.sign_in("producer")
    version = await web.send(content)
    await vote(web, version)
    return version


async def approval_of(web: Web, version: str) -> str:
    await web.sign_in("steward")
    found = (await web.http.get("/api/v1/approvals")).json()["items"]
    approval: str = next(each["id"] for each in found if each["version"] == version)
    return approval


async def vote(web: Web, version: str) -> None:
    approval = await approval_of(web, version)
    await web.post(f"/approvals/{approval}/votes", level="L1", decision="approve")
    while await web.studio.jobs.run_due():
        pass


async def test_a_reviewer_sees_what_changed_beside_the_decision(web: Web) -> None:
    await activate(web, FIRST)
    await web.sign_in("producer")
    approval = await approval_of(web, await web.send(SECOND))
    page = (await web.get(f"/approvals/{approval}")).text
    evidence = unescape(re.sub(r"<[^>]+>", " ", page.partition("What changed since")[2]))
    assert "version 1, which is active" in evidence
    assert "300 → 200" in evidence
    assert re.search(r"Added columns\s+mail", evidence)
    assert re.search(r"mail\s+EMAIL_ADDRESS in 178 cells", evidence)
    assert re.search(r"mail\s+CONFIDENTIAL", evidence)
    assert page.count('class="histogram two"') == 2  # id and amount
    assert "person1@" not in page


async def test_the_first_version_of_a_dataset_has_nothing_to_be_compared_with(web: Web) -> None:
    await web.sign_in("producer")
    approval = await approval_of(web, await web.send(FIRST))
    assert "What changed since" not in (await web.get(f"/approvals/{approval}")).text


async def test_any_two_versions_are_compared_on_a_page(web: Web) -> None:
    await activate(web, FIRST)
    await activate(web, SECOND)
    version = (await web.get("/datasets/d/versions/2")).text
    assert "/datasets/d/versions/2/changes?since=1" in version
    page = await web.get("/datasets/d/versions/2/changes?since=1")
    assert page.status_code == 200
    assert "300 → 200" in page.text
    same = (await web.get("/datasets/d/versions/1/changes?since=1")).text
    assert "the same, of the same types, in the same order" in same
    for path in (
        "/datasets/d/versions/2/changes?since=9",
        "/datasets/d/versions/2/changes?since=0",
    ):
        assert (await web.get(path)).status_code in {404, 422}
    await web.sign_in("globex-admin")
    assert (await web.get("/datasets/d/versions/2/changes?since=1")).status_code == 404


async def test_how_checks_went_is_shown_with_the_worst_first(web: Web) -> None:
    await activate(web, FIRST)
    await activate(web, SECOND)
    page = (await web.get("/datasets/d/checks")).text
    checks = re.findall(r'<tr><td class="mono">([^<]+)</td>', page)
    assert checks[0] == "format:email:mail"
    assert page.count('class="course"') > 3
    row = page.partition("completeness:nulls:id")[2].partition("</tr>")[0]
    assert re.findall(r'title="version (\d): (\w+)"', row) == [("1", "passed"), ("2", "passed")]
    await web.sign_in("globex-admin")
    assert (await web.get("/datasets/d/checks")).status_code == 404


async def test_a_finding_leads_to_its_rows(web: Web) -> None:
    await activate(web, SECOND)
    page = (await web.get("/datasets/d/versions/1")).text
    [link] = re.findall(r'href="([^"]+/failing\?check=format%3Aemail%3Amail[^"]*)"', page)
    answer = await web.get(unescape(link))
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == 1 + 22
    assert "<b>9@x" not in page
