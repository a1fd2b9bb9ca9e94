"""
The report as lines for a terminal: what failed first, one line each, the verdict last.

A line says where the problem is, what it looks like and how to mend it, so
that it can be acted on without opening the file first. Names that come from
the file are hostile text: nothing unprintable passes, so no column can move
the cursor or begin a line of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dcs.validation import Check, Group, PersonalData, Report, Sample

T = TypeVar("T")

SHOWN = 3  # samples of one finding
MOST = 30  # lines of one section, unless everything was asked for
STYLES = {"error": "red", "warning": "yellow", "info": "dim"}
VERDICTS = {"PASSED": "bold green", "WARN": "bold yellow", "FAILED": "bold red"}


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line of the report.

    Attributes:
        word: What kind of line it is.
        style: The word's style.
        text: What there is to know.
        aside: Where, what it looks like, how to mend it; shown quietly.
    """

    word: str
    style: str
    text: str
    aside: str = ""

    @property
    def plain(self) -> str:
        """The line without any style, for files and pipes."""
        parts = f"{self.text} · {self.aside}" if self.aside else self.text
        return f"{self.word:7} {parts}"


def lines_of(report: "Report", *, whole: bool = False) -> list[Line]:
    """Return the whole report; *whole* keeps every finding by itself and leaves nothing out."""
    from dcs.validation import outline_of

    shown = outline_of(report, whole=whole)
    sections: list[list[Line]] = [
        [_failure(each) for each in shown.failures],
        [_warning(each, whole=whole) for each in shown.warnings],
        [_personal(each, "person", "magenta") for each in shown.personal],
        [_personal(each, "suspect", "magenta") for each in shown.suspected],
        [_personal(each, "exclude", "dim") for each in shown.excluded if whole],
        [
            _line(
                "drift",
                VERDICTS.get(each.outcome.value, "dim"),
                _about(each.column, each.message or each.metric.replace("_", " ")),
            )
            for each in shown.drift
        ],
        [_line("confirm", "cyan", each) for each in shown.attestations],
    ]
    found = [line for section in sections for line in _bounded(section, whole=whole)]
    return [*found, summary_of(report)]


def summary_of(report: "Report") -> Line:
    """Return the verdict in one line."""
    status = report.status.value
    rows = "not readable" if report.rows is None else f"{report.rows:,} rows"
    passed = sum(check.outcome.value == "PASSED" for check in report.checks)
    return _line(
        status,
        VERDICTS[status],
        f"{report.filename}: {rows}, {len(report.columns):,} columns, "
        f"{passed:,} of {len(report.checks):,} checks passed",
    )


def _failure(group: "Group") -> Line:
    check = group.worst
    return _line(
        check.severity.value,
        STYLES[check.severity.value],
        group.headline,
        _joined(_where(check, SHOWN), f"to mend: {check.fix}" if check.fix else ""),
    )


def _warning(group: "Group", *, whole: bool) -> Line:
    check = group.worst
    mend = f"to mend: {check.fix}" if whole and check.fix else ""
    places = _where(check, SHOWN if whole else 1)
    return _line(
        check.severity.value, STYLES[check.severity.value], group.headline, _joined(places, mend)
    )


def _personal(found: "PersonalData", word: str, style: str) -> Line:
    declared = "declared" if found.declared else "not declared"
    wanted = f"classify it {found.classification} or higher" if found.classification else ""
    return _line(
        word,
        style,
        f"{found.column}: {found.cells:,} × {found.entity} ({found.share:.0%}, {declared})",
        _joined(
            _first(found.samples),
            f"{found.verified_by} (score {found.score:.2f})" if found.is_told else "",
            found.excluded and f"excluded: {found.excluded}",
            "" if found.declared or found.excluded else wanted,
        ),
    )


def _where(check: "Check", most: int) -> str:
    """Say where the first of a finding's samples are and what they look like."""
    from dcs.validation import look_of, place_of

    return ", ".join(f"{place_of(each)}: {look_of(each)}" for each in check.samples[:most])


def _first(samples: "Sequence[Sample]") -> str:
    from dcs.validation import look_of, place_of

    return f"first in {place_of(samples[0])}: {look_of(samples[0])}" if samples else ""


def _bounded(lines: Sequence[Line], *, whole: bool) -> Iterator[Line]:
    """Yield the lines of one section, as many as somebody reads."""
    yield from lines if whole else lines[:MOST]
    if not whole and len(lines) > MOST:
        rest = len(lines) - MOST
        yield _line(lines[0].word, "dim", f"… and {rest:,} more; --verbose shows them all")


def _about(column: str | None, message: str) -> str:
    return f"{column}: {message}" if column else message


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _line(word: str, style: str, text: str, aside: str = "") -> Line:
    return Line(word, style, _printable(text), _printable(aside))


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)
