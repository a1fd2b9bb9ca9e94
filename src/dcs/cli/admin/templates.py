"""`dcs admin templates`: how versions of each classification are decided on."""

import json
from pathlib import Path

import click

from dcs.cli.commands import NOT_FOUND, USAGE
from dcs.cli.connection import connect, json_option, print_json, print_table

classification = click.argument(
    "classification", type=click.Choice(["PUBLIC", "INTERNAL", "CONFIDENTIAL", "SECRET"])
)


@click.group("templates")
def templates() -> None:
    """Who has to approve, how many of them, and until when."""


@templates.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """List the template of every classification; revision 0 is the built-in one."""
    with connect() as client:
        found = client.administration.approval_templates()
    if as_json:
        print_json(found)
        return
    print_table(
        ("CLASSIFICATION", "REVISION", "L1", "L2", "CONTRACT"),
        (
            (
                each["classification"],
                each["revision"],
                _asked(each["levels"]["L1"]),
                _asked(each["levels"]["L2"]),
                "required" if each["contract_required"] else "",
            )
            for each in found
        ),
    )


@templates.command("set")
@classification
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replaces", type=click.IntRange(min=0), help="Only if this is the revision there.")
@json_option
def put(classification: str, file: Path, replaces: int | None, as_json: bool) -> int:
    """Decide on versions of CLASSIFICATION by the template in FILE (JSON) from now on."""
    if not file.exists():
        click.echo(f"dcs: {file} does not exist.", err=True)
        return NOT_FOUND
    try:
        template = json.loads(file.read_text())
    except ValueError:
        click.echo(f"dcs: {file} is no JSON.", err=True)
        return USAGE
    with connect() as client:
        kept = client.administration.set_approval_template(classification, template, replaces)
    _tell(kept, as_json)
    return 0


@templates.command("remove")
@classification
@json_option
def remove(classification: str, as_json: bool) -> None:
    """Let the built-in template of CLASSIFICATION hold again."""
    with connect() as client:
        kept = client.administration.remove_approval_template(classification)
    _tell(kept, as_json)


def _tell(kept: dict[str, object], as_json: bool) -> None:
    if as_json:
        print_json(kept)
    else:
        click.echo(f"{kept['classification']}  revision {kept['revision']}")


def _asked(level: dict[str, object]) -> str:
    who = f" of {level['group']}" if level["group"] else ""
    return f"{level['quorum']}{who} within {level['hours']} h"
