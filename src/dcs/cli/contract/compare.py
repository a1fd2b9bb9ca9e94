"""`dcs contract diff`: what a new contract changes for those who rely on the old one."""

from pathlib import Path

import click

from dcs.cli.commands import CHECKS_FAILED, NOT_FOUND
from dcs.cli.connection import json_option, print_json


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("new", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def diff(old: Path, new: Path, as_json: bool) -> int:
    """Name what NEW changes from OLD; the exit code is 3 if a reader could rely on it before."""
    for path in (old, new):
        if not path.exists():
            click.echo(f"dcs: {path} does not exist.", err=True)
            return NOT_FOUND
    from dcs.validation import contract_changes, parse_contract

    found = contract_changes(parse_contract(old.read_bytes()), parse_contract(new.read_bytes()))
    breaking = sum(each.breaking for each in found)
    if as_json:
        print_json({"breaking": breaking, "changes": [each.to_json() for each in found]})
    else:
        for each in found:
            word, color = ("breaking", "red") if each.breaking else ("compatible", "green")
            click.echo(f"{click.style(f'{word:11}', fg=color)}{each.path}: {each.message}")
        click.echo(f"{len(found)} changes, {breaking} of them breaking")
    return CHECKS_FAILED if breaking else 0
