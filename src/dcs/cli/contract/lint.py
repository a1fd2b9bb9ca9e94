"""`dcs contract lint`: hold a contract to the standard, without server or account."""

from pathlib import Path
from typing import Any

import click

from dcs.cli.commands import CHECKS_FAILED, NOT_FOUND
from dcs.cli.connection import json_option, print_json


@click.command("lint")
@click.argument("contract", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def lint(contract: Path, as_json: bool) -> int:
    """Say whether CONTRACT follows ODCS, and which of its rules nobody here can judge."""
    if not contract.exists():
        click.echo(f"dcs: {contract} does not exist.", err=True)
        return NOT_FOUND
    problems, notes = _looked_at(contract.read_bytes())
    if as_json:
        print_json({"valid": not problems, "problems": problems, "not_evaluated": notes})
    else:
        _show(contract, problems, notes)
    return CHECKS_FAILED if problems else 0


def _looked_at(document: bytes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    from dcs.validation import InvalidContractError, parse_contract

    try:
        contract = parse_contract(document)
    except InvalidContractError as error:
        return error.extra.get("problems", [{"path": "", "message": error.detail}]), []
    return [], [
        {"path": each.path, "message": each.unclear} for each in contract.quality if each.unclear
    ]


def _show(contract: Path, problems: list[dict[str, Any]], notes: list[dict[str, Any]]) -> None:
    for word, color, found in (("error", "red", problems), ("unjudged", "yellow", notes)):
        for each in found:
            place = f"{each['path']}: " if each["path"] else ""
            click.echo(f"{click.style(f'{word:9}', fg=color)}{place}{each['message']}")
    verdict = "cannot be accepted" if problems else "follows ODCS"
    click.echo(f"{contract.name} {verdict}")
