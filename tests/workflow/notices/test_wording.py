"""Words hold placeholders alone: whatever else a template or a value tries stays text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcs.core.clock import ManualClock
from dcs.core.ids import UserId
from dcs.workflow import About, AboutKind, Notice, NoticeKind, Wording
from dcs.workflow.notices import InvalidTemplateError, UnknownPlaceholderError
from dcs.workflow.notices.texts import DEFAULTS
from dcs.workflow.notices.wording import check_data, check_wording, put_into_words

KIND = NoticeKind.COMMENTED
FINE = Wording("$by about $dataset", "See version ${number}.\nIt costs $$5.")


def notice(**data: str | int) -> Notice:
    values = {"dataset": "orders", "number": 3, "by": "u1", **data}
    about = About(AboutKind.APPROVAL, "a1")
    return Notice("n1", UserId("u2"), KIND, about, values, ManualClock().now())


def test_placeholders_are_filled_and_nothing_else_is() -> None:
    check_wording(KIND, FINE)
    shown = put_into_words(notice(), FINE, {"u1": "ben"})
    assert (shown.subject, shown.text) == ("ben about orders", "See version 3.\nIt costs $5.")


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_the_words_that_come_with_the_product_can_be_used(kind: NoticeKind) -> None:
    check_wording(kind, DEFAULTS[kind].wording)


@pytest.mark.parametrize(
    ("subject", "body", "says"),
    [
        ("$datase", "x", "Did you mean \\$dataset"),
        ("x", "$deadline", "hold \\$dataset, \\$number, \\$by"),
        ("x", "${by.__class__}", "begins a placeholder"),
        ("x", "$", "begins a placeholder"),
        ("", "x", "subject has"),
        ("  ", "x", "subject has"),
        ("x" * 201, "x", "subject has"),
        ("x\r\nBcc: eve@example.org", "x", "one line"),
        ("x", "", "body has"),
        ("x", "y" * 5_001, "body has"),
        ("x", "a\x00b", "body is"),
        ("x", "a\x1b[31mb", "body is"),
    ],
)
def test_words_that_not_every_notice_could_be_put_into_are_refused(
    subject: str, body: str, says: str
) -> None:
    with pytest.raises(InvalidTemplateError, match=says) as caught:
        check_wording(KIND, Wording(subject, body))
    assert isinstance(caught.value, UnknownPlaceholderError) is ("$d" in subject + body)


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "{dataset}", "%(dataset)s", "<b>x</b>", "{% x %}"])
def test_the_syntax_of_other_languages_is_text(text: str) -> None:
    check_wording(KIND, Wording(text, text))
    assert put_into_words(notice(), Wording(text, text), {}).text == text


@given(st.text(max_size=200))
def test_a_value_adds_neither_a_line_nor_a_placeholder(value: str) -> None:
    shown = put_into_words(notice(dataset=value), Wording("$dataset", "$dataset"), {"u1": "ben"})
    assert shown.subject.isprintable()
    assert len(shown.text) == len(value)
    assert "ben" not in shown.text or "ben" in value


def test_a_notice_of_an_earlier_release_can_still_be_shown() -> None:
    old = Notice("n1", UserId("u2"), KIND, About(AboutKind.GRANT, "g"), {"dataset": "a b"}, ManualClock().now())  # fmt: skip
    assert put_into_words(old, FINE, {}).subject == "$by about a b"
    assert old.page == "/access"


def test_the_data_of_every_kind_is_what_its_placeholders_name() -> None:
    with pytest.raises(ValueError, match="commented"):
        check_data(KIND, {"dataset": "orders"})
