"""`dcs admin users`: look after the accounts of your organisation."""

import click

from dcs.cli.connection import connect, json_option, print_json


@click.group("users")
def users() -> None:
    """Look after accounts."""


@users.command("email")
@click.argument("login")
@click.argument("address", required=False)
@click.option("--none", "nowhere", is_flag=True, help="They go nowhere.")
@json_option
def email(login: str, address: str | None, nowhere: bool, as_json: bool) -> None:
    """Let the letters of LOGIN go to ADDRESS."""
    if (address is None) is not nowhere:
        raise click.UsageError("Give ADDRESS, or --none.")
    with connect() as client:
        kept = client.people.set_email(address, login)
    if as_json:
        print_json({"email": kept})
    else:
        click.echo("letters go nowhere" if kept is None else "letters go to the new address")
