"""The studio's pages: they open for whom they should, say why not, and trust no other site."""

import re

import pytest

from dcs.validation import bar, histogram, number, size
from dcs.web.access import own_page
from tests.malware import EICAR
from tests.web.conftest import Web

pytestmark = pytest.mark.anyio

PERSONAL = "id,email,note\n" + "".join(
    f"{n},person{n}@example.org,<script>alert({n})</script>\n" for n in range(1, 21)
)
PAGES = ["/", "/upload", "/datasets", "/approvals", "/access", "/inbox", "/quarantine"]


async def test_without_signing_in_every_page_leads_to_the_sign_in_page(web: Web) -> None:
    for page in [*PAGES, "/audit", "/datasets/d", "/versions/x"]:
        answer = await web.get(page)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/sign-in?next={page}"
    assert (await web.get("/sign-in")).status_code == 200


@pytest.mark.parametrize(
    "login", ["producer", "steward", "consumer", "analyst", "auditor", "admin", "globex-admin"]
)
async def test_everybody_can_open_the_pages(web: Web, login: str) -> None:
    await web.sign_in("producer")
    await web.send(PERSONAL)
    await web.sign_in(login)
    for page in PAGES:
        answer = await web.get(page)
        assert answer.status_code == 200, page
        assert login in answer.text
        assert answer.headers["cache-control"] == "no-store"


async def test_signing_in_sets_a_cookie_scripts_cannot_read(web: Web) -> None:
    answer = await web.sign_in("producer")
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 303
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert (await web.get("/")).status_code == 200


async def test_a_wrong_password_shows_the_page_again_and_keeps_the_login(web: Web) -> None:
    answer = await web.sign_in("producer", "wrong password!")
    assert answer.status_code == 401
    assert 'value="producer"' in answer.text
    assert "set-cookie" not in answer.headers


async def test_signing_out_ends_the_session_on_the_server(web: Web) -> None:
    await web.sign_in("producer")
    cookies = dict(web.http.cookies)
    assert (await web.post("/sign-out")).headers["location"] == "/sign-in"
    web.http.cookies.update(cookies)
    assert (await web.get("/")).status_code == 303


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
    ids=str,
)  # fmt: skip
async def test_a_form_of_another_site_is_refused(web: Web, headers: dict[str, str]) -> None:
    await web.sign_in("producer")
    for page in ("/sign-in", "/sign-out", "/datasets", "/approvals/x/votes"):
        answer = await web.post(page, headers)
        assert answer.status_code == 403, page
    assert (await web.get("/")).status_code == 200


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("/audit", "/audit"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        (None, "/"),
    ],
)
async def test_signing_in_leads_to_our_own_pages_only(
    web: Web, address: str | None, leads: str
) -> None:
    assert own_page(address) == leads
    if address is not None:
        assert (await web.sign_in("producer", next=address)).headers["location"] == leads


async def test_a_version_shows_its_findings_profile_and_masked_rows(web: Web) -> None:
    await web.sign_in("producer")
    version = await web.send(PERSONAL)
    page = await web.get((await web.get(f"/versions/{version}")).headers["location"])
    assert page.status_code == 200
    assert "EMAIL_ADDRESS" in page.text
    assert "<svg" in page.text
    assert "***@example.org" in page.text
    assert "person3@example.org" not in page.text
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(3)" in page.text


async def test_a_version_groups_what_repeats_and_leads_to_its_whole_report(web: Web) -> None:
    await web.sign_in("producer")
    rows = "".join("999,999,999\n" if n == 7 else f"{n % 5},{n % 4},{n % 3}\n" for n in range(99))
    version = await web.send("a,b,c\n" + rows)
    page = await web.get((await web.get(f"/versions/{version}")).headers["location"])
    assert "and 2 more columns" in page.text
    assert page.text.count("values more than 3 deviations from the mean") == 3
    for form, begins in (("html", "<!doctype html>"), ("json", "{"), ("sarif", "{")):
        [address] = re.findall(rf'href="(/api/v1/[^"]*format={form})"', page.text)
        report = await web.get(address)
        assert report.status_code == 200
        assert report.text.startswith(begins)


async def test_a_vote_is_cast_from_the_approvals_page(web: Web) -> None:
    await web.sign_in("producer")
    version = await web.send("id,x\n1,2\n")
    await web.sign_in("steward")
    inbox = (await web.get("/approvals")).text
    [approval] = set(re.findall(r"/approvals/([0-9a-f-]{36})", inbox))
    assert "Approve L1" in (await web.get(f"/approvals/{approval}")).text
    vote = await web.post(
        f"/approvals/{approval}/votes", level="L1", decision="approve", reason="fine"
    )
    assert vote.headers["location"] == f"/approvals/{approval}"
    while await web.studio.jobs.run_due():
        pass
    page = (await web.get(f"/approvals/{approval}")).text
    assert "Approved by steward" in page
    assert "“fine”" in page
    again = await web.post(f"/approvals/{approval}/votes", level="L1", decision="approve")
    assert again.status_code == 409
    await web.sign_in("consumer")
    assert (await web.get(f"/versions/{version}")).status_code == 303


async def test_a_foreign_or_missing_thing_is_a_page_that_says_nothing(web: Web) -> None:
    await web.sign_in("producer")
    version = await web.send("id,x\n1,2\n")
    await web.sign_in("globex-producer")
    for path in (
        f"/versions/{version}",
        "/datasets/d",
        "/datasets/d/versions/1",
        "/approvals/x",
        "/nowhere",
    ):
        answer = await web.get(path)
        assert answer.status_code == 404, path
        assert "There is nothing here" in answer.text
        assert "text/html" in answer.headers["content-type"]


async def test_the_audit_page_is_for_those_who_may(web: Web) -> None:
    await web.sign_in("consumer")
    denied = await web.get("/audit")
    assert denied.status_code == 403
    assert "No rule gives you this" in denied.text
    await web.sign_in("auditor")
    assert "chain whole" in (await web.get("/audit")).text


async def test_the_journey_alone_refreshes_the_page_when_it_has_ended(web: Web) -> None:
    await web.sign_in("producer")
    version = await web.send("id,x\n1,2\n")
    answer = await web.get(f"/versions/{version}/journey")
    assert answer.headers["hx-refresh"] == "true"
    assert "<html" not in answer.text


async def test_the_reference_lists_every_operation_without_foreign_scripts(web: Web) -> None:
    page = await web.get("/api/v1/docs")
    assert page.status_code == 200
    for path in (await web.get("/api/v1/openapi.json")).json()["paths"]:
        assert path in page.text
    assert re.findall(r'(?:src|href)="(?![/#])[^"]*"', page.text) == []


async def test_pages_work_where_the_browser_library_was_not_built(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    await web.sign_in("producer")
    monkeypatch.setitem(
        __import__("dcs.web.pages", fromlist=["x"])._environment().globals,
        "library",
        lambda _name: None,
    )
    page = await web.get("/")
    assert page.status_code == 200
    assert "vendor" not in page.text


def test_plots_say_in_words_what_they_show() -> None:
    svg = histogram([0, 3, 1], -1.5, 4, '<b>"x"')
    assert svg.count("<rect") == 2
    assert 'aria-label="&lt;b&gt;&#34;x&#34;: from -1.5 to 4, 3 steps, highest 3"' in svg
    assert histogram([0, 0], 0, 1, "x") == ""
    assert "50.0%" in bar(0.5, "x")


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (14_253, "14.3 kB"), (10**10, "10.0 GB")],
)
def test_sizes_are_written_for_people(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (3.0, "3"), (1234567, "1,234,567"), (0.123456, "0.1235")]
)
def test_numbers_are_written_in_as_many_digits_as_help(value: float | None, text: str) -> None:
    assert number(value) == text


async def hold(web: Web) -> str:
    """Send an infected file as the producer; return the version's id."""
    await web.sign_in("producer")
    return await web.send("id,note\n1," + EICAR.decode() + "\n")


async def test_the_quarantine_shows_what_was_found_only_to_those_who_look_after_it(
    web: Web,
) -> None:
    version = await hold(web)
    assert "Nothing waits here that you look after" in (await web.get("/quarantine")).text
    page = (await web.get(f"/versions/{version}")).headers["location"]
    assert "EICAR_Test_File" in (await web.get(page)).text
    await web.sign_in("admin")
    assert "EICAR_Test_File" in (await web.get("/quarantine")).text


async def test_a_file_leaves_the_quarantine_with_a_reason_only(web: Web) -> None:
    version = await hold(web)
    await web.sign_in("admin")
    without = await web.post(f"/quarantine/{version}", decision="release", reason=" ")
    assert without.status_code == 422
    answer = await web.post(f"/quarantine/{version}", decision="discard", reason="a test file")
    assert answer.status_code == 303
    assert "Nothing waits here that you look after" in (await web.get("/quarantine")).text


async def test_who_sent_a_file_cannot_release_it_on_the_page_either(web: Web) -> None:
    version = await hold(web)
    answer = await web.post(f"/quarantine/{version}", decision="release", reason="it is fine")
    assert answer.status_code == 403
