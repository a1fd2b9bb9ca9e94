"""`dcs admin recognizers`: what your organisation knows of its personal data."""

from pathlib import Path
from typing import Any

import click

from dcs.cli.commands import NOT_FOUND
from dcs.cli.connection import connect, json_option, note, print_json, print_table


@click.group("recognizers")
def recognizers() -> None:
    """Recognizers of your own, thresholds, and findings that do not count."""


@recognizers.command("show")
@click.option("--revision", type=click.IntRange(min=1), help="An earlier one.")
def show(revision: int | None) -> None:
    """Print the document that files are judged with."""
    with connect() as client:
        number, document = client.administration.recognizers(revision)
    note(f"revision {number}")
    click.echo(document, nl=not document.endswith("\n"))


@recognizers.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """List the revisions, newest first."""
    with connect() as client:
        found = client.administration.recognizer_revisions()
    if as_json:
        print_json(found)
        return
    print_table(
        ("REVISION", "SET", "BY", "SHA-256"),
        ((r["revision"], r["created_at"][:16], r["set_by"], r["sha256"][:16]) for r in found),
    )


@recognizers.command("set")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replaces", type=click.IntRange(min=0), help="Only if this is the revision there.")
@json_option
def set_all(file: Path, replaces: int | None, as_json: bool) -> int:
    """Judge the next files with the document in FILE (YAML or JSON)."""
    if not file.exists():
        click.echo(f"dcs: {file} does not exist.", err=True)
        return NOT_FOUND
    with connect() as client:
        kept = client.administration.set_recognizers(file.read_bytes(), replaces)
    _tell(kept, as_json)
    return 0


@recognizers.command("suppress")
@click.option("--entity", help="Which kind, for example PHONE_NUMBER; every one without it.")
@click.option("--column", help="In which column.")
@click.option("--dataset", help="In which dataset, by its name; all without it.")
@click.option("--reason", required=True, help="Why it does not count; reports show it.")
@click.option("--until", metavar="YYYY-MM-DD", help="The last day it holds.")
@json_option
def suppress(
    entity: str | None,
    column: str | None,
    dataset: str | None,
    reason: str,
    until: str | None,
    as_json: bool,
) -> None:
    """Let a finding count no more; it stays in reports, with the reason."""
    import yaml

    given = {
        "entity": entity, "dataset": dataset, "column": column, "reason": reason, "until": until,
    }  # fmt: skip
    with connect() as client:
        revisions = client.administration.recognizer_revisions()
        number, text = client.administration.recognizers() if revisions else (0, "")
        document = yaml.load(text, Loader=yaml.BaseLoader) or {}  # noqa: S506  # makes texts alone
        entries = document.setdefault("suppressions", [])
        entries.append({key: value for key, value in given.items() if value is not None})
        written = yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode()
        kept = client.administration.set_recognizers(written, number)
    _tell(kept, as_json)


def _tell(kept: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(kept)
    else:
        click.echo(f"files are judged with revision {kept['revision']} from now on")
