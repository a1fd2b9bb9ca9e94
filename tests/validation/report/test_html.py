"""The HTML document: complete in itself, harmless whatever the file says, readable by all."""

import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import dcs
from dcs.validation import Outcome, content_security, to_html
from dcs.validation.report import bars
from tests.validation.report.examples import (
    HOSTILE,
    check,
    drift,
    everything,
    failure,
    passed,
    profile,
    report,
)

PACKAGE = Path(dcs.__file__).parent
ALONE = {"meta", "br", "path", "rect", "link", "img"}


class Parts(HTMLParser):
    """Collect the elements of a document and see that each is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ALONE:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parts_of(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Parts()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser.elements


@pytest.mark.parametrize("name", ["points", HOSTILE], ids=["plain", "hostile"])
def test_the_document_needs_no_script_and_no_other_file(name: str) -> None:
    for tag, attributes in parts_of(to_html(everything(name))):
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
        assert not {"src", "href", "style", "srcset", "action"} & set(attributes), tag
        assert not [each for each in attributes if each.startswith("on")], tag


def test_names_from_the_file_are_only_text() -> None:
    html = to_html(everything(HOSTILE))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7*7 }}" in html


def test_the_style_is_the_one_thing_its_policy_allows() -> None:
    html = to_html(everything())
    assert f'content="{content_security()}"'.replace("'", "&#39;") in html
    assert content_security().startswith("default-src 'none'; style-src 'sha256-")
    assert html.count("<style>") == 1
    assert "url(" not in html
    assert "@import" not in html


def test_every_section_is_there_and_headings_have_their_order() -> None:
    html = to_html(everything())
    levels = [int(tag[1]) for tag, _ in parts_of(html) if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    for said in (
        "FAILED",
        "What to do first",
        "row 2, line 3: xxxxxx",
        "3 more columns",
        "Suspected in free text",
        "test data of our own",
        "Since the previous version",
        "1 comparison stayed within its limit",
        "The people in it were asked.",
        "about 150",
        "members 1.0.0",
        "1.0 MB",
    ):
        assert said in html, said


def test_pictures_are_told_to_those_who_cannot_see_them() -> None:
    drawn = [attributes for tag, attributes in parts_of(to_html(everything())) if tag == "svg"]
    assert len(drawn) > 5
    assert all(each.get("role") == "img" and each.get("aria-label") for each in drawn)


def test_a_file_that_could_not_be_read_does_not_claim_to_be_free_of_personal_data() -> None:
    unread = report(failure(None, message="the header is empty"), rows=None)
    html = to_html(unread)
    assert "not readable as a table" in html
    assert "None was found" not in html


def test_a_file_without_findings_says_so() -> None:
    html = to_html(report(passed("a"), columns=(profile("a"),)))
    assert "No rule was broken." in html
    assert "What to do first" not in html
    assert "Since the previous version" not in html


def test_columns_without_numbers_are_shown_too() -> None:
    empty = profile(
        "x", type="text", low=None, high=None, mean=None, deviation=None, quartiles=(), histogram=()
    )
    html = to_html(report(passed("x"), columns=(empty,), rows=0))
    parts_of(html)
    assert "None" not in html.replace("None was found", "")


def test_a_very_wide_table_stays_readable_and_shows_the_columns_with_findings() -> None:
    columns = tuple(profile(f"c{n}") for n in range(3_000))
    checks = [failure(f"c{n}") for n in range(2_000, 3_000)]
    html = to_html(report(*checks, columns=columns))
    assert len(html) < 2_000_000
    assert html.count('<article class="card">') == 200
    assert "<h3>c2000 " in html
    assert "2,800 more columns" in html


def test_the_report_and_the_studio_have_the_same_colours() -> None:
    def colours(path: Path) -> list[str]:
        return re.findall(r"--[a-z-]+: #[0-9a-f]{6}", path.read_text())

    report_sheet = PACKAGE / "validation" / "report" / "report.css"
    assert colours(report_sheet) == colours(PACKAGE / "web" / "static" / "studio.css")


def test_frequent_values_are_drawn_by_their_shape_and_never_longer_than_the_room() -> None:
    svg = str(bars([("<x>" * 40, 5), ("", 1)], 10, '<b>"n"'))
    assert "<b>" not in svg
    assert "…" in svg
    assert ">empty</text>" in svg
    assert ">50.0%</text>" in svg
    assert bars([], 10, "x") == ""
    assert bars([("x", 1)], 0, "x") == ""


def test_drift_without_a_number_and_a_check_without_a_message_are_shown() -> None:
    shown = report(
        check("pattern", "a", message="", outcome=Outcome.NOT_EVALUATED),
        drift=(drift(None, metric="schema", value=None, error_bound=None, message="a is new"),),
    )
    html = to_html(shown)
    assert "pattern (not evaluated)" in html
    assert "a is new" in html
