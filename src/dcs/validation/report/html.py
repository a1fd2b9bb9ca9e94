"""
The report as one HTML document that stands alone.

It needs no script and no other file, so it can be mailed, archived and
printed. Its one style sheet is allowed by its hash and nothing else is
allowed at all; a cell's value never comes here, only shapes do.
"""

import base64
import functools
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dcs.validation.report.figures import number, share, size
from dcs.validation.report.models import ColumnProfile, Report
from dcs.validation.report.outline import first_steps, look_of, outline_of, place_of
from dcs.validation.report.plots import bar, bars, histogram

FOLDER = Path(__file__).parent
MOST_CARDS = 200  # columns drawn; of a wider table those with findings come first
MOST_FREQUENT = 5  # values drawn of one column
MEANINGS = {
    "FAILED": "It has to be mended before anybody uses it.",
    "WARN": "It can be read; somebody should look at what was found.",
    "PASSED": "Nothing was found wrong.",
}


def to_html(report: Report) -> str:
    """Return the report as an HTML document for people, complete in itself."""
    shown = _most_telling(report)
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            outline=outline_of(report),
            steps=first_steps(report),
            meaning=MEANINGS[report.status.value],
            passed=sum(each.outcome.value == "PASSED" for each in report.checks),
            cards=shown,
            omitted=len(report.columns) - len(shown),
            style=Markup(_style()),  # noqa: S704  # our own file
            content_security=content_security(),
        )
    )


@functools.cache
def content_security() -> str:
    """Return the Content-Security-Policy under which the document is complete: its style alone."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@functools.cache
def _style() -> str:
    return (FOLDER / "report.css").read_text(encoding="utf-8")


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"bar": bar, "bars": bars, "histogram": histogram}
    environment.filters |= {
        "frequent": _frequent,
        "look": look_of,
        "number": number,
        "place": place_of,
        "share": share,
        "size": size,
    }
    return environment


def _most_telling(report: Report) -> tuple[ColumnProfile, ...]:
    """Return the columns to draw, in the file's order: all, or the most that tell something."""
    if len(report.columns) <= MOST_CARDS:
        return report.columns
    telling = {each.column for each in report.findings} | {
        each.column for each in report.personal_data
    }
    ordered = sorted(report.columns, key=lambda each: each.name not in telling)
    chosen = {each.name for each in ordered[:MOST_CARDS]}
    return tuple(each for each in report.columns if each.name in chosen)


def _frequent(column: ColumnProfile) -> list[tuple[str, int]]:
    return [(each.masked, each.count) for each in column.frequent[:MOST_FREQUENT]]
