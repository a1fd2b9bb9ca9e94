"""`dcs datasets`: list, show and describe datasets."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from dcs.cli.connection import connect, days_of, json_option, print_json, print_table

if TYPE_CHECKING:
    from dcs.sdk import Client


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
        kept = "" if as_json else _kept(client, found)
    if as_json:
        print_json(found)
        return
    for key in ("name", "classification", "description", "department", "active_version", "id"):
        if found[key] not in (None, ""):
            click.echo(f"{key.replace('_', ' '):15} {found[key]}")
    click.echo(f"{'retention':15} {kept}")


@command.command("retain")
@click.argument("dataset")
@click.argument("days")
@json_option
def retain(dataset: str, days: str, as_json: bool) -> None:
    """Keep versions of DATASET for DAYS once they are no longer active; `none` for as long as its organisation says."""
    with connect() as client:
        found = client.set_retention(dataset, days_of(days))
        kept = _kept(client, found)
    if as_json:
        print_json(found)
    else:
        click.echo(f"{found['name']}  {kept}")


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


@command.command("diff")
@click.argument("dataset")
@click.option("--from", "before", type=click.IntRange(min=1), required=True, help="Version number.")
@click.option("--to", "now", type=click.IntRange(min=1), required=True, help="Version number.")
@json_option
def diff(dataset: str, before: int, now: int, as_json: bool) -> None:
    """Show what changed in DATASET from one version to another."""
    with connect() as client:
        found = client.diff(dataset, before, now)
    if as_json:
        print_json(found)
        return
    for line in _changes(found):
        click.echo(line)


def _kept(client: "Client", dataset: Mapping[str, Any]) -> str:
    """Say how long versions of a dataset are to be kept, and who says so."""
    own = dataset["retention_days"]
    if own is not None:
        return f"{own:,} days"
    days = client.administration.tenant(client.whoami()["tenant"])["retention_days"]
    return "not set" if days is None else f"{days:,} days, as everything of the organisation"


def _changes(diff: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a person wants to know first, a line each."""
    rows = diff["rows"]
    yield f"rows       {rows['before']:,} → {rows['now']:,}"
    for word in ("added", "removed", "reordered"):
        if diff[f"columns_{word}"]:
            yield f"{word:10} {', '.join(diff[f'columns_{word}'])}"
    for each in diff["columns_retyped"]:
        yield f"retyped    {each['name']}: {each['before']} → {each['now']}"
    for word in ("new", "gone"):
        for each in diff["personal_data"][word]:
            cells = each["now"] or each["before"]
            yield f"{word:10} {each['column']}: {each['entity']} in {cells:,} cells"
    drifted = [each for each in diff["checks"] if each["column"] and each["rule"][:4] != "new_"]
    yield from (f"changed    {each['column']}: {each['message']}" for each in drifted)
    for each in diff["proposals"]:
        tags = ", ".join(each["tags"])
        yield f"proposed   {each['column']}: {each['classification']}, tagged {tags}"
    same = [each["name"] for each in diff["columns"] if not each["changed"]]
    yield f"unchanged  {len(same):,} columns"


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
