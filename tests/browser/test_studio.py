"""The studio as people use it: a real Chromium, a real server, every step by hand."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.processes import Server, serve
from tests.relay import relay

pytestmark = [pytest.mark.service("chromium"), pytest.mark.timeout(180)]

PICTURES = Path(
    os.environ.get("STUDIO_TEST_PICTURES", Path(__file__).parents[2] / "build" / "pictures")
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Studio:
    server: Server
    users: dict[str, Any]
    browser: Browser
    complaints: list[str]

    def page_of(self, login: str, detour: str | None = None) -> Page:
        """
        Sign in as somebody, in a browser of their own.

        Whatever the page complains of is kept, unless it takes a *detour* that is to break.
        """
        page = self.browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        if detour is None:
            page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.goto(detour or self.server.url)
        page.get_by_label("Login").fill(login)
        page.get_by_label("Password").fill(self.users[login]["password"])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name=f"Good to see you, {login}")).to_be_visible()
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("studio")
    prepared = subprocess.run(
        [sys.executable, "-m", "dcs", "demo", "--prepare", "--json", "--data-dir", str(folder)],
        check=True,
        capture_output=True,
    )
    users = json.loads(prepared.stdout)["users"]
    with serve(folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["STUDIO_TEST_CHROMIUM"], args=FLAGS
        )
        yield Studio(server, users, browser, [])
        browser.close()


@pytest.fixture
def members(tmp_path: Path) -> Path:
    """Write a file with personal data nobody declared: it needs two people's approval."""
    path = tmp_path / "members.csv"
    with path.open("w", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(["member", "email", "joined", "points", "spent"])
        for number in range(1, 301):
            points = 9_000 if number == 120 else (number * 37) % 500
            email = f"member{number}@example.org"
            rows.writerow(
                [number, email, f"2025-{number % 12 + 1:02d}-11", points, f"{number % 83}.50"]
            )
    return path


def test_a_file_goes_from_its_producer_through_two_approvers_to_its_reader(
    studio: Studio, members: Path
) -> None:
    producer = studio.page_of("producer")
    producer.get_by_role("link", name="Upload").click()
    producer.get_by_label("File").set_input_files(members)
    expect(producer.get_by_label("Dataset", exact=True)).to_have_value("members")
    producer.get_by_role("button", name="Send").click()
    expect(producer.get_by_text("awaiting approval").first).to_be_visible(timeout=30_000)
    expect(producer.get_by_text("300 rows")).to_be_visible()
    expect(producer.get_by_role("cell", name="EMAIL_ADDRESS", exact=True)).to_be_visible()
    expect(producer.get_by_role("img", name="points: from")).to_be_visible()
    address = producer.url

    for login, level in (("steward", "L1"), ("steward2", "L2")):
        page = studio.page_of(login)
        page.get_by_role("link", name="Approvals").click()
        page.get_by_role("link", name="members").first.click()
        page.get_by_label("Reason").first.fill("looks right")
        if level == "L1":  # both are open
            page.get_by_label("Level", exact=True).first.select_option(level)
            expect(page.get_by_text("h left)").first).to_be_visible()  # its time runs
        page.get_by_role("button", name="Approve").first.click()
        expect(page.get_by_text(f"Approved by {login}")).to_be_visible()

    producer.goto(address)
    expect(producer.get_by_text("active", exact=True).first).to_be_visible(timeout=30_000)

    consumer = studio.page_of("consumer")
    consumer.get_by_role("link", name="Datasets").click()
    consumer.get_by_role("link", name="members").click()
    expect(consumer.get_by_text("***@example.org").first).to_be_visible()
    assert "member7@example.org" not in consumer.content()

    analyst = studio.page_of("analyst")
    analyst.goto(address)
    expect(analyst.get_by_text("member7@example.org")).to_be_visible()

    stranger = studio.page_of("globex-consumer")
    stranger.goto(address)
    expect(stranger.get_by_role("heading", name="There is nothing here")).to_be_visible()

    _picture(consumer, "studio", address)
    strangers = [each for each in studio.complaints if "404" not in each]
    assert strangers == []


def test_a_file_whose_connection_breaks_goes_on_where_it_was(
    studio: Studio, tmp_path: Path
) -> None:
    path, asked = tmp_path / "readings.csv", list[str]()
    path.write_text("id,value\n" + "".join(f"{n},{n % 977}\n" for n in range(600_000)))
    port = int(studio.server.url.rpartition(":")[2])
    with relay(port, limit=path.stat().st_size // 2) as way:
        page = studio.page_of("producer", f"http://127.0.0.1:{way.port}")
        page.on("request", lambda request: asked.append(request.method))
        page.get_by_role("link", name="Upload").click()
        page.get_by_label("File").set_input_files(path)
        page.get_by_role("button", name="Send").click()
        assert way.reached.wait(30)
        _picture(page, "sending")
        asked.clear()
        way.go_on.set()
        expect(page.get_by_text("600,000 rows")).to_be_visible(timeout=60_000)
    assert asked[:2] == ["HEAD", "PATCH"], "it did not ask where to go on"


def test_a_report_stands_alone_in_light_dark_and_on_a_small_screen(
    studio: Studio, members: Path
) -> None:
    producer = studio.page_of("producer")
    producer.get_by_role("link", name="Upload").click()
    producer.get_by_label("File").set_input_files(members)
    producer.get_by_label("Dataset", exact=True).fill("reported")
    producer.get_by_role("button", name="Send").click()
    asked = list[str]()
    producer.on("request", lambda request: asked.append(request.url))
    producer.get_by_role("link", name="to read and print").click(timeout=30_000)
    expect(producer.get_by_role("heading", name="members.csv")).to_be_visible()
    asked.clear()
    producer.reload()
    expect(producer.get_by_role("heading", name="What to do first")).to_be_visible()
    assert [url for url in asked if "/report?format=html" not in url] == []
    assert "member7@example.org" not in producer.content()
    assert _background(producer) == "rgb(251, 251, 250)", "its style was not applied"
    _picture(producer, "report")
    producer.emulate_media(color_scheme="dark")
    assert _background(producer) == "rgb(20, 23, 27)"
    producer.set_viewport_size({"width": 390, "height": 800})
    assert producer.evaluate("() => document.documentElement.scrollWidth") <= 390
    _picture(producer, "report-small-dark")


def _background(page: Page) -> str:
    return str(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))


def test_the_audit_page_shows_a_whole_chain(studio: Studio) -> None:
    auditor = studio.page_of("auditor")
    auditor.get_by_role("link", name="Audit", exact=True).click()
    expect(auditor.get_by_text("chain whole")).to_be_visible()
    _picture(auditor, "audit")


def test_a_wrong_password_says_so_and_signs_nobody_in(studio: Studio) -> None:
    page = studio.browser.new_page()
    page.goto(studio.server.url)
    page.get_by_label("Login").fill("steward")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The login or the password is wrong.")
    assert page.context.cookies() == []


def test_a_broken_file_shows_where_it_is_broken(studio: Studio, tmp_path: Path) -> None:
    ragged = tmp_path / "ragged.csv"
    ragged.write_text("a,b\n1,2\n3\n4,5\n")
    page = studio.page_of("producer")
    page.goto(f"{studio.server.url}/upload")
    page.get_by_label("File").set_input_files(ragged)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("the first is row 2 (line 3)")).to_be_visible(timeout=30_000)
    _picture(page, "refused")


def test_an_admin_fills_a_group_and_a_member_who_is_away_names_a_deputy(studio: Studio) -> None:
    page = studio.page_of("admin")
    page.get_by_role("link", name="Groups").click()
    page.get_by_label("Name").fill("night shift")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Add a member").fill("steward")
    page.get_by_role("button", name="Add", exact=True).first.click()
    expect(page.get_by_role("button", name="Remove steward from night shift")).to_be_visible()
    page.get_by_label("Holidays").fill("2026-12-25 Christmas")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Holidays")).to_have_value("2026-12-25 Christmas\n")
    _picture(page, "groups")
    page = studio.page_of("steward")
    page.get_by_role("link", name="steward").click()
    expect(page.get_by_text("You belong to night shift.")).to_be_visible()
    tomorrow = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
    page.get_by_label("First day").fill(tomorrow)
    page.get_by_label("Last day").fill(tomorrow)
    page.get_by_label("Who stands in for you").fill("steward2")
    page.get_by_role("button", name="I am away").click()
    expect(page.get_by_role("cell", name="steward2")).to_be_visible()
    _picture(page, "me")
    page.set_viewport_size({"width": 390, "height": 800})
    for address in ("/me", "/groups"):
        page.goto(studio.server.url + address)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390, address


def test_pages_fit_a_small_screen_and_the_dark(studio: Studio) -> None:
    page = studio.page_of("producer")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(studio.server.url)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    _picture(page, "small-dark")


def _picture(page: Page, name: str, address: str | None = None) -> None:
    """Take a picture of a page for people to look at."""
    if address is not None:
        page.goto(address)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")
