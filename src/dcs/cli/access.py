"""`dcs access`: ask for access to a dataset, decide who gets it, and take it back."""

from typing import Any

import click

from dcs.cli.commands import CHECKS_FAILED, PENDING
from dcs.cli.connection import connect, json_option, note, print_json, print_table

columns_option = click.option("--columns", default="", help="Only these, with commas between them.")


@click.group("access")
def command() -> None:
    """Ask for access to datasets, and decide who gets it."""


@command.command("request")
@click.argument("dataset")
@click.option("--purpose", required=True, help="What you need the data for.")
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True)
@columns_option
@click.option("--actions", default="", help="Such as preview,read; by default all but download.")
@click.option("--group", help="For all members of a group that you are of.")
@click.option("--accept-terms", is_flag=True, help="Accept the terms; without it they are shown.")
@json_option
def request(
    dataset: str,
    purpose: str,
    days: int,
    columns: str,
    actions: str,
    group: str | None,
    accept_terms: bool,
    as_json: bool,
) -> None:
    """Ask for access to DATASET; its owner decides."""
    with connect() as client:
        found = client.access.request(
            dataset,
            purpose,
            days=days,
            accepted_terms=accept_terms,
            columns=_words(columns),
            actions=_words(actions),
            for_group=group,
        )
    _print(found, as_json)


@command.command("list")
@click.option("--grants", is_flag=True, help="What was given, rather than what was asked for.")
@click.option("--drift", is_flag=True, help="Grants that differ from what policy allows, and why.")
@json_option
def list_all(grants: bool, drift: bool, as_json: bool) -> None:
    """List access requests, or grants, newest first."""
    with connect() as client:
        if drift:
            _print_drift(list(client.access.grants(drift=True)), as_json)
            return
        found = list(client.access.grants() if grants else client.access.requests())
    if as_json:
        print_json(found)
    elif grants:
        print_table(
            ("ID", "DATASET", "STATE", "GRANTEE", "UNTIL", "COLUMNS"),
            (
                (
                    each["id"],
                    each["dataset"],
                    each["state"],
                    each["grantee"]["id"],
                    each["expires_at"][:16],
                    _columns(each),
                )
                for each in found
            ),
        )
    else:
        print_table(
            ("ID", "DATASET", "STATE", "DAYS", "COLUMNS", "PURPOSE"),
            (
                (
                    each["id"],
                    each["dataset"],
                    each["state"],
                    str(each["days"]),
                    _columns(each),
                    each["purpose"],
                )
                for each in found
            ),
        )


@command.command("approve")
@click.argument("request")
@columns_option
@click.option("--days", type=click.IntRange(1, 365), help="Fewer than were asked for.")
@click.option("--reason", default="", help="Why; kept with the request.")
@json_option
def approve(request: str, columns: str, days: int | None, reason: str, as_json: bool) -> None:
    """Give what REQUEST asks for, or less of it."""
    with connect() as client:
        found = client.access.approve(request, columns=_words(columns), days=days, reason=reason)
    _print(found, as_json)


@command.command("deny")
@click.argument("request")
@click.option("--reason", required=True, help="Why; shown to whoever asked.")
@json_option
def deny(request: str, reason: str, as_json: bool) -> None:
    """Refuse REQUEST; it ends there."""
    with connect() as client:
        found = client.access.deny(request, reason)
    _print(found, as_json)


@command.command("revoke")
@click.argument("grant")
@click.option("--reason", required=True, help="Why; kept with the grant.")
@json_option
def revoke(grant: str, reason: str, as_json: bool) -> None:
    """Take GRANT back; it gives nothing from now on."""
    with connect() as client:
        found = client.access.revoke(grant, reason)
    _print(found, as_json)


@command.command("extend")
@click.argument("grant")
@click.option("--days", type=click.IntRange(1, 365), required=True, help="How many more.")
@json_option
def extend(grant: str, days: int, as_json: bool) -> None:
    """Let GRANT end later."""
    with connect() as client:
        found = client.access.extend(grant, days)
    _print(found, as_json)


@command.command("ask-extension")
@click.argument("grant")
@click.option("--days", type=click.IntRange(1, 365), required=True, help="How many more.")
@click.option("--reason", required=True, help="Why; the owner reads it.")
@json_option
def ask_extension(grant: str, days: int, reason: str, as_json: bool) -> None:
    """Ask that GRANT, which you have, ends later; its owner decides."""
    with connect() as client:
        found = client.access.ask_extension(grant, days, reason)
    _print(found, as_json)


@command.command("check")
@click.option("--timeout", default=300.0, show_default=True, help="Longest wait, in seconds.")
@json_option
def check(timeout: float, as_json: bool) -> int:
    """Hold every grant against what policy allows, now; exit code 3 if any differs."""
    with connect() as client:
        run = client.access.check(timeout)
        found = list(client.access.grants(drift=True))
    if as_json:
        print_json({**run, "grants": found})
    else:
        _print_drift(found, as_json)
        note(f"{run['checked']:,} grants checked, {run['drifted']:,} of them differ")
    if run["state"] != "finished":
        return PENDING
    return CHECKS_FAILED if run["drifted"] else 0


def _print_drift(found: list[dict[str, Any]], as_json: bool) -> None:
    """Print a line for each channel on which a grant differs."""
    if as_json:
        print_json(found)
        return
    print_table(
        ("GRANT", "DATASET", "ACCOUNT", "CHANNEL", "EXPECTED", "ACTUAL", "WHY"),
        (
            (
                grant["id"],
                grant["dataset"],
                each["account"],
                each["channel"],
                each["expected"],
                each["actual"],
                ", ".join(each["codes"]),
            )
            for grant in found
            for each in grant["drift"]
        ),
    )


def _print(found: dict[str, Any], as_json: bool) -> None:
    """Print a request or a grant in one line, or whole as JSON."""
    if as_json:
        print_json(found)
    else:
        click.echo(f"{found['id']}  {found['state']}")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _columns(each: dict[str, Any]) -> str:
    return "all" if each["columns"] is None else ", ".join(each["columns"])
