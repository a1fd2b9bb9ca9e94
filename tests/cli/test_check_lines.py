"""The report at a terminal: what failed first, one line each, harmless, and never endless."""

import io

import pytest

from dcs.cli.check.lines import lines_of, summary_of
from dcs.cli.check.terminal import show_on
from dcs.validation import Outcome, Report, Severity
from tests.validation.report.examples import (
    HOSTILE,
    check,
    drift,
    everything,
    failure,
    passed,
    personal,
    report,
)


def plain(shown: Report, *, whole: bool = False) -> list[str]:
    return [line.plain for line in lines_of(shown, whole=whole)]


def drawn(shown: Report, width: int) -> str:
    from rich.console import Console

    target = io.StringIO()
    show_on(
        Console(file=target, width=width, force_terminal=True, color_system="standard"),
        lines_of(shown),
    )
    return target.getvalue()


def test_one_line_says_where_what_it_looks_like_and_how_to_mend_it() -> None:
    assert plain(report(failure("email")))[0] == (
        "error   email: not a valid email: 1 · row 2, line 3: xxxxxx · "
        "to mend: Write them like name@example.org."
    )


def test_everything_has_its_place_and_the_verdict_is_last() -> None:
    words = [line.split()[0] for line in plain(everything())]
    assert words == [
        "error", "warning", "warning", "person", "person", "suspect", "drift", "confirm", "FAILED",
    ]  # fmt: skip
    assert [line.split()[0] for line in plain(everything(), whole=True)].count("warning") == 5


def test_what_was_excluded_is_told_to_whoever_asks_for_everything() -> None:
    assert not [line for line in plain(everything()) if "test data of our own" in line]
    [told] = [line for line in plain(everything(), whole=True) if line.startswith("exclude")]
    assert told.endswith("excluded: test data of our own")


def test_undeclared_personal_data_says_how_to_classify_it() -> None:
    found = personal("email", classification="CONFIDENTIAL")
    assert plain(report(personal_data=(found,)))[0] == (
        "person  email: 40 × EMAIL_ADDRESS (20%, not declared) · "
        "first in row 1: xxx9@xxxxxxx.xxx · classify it CONFIDENTIAL or higher"
    )


def test_what_is_told_by_a_column_says_what_told_it_and_how_sure_it_is() -> None:
    found = personal(
        "surname",
        entity="PERSON",
        tier="B",
        score=0.95,
        verified_by="last names, by the column's name and values",
    )
    assert plain(report(personal_data=(found,)))[0] == (
        "person  surname: 40 × PERSON (20%, not declared) · first in row 1: xxx9@xxxxxxx.xxx · "
        "last names, by the column's name and values (score 0.95)"
    )


@pytest.mark.parametrize("whole", [False, True])
def test_names_from_the_file_cannot_move_the_cursor_or_make_lines(whole: bool) -> None:
    for line in plain(everything(HOSTILE), whole=whole):
        assert line.isprintable(), line


def test_a_table_of_ten_thousand_bad_columns_is_still_a_short_report() -> None:
    checks = [failure(f"c{n}", rule=f"r{n % 50}") for n in range(10_000)]
    lines = plain(report(*checks))
    assert len(lines) == 32
    assert lines[-2] == "error   … and 20 more; --verbose shows them all"
    assert len(plain(report(*checks), whole=True)) == 10_001


def test_the_summary_counts() -> None:
    shown = report(passed("a"), check("outliers", "b"))
    assert summary_of(shown).plain == (
        "WARN    members.csv: 200 rows, 0 columns, 1 of 2 checks passed"
    )
    unread = report(failure(None), rows=None)
    assert "not readable" in summary_of(unread).plain


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_lines_are_folded_to_the_terminal_beside_their_word(width: int) -> None:
    import click

    lines = click.unstyle(drawn(everything(), width)).splitlines()
    assert max(len(line.rstrip()) for line in lines) <= width
    assert all(line[:8].strip() in {"", "error", "warning", "person", "suspect", "drift", "confirm",
                                    "FAILED"} for line in lines)  # fmt: skip


def test_no_colour_where_nobody_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in drawn(everything(), 80)
    monkeypatch.delenv("NO_COLOR")
    assert "\x1b[31m" in drawn(everything(), 80)


def test_markup_in_a_name_is_only_text() -> None:
    assert "[red]x[/red]" in drawn(report(failure("[red]x[/red]")), 200)


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.WARN, Outcome.NOT_EVALUATED])
def test_every_severity_and_outcome_has_a_line(severity: Severity, outcome: Outcome) -> None:
    found = check("x", "a", severity=severity, outcome=outcome)
    assert plain(report(found))[0].startswith(severity.value)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.WARN, Outcome.NOT_EVALUATED])
def test_every_drift_has_a_line(outcome: Outcome) -> None:
    lines = plain(report(drift=(drift("a", outcome=outcome), drift(None, message=""))))
    assert "drift   a: its values are distributed otherwise" in lines
    assert "drift   psi" in lines
