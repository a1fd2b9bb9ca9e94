"""What the commands that talk to a server share: the connection and how answers are printed."""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from dcs.sdk import Client

F = TypeVar("F", bound=Callable[..., Any])


def connect() -> "Client":
    """Open a connection to the server of ``DCS_URL`` with the token of ``DCS_TOKEN``."""
    from dcs.core.settings import load_settings
    from dcs.sdk import Client

    settings = load_settings()
    token = None if settings.token is None else settings.token.get_secret_value()
    return Client(settings.url, token)


def json_option(command: F) -> F:
    """Give a command the ``--json`` option."""
    return click.option("as_json", "--json", is_flag=True, help="Print JSON with stable keys.")(
        command
    )


def days_of(text: str) -> int | None:
    """Read a number of days; ``none`` is None."""
    if text == "none":
        return None
    if not (text.isascii() and text.isdigit()):
        raise click.BadParameter("give a number of days, or `none`")
    return int(text)


def print_json(document: Any) -> None:
    """Print a document on stdout, indented for people when that is a terminal."""
    click.echo(json.dumps(document, indent=2 if sys.stdout.isatty() else None, ensure_ascii=False))


def print_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print aligned columns; on a terminal the last one is cut to its width."""
    table = [
        list(headers),
        *([("" if cell is None else str(cell)) for cell in row] for row in rows),
    ]
    widths = [max(len(row[index]) for row in table) for index in range(len(headers))]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for number, row in enumerate(table):
        line = "  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip()
        if width is not None and len(line) > width:
            line = line[: width - 1] + "…"
        click.secho(line, bold=number == 0 and sys.stdout.isatty())


def note(text: str) -> None:
    """Tell a person something beside the data, on stderr."""
    click.echo(text, err=True)
