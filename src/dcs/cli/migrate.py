"""`dcs migrate`: bring PostgreSQL's tables up to this release."""

import click

from dcs.cli.commands import USAGE
from dcs.cli.connection import note
from dcs.core.settings import load_settings


@click.command("migrate")
def command() -> int:
    """
    Bring PostgreSQL's tables up to this release.

    DCS_DATABASE_OWNER names the role that owns the tables, DCS_DATABASE the
    application's role, which is granted what it needs. SQLite migrates itself.
    """
    settings = load_settings()
    if settings.database is None or settings.database_owner is None:
        note("dcs: set DCS_DATABASE and DCS_DATABASE_OWNER; SQLite needs no migration.")
        return USAGE
    from dcs.studio import migrate_database

    migrate_database(settings)
    note("The tables are those of this release.")
    return 0
