"""`dcs admin tenants`: what your organisation may send, and how long it keeps."""

from typing import Any

import click

from dcs.cli.connection import connect, days_of, json_option, print_json, print_table

UNLIMITED = "none"


@click.group("tenants")
def tenants() -> None:
    """See and change what your organisation may send and how long it keeps."""


@tenants.command("show")
@json_option
def show(as_json: bool) -> None:
    """Show your organisation and its limits."""
    with connect() as client:
        found = client.administration.tenant(client.whoami()["tenant"])
    _print(found, as_json)


@tenants.command("limit")
@click.option("--max-file-size", help="Bytes of the largest file, or `none`.")
@click.option("--max-storage", help="Bytes of everything that is kept, or `none`.")
@click.option("--formats", help="Formats separated by commas, or `none` for all.")
@click.option(
    "--retention-days", help="How long to keep what says nothing itself, in days, or `none`."
)
@json_option
def limit(
    max_file_size: str | None,
    max_storage: str | None,
    formats: str | None,
    retention_days: str | None,
    as_json: bool,
) -> None:
    """Change the limits; what is not given stays as it is."""
    limits: dict[str, Any] = {}
    for name, text in (("max_file_size", max_file_size), ("max_storage", max_storage)):
        if text is not None:
            limits[name] = _bytes(text)
    if formats is not None:
        names = [each.strip() for each in formats.split(",")]
        limits["supported_formats"] = None if formats == UNLIMITED else names
    if retention_days is not None:
        limits["retention_days"] = days_of(retention_days)
    with connect() as client:
        found = client.administration.change_tenant(client.whoami()["tenant"], **limits)
    _print(found, as_json)


def _bytes(text: str) -> int | None:
    if text == UNLIMITED:
        return None
    if not (text.isascii() and text.isdigit()):
        raise click.BadParameter("give a number of bytes, or `none`")
    return int(text)


def _print(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    limits = found["limits"]
    left, kept = limits["storage_left"], found["retention_days"]
    print_table(
        ("LIMIT", "VALUE"),
        (
            ("largest file", f"{limits['max_file_size']:,} bytes"),
            ("storage left", "not limited" if left is None else f"{left:,} bytes"),
            ("formats", ", ".join(limits["supported_formats"])),
            ("retention", "not set" if kept is None else f"{kept:,} days"),
        ),
    )
