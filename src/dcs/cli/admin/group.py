"""`dcs admin group`: who is named together by grants and approvals."""

from typing import Any

import click

from dcs.cli.connection import connect, json_option, print_json, print_table


@click.group("group")
def group() -> None:
    """Groups, and who belongs to them."""


@group.command("list")
@json_option
def listed(as_json: bool) -> None:
    """List the groups."""
    with connect() as client:
        found = client.people.groups()
    if as_json:
        print_json(found)
        return
    rows = ((each["name"], each["members"], each["description"]) for each in found)
    print_table(("GROUP", "MEMBERS", "WHAT FOR"), rows)


@group.command("show")
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """List who belongs to the group NAME."""
    with connect() as client:
        found = client.people.group(name)
    if as_json:
        print_json(found)
        return
    rows = ((each["login"], each["kind"], each["id"]) for each in found["accounts"])
    print_table(("LOGIN", "KIND", "ID"), rows)


@group.command("set")
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@json_option
def put(name: str, description: str, as_json: bool) -> None:
    """Add the group NAME, or say anew what it is for."""
    with connect() as client:
        _tell(client.people.set_group(name, description), as_json)


@group.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Remove the group NAME; nobody belongs to it any more."""
    if not yes:
        click.confirm(f"Remove the group {name}?", abort=True, err=True)
    with connect() as client:
        client.people.remove_group(name)


@group.command("add")
@click.argument("name")
@click.argument("logins", metavar="LOGIN…", nargs=-1, required=True)
@json_option
def add(name: str, logins: tuple[str, ...], as_json: bool) -> None:
    """Let somebody belong to the group NAME."""
    with connect() as client:
        found = [client.people.add_member(name, each) for each in logins]
    _tell(found[-1], as_json)


@group.command("drop")
@click.argument("name")
@click.argument("logins", metavar="LOGIN…", nargs=-1, required=True)
@json_option
def drop(name: str, logins: tuple[str, ...], as_json: bool) -> None:
    """Let somebody belong to the group NAME no more."""
    with connect() as client:
        found = [client.people.remove_member(name, each) for each in logins]
    _tell(found[-1], as_json)


def _tell(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        number = found["members"]
        click.echo(f"{found['name']}  {number} member{'' if number == 1 else 's'}")
