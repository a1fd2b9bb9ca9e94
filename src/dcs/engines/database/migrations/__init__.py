"""Bring a database's tables up to this release, on SQLite and on PostgreSQL."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

HEAD = "0012"
"""The newest revision; ``tests/engines/test_migrations.py`` holds it to the files."""


def is_current(connection: Connection) -> bool:
    """Say whether the tables are those of this release: two cheap questions, no Alembic import."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    connection.rollback()
    return found == HEAD


def migrate(connection: Connection, application_role: str | None = None) -> None:
    """
    Apply every missing revision in one transaction.

    Args:
        connection: Connected as the owner of the tables.
        application_role: On PostgreSQL, the role that is granted access.
    """
    if is_current(connection):
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    config.attributes["application_role"] = application_role
    command.upgrade(config, "head")
