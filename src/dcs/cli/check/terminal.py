"""Show a report where a person looks: in colour and folded to the width, or plain in a pipe."""

import sys
from typing import TYPE_CHECKING

import click

from dcs.cli.check.lines import Line, lines_of, summary_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from dcs.validation import Report

WORD = 7  # characters of the column that says what a line is


def show(report: "Report", *, whole: bool) -> None:
    """Write the report to stdout; each line stays one line where no person looks."""
    lines = lines_of(report, whole=whole)
    if sys.stdout.isatty():
        from rich.console import Console

        show_on(Console(highlight=False), lines)
    else:
        click.echo("\n".join(line.plain for line in lines))


def show_on(console: "Console", lines: list[Line]) -> None:
    """Write lines to a terminal, folded beside the word that says what each is."""
    console.print(_table(lines))


def show_summary(report: "Report") -> None:
    """Say the verdict on stderr, when the report itself goes into a file."""
    line = summary_of(report)
    if sys.stderr.isatty():
        from rich.console import Console

        show_on(Console(stderr=True, highlight=False), [line])
    else:
        click.echo(line.plain, err=True)


def _table(lines: list[Line]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1), expand=False)
    table.add_column(width=WORD, no_wrap=True)
    table.add_column(overflow="fold")
    for line in lines:
        text = Text(line.text)
        if line.aside:
            text.append(f" · {line.aside}", style="dim")
        table.add_row(Text(line.word, style=line.style), text)
    return table
