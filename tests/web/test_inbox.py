"""The inbox page: what you were told, how much of it is new, and a way to each thing."""

import re

import pytest

from tests.telling import tell
from tests.web.conftest import OURS, Web

pytestmark = pytest.mark.anyio


async def test_the_navigation_of_every_page_counts_what_is_not_read(web: Web) -> None:
    await web.sign_in("steward")
    assert "unread" not in (await web.get("/datasets")).text
    for number in range(2):
        await tell(web.studio, "steward", key=str(number))
    for path in ("/", "/datasets", "/inbox"):
        page = (await web.get(path)).text
        assert re.search(r'href="/inbox"[^>]*>Inbox <small>2<span', page), path
    await web.sign_in("producer")
    assert "unread" not in (await web.get("/")).text


async def test_each_notice_is_a_sentence_that_leads_to_what_it_is_about(web: Web) -> None:
    await web.sign_in("producer")
    version = await web.send("id,x\n1,2\n")
    del version
    await web.sign_in("steward")
    listed = (await web.get("/approvals")).text
    [approval] = set(re.findall(r"/approvals/([0-9a-f-]{36})", listed))
    await tell(web.studio, "steward", key="k", about=approval)
    page = (await web.get("/inbox")).text
    assert f'<a href="/approvals/{approval}">steward commented on d, version 1</a>' in page
    assert f'<a href="/approvals/{approval}">d, version 1, waits for your decision</a>' in page
    for action in re.findall(r'action="(/inbox/[^"]+/read)"', page):
        answer = await web.post(action)
        assert answer.headers["location"] == f"/approvals/{approval}"
        assert (await web.get(answer.headers["location"])).status_code == 200
    assert "unread" not in (await web.get("/inbox")).text


async def test_everything_is_read_with_one_button(web: Web) -> None:
    await web.sign_in("steward")
    for number in range(120):
        await tell(web.studio, "steward", key=str(number))
    page = (await web.get("/inbox")).text
    assert re.search(r"<small>100\+<span", page)
    assert "Mark all as read" in page
    assert (await web.post("/inbox/read-all")).headers["location"] == "/inbox"
    page = (await web.get("/inbox")).text
    assert "Mark all as read" not in page
    seen = 0
    while True:
        seen += page.count("commented on d, version 1</a>")
        older = re.findall(r'href="(/inbox\?before=[^"]+)"', page)
        if not older:
            break
        page = (await web.get(older[0])).text
    assert seen == 120


async def test_a_notice_of_somebody_else_is_not_there(web: Web) -> None:
    await tell(web.studio, "steward", key="k")
    await web.sign_in("steward")
    [action] = re.findall(r'action="(/inbox/[^"]+/read)"', (await web.get("/inbox")).text)
    for login in ("producer", "globex-admin"):
        await web.sign_in(login)
        assert "Nothing was told to you yet" in (await web.get("/inbox")).text
        assert (await web.post(action)).status_code == 404


async def test_words_of_an_organisation_are_text_and_never_markup(web: Web) -> None:
    await web.sign_in("admin")
    words = {"subject": "<b>$dataset</b>", "body": "<script>alert(1)</script>"}
    path = "/api/v1/notice-templates/commented"
    assert (await web.http.put(path, json=words, headers=OURS)).status_code == 200
    await tell(web.studio, "admin", key="k")
    page = (await web.get("/inbox")).text
    assert "&lt;b&gt;d&lt;/b&gt;" in page
    assert "<script>alert" not in page


async def test_a_form_of_another_site_reads_nothing(web: Web) -> None:
    await tell(web.studio, "steward", key="k")
    await web.sign_in("steward")
    foreign = {"Origin": "https://evil.example"}
    assert (await web.post("/inbox/read-all", foreign)).status_code == 403
    assert "Mark all as read" in (await web.get("/inbox")).text
