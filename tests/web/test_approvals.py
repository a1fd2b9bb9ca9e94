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
