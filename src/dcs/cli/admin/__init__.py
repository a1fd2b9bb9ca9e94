"""`dcs admin`: look after an organisation."""

import click

from dcs.cli.admin.calendar import calendar
from dcs.cli.admin.group import group
from dcs.cli.admin.quarantine import quarantine
from dcs.cli.admin.recognizers import recognizers
from dcs.cli.admin.sources import sources
from dcs.cli.admin.templates import templates
from dcs.cli.admin.tenants import tenants
from dcs.cli.admin.users import users


@click.group("admin")
def command() -> None:
    """Look after an organisation: people, approval templates, quarantine, limits, recognizers."""


for each in (quarantine, tenants, sources, recognizers, templates, group, calendar, users):
    command.add_command(each)
