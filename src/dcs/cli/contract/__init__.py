"""`dcs contract`: write, check and compare data contracts, and keep them with their datasets."""

import click

from dcs.cli.contract.compare import diff
from dcs.cli.contract.infer import infer
from dcs.cli.contract.lint import lint
from dcs.cli.contract.stored import export, import_


@click.group("contract")
def command() -> None:
    """Write, check and compare data contracts, and keep them with their datasets."""


for each in (infer, lint, diff, export, import_):
    command.add_command(each)
