"""`dcs audit`: search the record and prove it whole."""

import click

from dcs.cli.commands import FAILURE
from dcs.cli.connection import connect, json_option, print_json, print_table


@click.group("audit")
def command() -> None:
    """Search the audit record and prove it whole."""


@command.command("search")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
@json_option
def search(limit: int, as_json: bool) -> None:
    """List the newest audit events."""
    with connect() as client:
        found = client.audit(limit)
    if as_json:
        print_json(found)
        return
    print_table(
        ("SEQ", "AT", "ACTION", "OUTCOME", "OBJECT", "REASONS"),
        (
            (
                each["sequence"],
                each["at"][:19],
                each["action"],
                each["outcome"],
                f"{each['object']['kind']} {each['object']['id']}",
                ", ".join(each["reasons"]),
            )
            for each in found
        ),
    )


@command.command("verify")
@json_option
def verify(as_json: bool) -> int:
    """Follow the whole hash chain and say whether the record is as it was written."""
    with connect() as client:
        proof = client.verify_audit()
    if as_json:
        print_json(proof)
    elif proof["verified"]:
        click.echo(f"The record is whole: {proof['events']:,} events, head {proof['head'][:16]}…")
    else:
        click.echo(f"The record is BROKEN at event {proof['broken_at']}.")
    return 0 if proof["verified"] else FAILURE
