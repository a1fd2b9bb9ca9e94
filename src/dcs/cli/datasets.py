"""`dcs datasets`: list, show and describe datasets."""

import click

from dcs.cli.connection import connect, json_option, print_json, print_table


@click.group("datasets")
def command() -> None:
    """List, show and describe datasets."""


@command.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """List the datasets you may know of."""
    _show_many("", as_json)


@command.command("search")
@click.argument("text")
@json_option
def search(text: str, as_json: bool) -> None:
    """List the datasets whose name or description contains TEXT."""
    _show_many(text, as_json)


@command.command("show")
@click.argument("dataset")
@json_option
def show(dataset: str, as_json: bool) -> None:
    """Show DATASET, by its name or id."""
    with connect() as client:
        found = client.dataset(dataset)
    if as_json:
        print_json(found)
        return
    for key in ("name", "classification", "description", "department", "active_version", "id"):
        if found[key] not in (None, ""):
            click.echo(f"{key.replace('_', ' '):15} {found[key]}")


@command.command("versions")
@click.argument("dataset")
@json_option
def versions(dataset: str, as_json: bool) -> None:
    """List the versions of DATASET, newest first."""
    with connect() as client:
        found = client.versions(dataset)
    if as_json:
        print_json(found)
        return
    print_table(
        ("VERSION", "STATUS", "ROWS", "RECEIVED", "ID"),
        ((v["number"], v["status"], v["rows"], v["created_at"][:16], v["id"]) for v in found),
    )


def _show_many(text: str, as_json: bool) -> None:
    with connect() as client:
        found = list(client.datasets(text))
    if as_json:
        print_json(found)
        return
    print_table(
        ("NAME", "CLASSIFICATION", "ACTIVE", "DESCRIPTION"),
        ((d["name"], d["classification"], d["active_version"], d["description"]) for d in found),
    )
