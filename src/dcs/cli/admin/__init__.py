"""`dcs admin`: look after an organisation."""

import click

from dcs.cli.admin.calendar import calendar
from dcs.cli.admin.group import group
from dcs.cli.admin.quarantine import quarantine
from dcs.cli.admin.recognizers import recognizers
from dcs.cli.admin.sources import sources
from dcs.cli.admin.tenants import tenants
from dcs.cli.admin.users import users


@click.group("admin")
def command() -> None:
    """Look after an organisation: quarantine, limits, imports, recognizers, people."""


for each in (quarantine, tenants, sources, recognizers, group, calendar, users):
    command.add_command(each)
