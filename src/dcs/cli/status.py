"""`dcs status`: where a version is in its journey."""

import click

from dcs.cli.connection import connect, json_option, print_json


@click.command("status")
@click.argument("version")
@json_option
def command(version: str, as_json: bool) -> None:
    """Show where VERSION (its id) is in its journey."""
    with connect() as client:
        found = client.version(version)
    if as_json:
        print_json(found)
        return
    shown = {
        "version": f"{found['number']} of {found['dataset']}",
        "file": f"{found['filename']}, {found['bytes']:,} bytes",
        "rows": None if found["rows"] is None else f"{found['rows']:,}",
        "status": found["status"],
        "progress": f"{found['progress']} %  {found['stage']}",
        "reason": found["reason"],
        "malware": found["malware"],
        "sha256": found["sha256"],
    }
    for name, value in shown.items():
        if value is not None:
            click.echo(f"{name:9} {value}")
