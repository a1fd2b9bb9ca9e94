"""`dcs read`: read a dataset as you may see it."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcs.cli.commands import USAGE
from dcs.cli.connection import connect, note

if TYPE_CHECKING:
    from dcs.sdk import Client, Rows


@click.command("read")
@click.argument("dataset")
@click.option("--version", "number", type=int, help="Version number; the active one by default.")
@click.option("--columns", default="", help="Names, with commas between them.")
@click.option("--limit", type=click.IntRange(min=1), help="The most rows.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "parquet", "arrow", "ndjson"]), default="csv"
)
@click.option("--failing", metavar="CHECK", help="Only the rows that failed this check.")
@click.option(
    "--after", type=click.IntRange(min=0), default=0, help="With --failing: only rows behind this."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write."
)
def command(
    dataset: str,
    number: int | None,
    columns: str,
    limit: int | None,
    form: str,
    failing: str | None,
    after: int,
    output: Path | None,
) -> int:
    """Read DATASET as you may see it; up to 1,000 rows is a read, more a download."""
    if output is None and form in {"parquet", "arrow"} and sys.stdout.isatty():
        note(f"dcs: {form} is not for a terminal. Give a file with -o.")
        return USAGE
    if failing is not None and columns:
        note("dcs: --failing gives whole rows. Leave --columns out.")
        return USAGE
    chosen = [name.strip() for name in columns.split(",") if name.strip()]
    with connect() as client:
        if failing is None:
            rows = client.read(dataset, number=number, columns=chosen, limit=limit, format=form)
        else:
            rows = _failing(client, dataset, number, failing, after, limit, form)
        if rows.masked:
            note(f"masked for you: {', '.join(rows.masked)}")
        if output is None:
            _write(sys.stdout.buffer.write, rows)
            sys.stdout.buffer.flush()
            return 0
        partial = output.with_name(output.name + ".partial")
        with partial.open("wb") as target:
            _write(target.write, rows)
        partial.replace(output)
    return 0


def _failing(
    client: "Client",
    dataset: str,
    number: int | None,
    check: str,
    after: int,
    limit: int | None,
    form: str,
) -> "Rows":
    if number is None:
        number = client.dataset(dataset)["active_version"] or 0
    rows = client.failing(dataset, number, check, after=after, limit=limit, format=form)
    if not rows.complete:
        note(
            f"not all: {rows.failed:,} rows failed this check; go on with --after and the last row"
        )
    return rows


def _write(write: Callable[[bytes], int], chunks: Iterable[bytes]) -> None:
    for chunk in chunks:
        write(chunk)
