"""`dcs submit`: ask for the approval of a draft."""

import click

from dcs.cli.connection import connect, json_option, print_json


@click.command("submit")
@click.argument("version")
@click.option("--confirm", multiple=True, help="A sentence you have to confirm, word for word.")
@json_option
def command(version: str, confirm: tuple[str, ...], as_json: bool) -> None:
    """Ask for the approval of VERSION (its id), which was sent with --draft or was returned."""
    with connect() as client:
        found = client.submit(version, confirm)
    if as_json:
        print_json(found)
    else:
        click.echo(f"{found['id']}  {found['status']}")
