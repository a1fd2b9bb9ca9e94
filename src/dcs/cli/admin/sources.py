"""`dcs admin sources`: the places in S3 from which people may import."""

import click

from dcs.cli.connection import connect, json_option, print_json, print_table


@click.group("sources")
def sources() -> None:
    """List the places in S3 from which people may import."""


@sources.command("list")
@json_option
def listed(as_json: bool) -> None:
    """List them."""
    with connect() as client:
        found = client.administration.sources()
    if as_json:
        print_json(found)
    else:
        rows = ((each["id"], each["address"], each["created_at"][:19]) for each in found)
        print_table(("ID", "ADDRESS", "SINCE"), rows)


@sources.command("add")
@click.argument("address")
@json_option
def add(address: str, as_json: bool) -> None:
    """Let people import from ADDRESS, as s3://bucket/prefix."""
    with connect() as client:
        found = client.administration.add_source(address)
    print_json(found) if as_json else click.echo(f"{found['id']}  {found['address']}")


@sources.command("remove")
@click.argument("source")
def remove(source: str) -> None:
    """Take a place off the list."""
    with connect() as client:
        client.administration.remove_source(source)
