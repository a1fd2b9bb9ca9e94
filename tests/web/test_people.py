"""The pages of groups and the calendar, and the page of oneself."""

from datetime import timedelta

import pytest

from tests.web.conftest import Web

pytestmark = pytest.mark.anyio

OFFICE = {
    "revision": "0",
    "timezone": "Europe/Vienna",
    "day1": "on",
    "day5": "on",
    "opens": "8",
    "closes": "17",
    "holidays": "2026-12-25 Christmas\r\n\r\n2026-01-01\r\n",
}


async def test_an_admin_fills_groups_and_everybody_sees_them(web: Web) -> None:
    await web.sign_in("admin")
    added = await web.post("/groups", name="night shift", description="<b>at night</b>")
    assert (added.status_code, added.headers["location"]) == (303, "/groups")
    path = "/groups/night%20shift"
    for login in ("steward", "consumer"):
        assert (await web.post(path, step="add", member=login)).status_code == 303
    await web.post(path, step="drop", member="consumer")
    page = (await web.get("/groups")).text
    assert "Remove steward from night shift" in page
    assert "&lt;b&gt;at night&lt;/b&gt;" in page
    await web.sign_in("consumer")
    page = (await web.get("/groups")).text
    assert "night shift" in page
    assert "1 member<" in page
    assert "<form" not in page.partition("<main")[2]
    await web.sign_in("globex-admin")
    assert "night shift" not in (await web.get("/groups")).text
    assert (await web.post(path, step="remove")).status_code == 404
    await web.sign_in("admin")
    assert (await web.post(path, step="remove")).status_code == 303
    assert "There are no groups." in (await web.get("/groups")).text
    assert (await web.post(path, step="dance")).status_code == 404


async def test_a_calendar_is_kept_as_the_form_says(web: Web) -> None:
    await web.sign_in("admin")
    assert (await web.post("/calendar", **OFFICE)).status_code == 303
    page = (await web.get("/groups")).text
    assert "2026-01-01\n2026-12-25 Christmas\n</textarea>" in page
    assert page.count(" checked") == 2
    late = await web.post("/calendar", **OFFICE)
    assert late.status_code == 409
    for wrong in ({"opens": "x"}, {"timezone": ""}, {"holidays": "Christmas"}):
        answer = await web.post("/calendar", **{**OFFICE, "revision": "1", **wrong})
        assert answer.status_code == 422, wrong
    await web.sign_in("steward")
    assert (await web.post("/calendar", **{**OFFICE, "revision": "1"})).status_code == 403
    page = (await web.get("/groups")).text
    assert "Monday, Friday" in page
    assert "8:00 to 17:00" in page


async def test_one_says_that_one_is_away_and_the_deputy_sees_it(web: Web) -> None:
    await web.sign_in("steward")
    first = web.studio.clock.now().date() + timedelta(days=1)
    days = {"starts": first.isoformat(), "ends": first.isoformat()}
    assert (await web.post("/me/absences", **days, deputy="steward2")).status_code == 303
    page = (await web.get("/me")).text
    assert "steward2</td>" in page
    [action] = [
        part.partition('"')[0] for part in page.split('action="')[1:] if "/end" in part[:80]
    ]
    for wrong in ({"starts": "tomorrow"}, {"deputy": "steward"}, {"deputy": "globex-admin"}):
        answer = await web.post("/me/absences", **{**days, "deputy": "steward2", **wrong})
        assert answer.status_code == 422, wrong
    await web.sign_in("steward2")
    assert "<li>steward <small" in (await web.get("/me")).text
    assert (await web.post(action)).status_code == 403
    await web.sign_in("steward")
    assert (await web.post(action)).status_code == 303
    assert "No absence is ahead." in (await web.get("/me")).text


async def test_one_says_where_ones_letters_go(web: Web) -> None:
    await web.sign_in("producer")
    assert (await web.post("/me/email", email=" p@example.org ")).status_code == 303
    assert 'value="p@example.org"' in (await web.get("/me")).text
    assert (await web.post("/me/email", email="nobody")).status_code == 422
    await web.post("/me/email", email="")
    assert 'name="email" value=""' in (await web.get("/me")).text


async def test_a_form_of_another_site_changes_nothing(web: Web) -> None:
    await web.sign_in("admin")
    foreign = {"Origin": "https://evil.example"}
    for path in ("/groups", "/calendar", "/groups/x", "/me/email", "/me/absences"):
        assert (await web.post(path, foreign, name="x")).status_code == 403, path
