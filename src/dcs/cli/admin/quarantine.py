"""`dcs admin quarantine`: what waits there, and letting it go or removing it with a reason."""

import click

from dcs.cli.connection import connect, json_option, print_json, print_table

reason_option = click.option(
    "--reason", required=True, help="Why, in a few words; it stays with the file."
)


@click.group("quarantine")
def quarantine() -> None:
    """Look after files that something speaks against."""


@quarantine.command("list")
@json_option
def listed(as_json: bool) -> None:
    """List the files in quarantine, newest first."""
    with connect() as client:
        found = client.administration.quarantine()
    if as_json:
        print_json(found)
        return
    print_table(
        ("VERSION", "DATASET", "N", "FILE", "VERDICT", "WHY"),
        (
            (
                each["id"],
                each["dataset_name"],
                each["number"],
                each["filename"],
                each["malware"],
                each["threat"] or ", ".join(problem["code"] for problem in each["problems"]),
            )
            for each in found
        ),
    )


@quarantine.command("release")
@click.argument("version")
@reason_option
@json_option
def release(version: str, reason: str, as_json: bool) -> None:
    """Let VERSION go on with its journey."""
    with connect() as client:
        found = client.administration.release(version, reason)
    print_json(found) if as_json else click.echo(f"{version}  {found['status']}")


@quarantine.command("delete")
@click.argument("version")
@reason_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def delete(version: str, reason: str, yes: bool, as_json: bool) -> None:
    """End VERSION and remove its bytes."""
    if not yes:
        click.confirm(f"Remove the bytes of {version} for good?", abort=True, err=True)
    with connect() as client:
        found = client.administration.discard(version, reason)
    print_json(found) if as_json else click.echo(f"{version}  {found['status']}")
