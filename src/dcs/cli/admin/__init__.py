"""`dcs admin`: look after an organisation."""

import click

from dcs.cli.admin.quarantine import quarantine
from dcs.cli.admin.recognizers import recognizers
from dcs.cli.admin.sources import sources
from dcs.cli.admin.templates import templates
from dcs.cli.admin.tenants import tenants


@click.group("admin")
def command() -> None:
    """Look after an organisation: quarantine, limits, imports, recognizers, templates."""


for each in (quarantine, tenants, sources, recognizers, templates):
    command.add_command(each)
