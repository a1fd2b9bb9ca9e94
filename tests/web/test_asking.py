"""Asking for access, deciding it and taking it back, on pages."""

import re

import pytest

from dcs.auth.store import account as accounts
from tests.validation.contracts.documents import contract
from tests.web.conftest import OURS, Web

pytestmark = pytest.mark.anyio


async def closed(web: Web) -> None:
    """Activate a CONFIDENTIAL dataset of nobody's department."""
    await web.sign_in("producer")
    await web.post("/datasets", name="d", classification="CONFIDENTIAL")
    promised = contract("name: id", "name: x").encode()
    for path, content in (("contract", promised), ("versions?filename=d.csv", b"id,x\n1,2\n")):
        sent = await web.http.put(f"/api/v1/datasets/d/{path}", content=content, headers=OURS)
        assert sent.is_success, sent.text
    await settle(web)
    for login, level in (("steward", "L1"), ("steward2", "L2")):
        await web.sign_in(login)
        [approval] = (await web.http.get("/api/v1/approvals")).json()["items"]
        vote = f"/approvals/{approval['id']}/votes"
        assert (await web.post(vote, level=level, decision="approve")).status_code == 303
    await settle(web)


async def settle(web: Web) -> None:
    while await web.studio.jobs.run_due():
        pass


async def ask(web: Web, **form: str) -> int:
    await web.sign_in("analyst")
    fields = {"purpose": "A <b>study</b> of tills", "days": "9", "accepted_terms": "yes", **form}
    return (await web.post("/datasets/d/access", **fields)).status_code


async def action(web: Web, kind: str) -> str:
    page = (await web.get("/access")).text
    found: str = re.findall(rf'action="(/{kind}/[0-9a-f-]{{36}})"', page)[0]
    return found


async def test_whoever_cannot_read_is_offered_to_ask_and_reads_what_was_given(web: Web) -> None:
    await closed(web)
    await web.sign_in("analyst")
    page = (await web.get("/datasets/d/versions/1")).text
    assert "You cannot see its rows." in page
    assert "Ask for access" in page
    assert await ask(web) == 303
    assert await ask(web) == 409  # once is enough
    assert ">open<" in (await web.get("/access")).text

    await web.sign_in("producer")
    page = (await web.get("/access")).text
    assert "A &lt;b&gt;study&lt;/b&gt; of tills" in page
    decide = await action(web, "access")
    assert (await web.post(decide, step="approve", columns="x", days="3")).status_code == 303
    await settle(web)

    await web.sign_in("analyst")
    assert ">granted<" in (await web.get("/access")).text
    page = (await web.get("/datasets/d/versions/1")).text
    assert "You cannot see its rows." not in page
    assert re.search(r"<thead><tr><th class=\"n\">x</th></tr></thead>", page)

    await web.sign_in("producer")
    take = await action(web, "grants")
    assert (await web.post(take, step="extend", days="30")).status_code == 303
    assert (await web.post(take, step="revoke", text="no")).status_code == 422
    assert (await web.post(take, step="revoke", text="the study ended")).status_code == 303
    await web.sign_in("analyst")
    assert "You cannot see its rows." in (await web.get("/datasets/d/versions/1")).text
    assert "the study ended" in (await web.get("/access")).text


async def test_more_time_is_asked_for_where_the_grant_stands_and_drift_is_shown(web: Web) -> None:
    await closed(web)
    await ask(web)
    await web.sign_in("producer")
    await web.post(await action(web, "access"), step="approve")
    await settle(web)
    assert "Check all grants now" not in (await web.get("/access")).text

    await web.sign_in("analyst")
    page = (await web.get("/access")).text
    assert "Ask for more time" in page
    assert "Revoke" not in page
    mine = await action(web, "grants")
    assert (await web.post(mine, step="ask", days="9", text="")).status_code == 422
    assert (await web.post(mine, step="ask", days="9", text="it goes on")).status_code == 303
    assert "9 more days of what was given" in (await web.get("/access")).text

    await web.sign_in("producer")
    page = (await web.get("/access")).text
    assert "it goes on" in page
    assert "Give only these columns" not in page
    await web.post(await action(web, "access"), step="approve")
    await settle(web)

    analyst = await web.studio.identity.account_by_login("acme", "analyst")
    same, low = accounts.c.id == analyst.id, {"clearance": 0, "department": "sales"}
    await web.studio.database.write("acme", lambda s: s.update(accounts, same, attributes=low))
    assert (await web.post("/access-check")).status_code == 403
    await web.sign_in("auditor")
    assert "Check all grants now" in (await web.get("/access")).text
    assert (await web.post("/access-check")).status_code == 303
    await settle(web)
    page = (await web.get("/access")).text
    assert ">drift<" in page
    assert "Your clearance is below" in page


async def test_a_question_is_answered_before_the_decision(web: Web) -> None:
    await closed(web)
    await ask(web)
    await web.sign_in("producer")
    decide = await action(web, "access")
    assert (await web.post(decide, step="ask", text="Which tills?")).status_code == 303
    await web.sign_in("analyst")
    assert "Which tills?" in (await web.get("/access")).text
    assert (await web.post(decide, step="answer", text="Those of Turku.")).status_code == 303
    await web.sign_in("producer")
    assert "Those of Turku." in (await web.get("/access")).text
    assert (await web.post(decide, step="deny", text="Ask the city.")).status_code == 303
    await web.sign_in("analyst")
    page = (await web.get("/access")).text
    assert ">denied<" in page
    assert "Ask the city." in page


@pytest.mark.parametrize(
    "form",
    [{"purpose": "x"}, {"days": "0"}, {"days": "many"}, {"accepted_terms": ""}, {"columns": "y"}],
)
async def test_a_request_that_lacks_something_is_refused(web: Web, form: dict[str, str]) -> None:
    await closed(web)
    assert await ask(web, **form) == 422


async def test_strangers_find_nothing_to_decide(web: Web) -> None:
    await closed(web)
    await ask(web)
    decide = await action(web, "access")
    for login in ("consumer", "globex-admin"):
        await web.sign_in(login)
        assert "Nobody waits for you." in (await web.get("/access")).text
        assert (await web.post(decide, step="approve")).status_code == 404
    await web.sign_in("analyst")
    assert (await web.post(decide, step="approve")).status_code == 403
    assert (await web.post(decide, step="dance")).status_code == 404
    assert (await web.post(decide, step="withdraw")).status_code == 303
