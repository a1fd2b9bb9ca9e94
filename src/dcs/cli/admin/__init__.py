"""`dcs admin`: look after an organisation."""

import click

from dcs.cli.admin.quarantine import quarantine
from dcs.cli.admin.sources import sources
from dcs.cli.admin.tenants import tenants


@click.group("admin")
def command() -> None:
    """Look after an organisation: quarantine, limits, sources of imports."""


for each in (quarantine, tenants, sources):
    command.add_command(each)
