"""An approval as a page: haste and comments beside the decision."""

import pytest

from tests.web.conftest import Web

pytestmark = pytest.mark.anyio


async def waiting(web: Web) -> str:
    await web.sign_in("producer")
    version = await web.send("id,x\n1,2\n")
    await web.sign_in("steward")
    found = (await web.http.get("/api/v1/approvals")).json()["items"]
    approval: str = next(each["id"] for each in found if each["version"] == version)
    return approval


async def test_haste_is_one_button_and_then_a_fact(web: Web) -> None:
    path = f"/approvals/{await waiting(web)}"
    assert ">Expedite<" in (await web.get(path)).text
    assert (await web.post(f"{path}/expedite")).status_code == 303
    page = (await web.get(path)).text
    assert ">Expedite<" not in page
    assert "Somebody asked for haste" in page


async def test_a_comment_is_shown_as_it_was_written_and_never_as_markup(web: Web) -> None:
    path = f"/approvals/{await waiting(web)}"
    await web.post(f"{path}/comments", text="<b>Which</b>\ntill?")
    page = (await web.get(path)).text
    assert "&lt;b&gt;Which&lt;/b&gt;\ntill?" in page
    assert "<b>Which" not in page


async def test_an_ended_approval_takes_neither(web: Web) -> None:
    approval = await waiting(web)
    await web.post(f"/approvals/{approval}/votes", level="L1", decision="reject", reason="wrong")
    page = (await web.get(f"/approvals/{approval}")).text
    assert ">Expedite<" not in page
    assert "/comments" not in page
    assert (await web.post(f"/approvals/{approval}/comments", text="x")).status_code == 409


async def test_a_page_asks_for_the_vote_and_shows_what_comes_of_it(web: Web) -> None:
    path = f"/approvals/{await waiting(web)}"
    before = (await web.get(path)).text
    assert "data-until" in before
    cast = await web.post(
        f"{path}/votes", level="L1", decision="approve", masks="x, ", method="partial"
    )
    assert cast.status_code == 303
    page = (await web.get(path)).text
    assert "with x masked for everybody" in page
    assert "approval voted by steward on L1" in page


async def test_a_vote_is_handed_over_by_its_login(web: Web) -> None:
    path = f"/approvals/{await waiting(web)}"
    assert (await web.post(f"{path}/delegate", level="L1", to="producer")).status_code == 409
    assert (await web.post(f"{path}/delegate", level="L1", to="steward2")).status_code == 303
    assert "steward2 decides instead of steward" in (await web.get(path)).text
    assert (await web.post(f"{path}/escalate")).status_code == 409


async def test_what_is_decided_meanwhile_is_put_in_place_and_the_page_begins_anew(web: Web) -> None:
    path = f"/approvals/{await waiting(web)}"
    page = (await web.get(path)).text
    [live] = [part.split('"')[0] for part in page.split('hx-get="')[1:]]
    quiet = await web.get(live)
    assert "HX-Refresh" not in quiet.headers
    assert "<form" not in quiet.text
    await web.post(f"{path}/votes", level="L1", decision="reject", reason="wrong year")
    assert (await web.get(live)).headers["HX-Refresh"] == "true"
