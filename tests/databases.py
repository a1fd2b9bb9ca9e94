"""PostgreSQL databases for tests: made empty, migrated, and gone afterwards."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text

from dcs.engines.database.postgres import migrate_postgres


@contextmanager
def fresh_postgres(
    owner: str, application: str, *, migrated: bool = True
) -> Iterator[Mapping[str, str]]:
    """
    Make a database, migrate it, and drop it at the end.

    Args:
        owner: Address of the role that may create databases.
        application: Address of the role the product runs as.
        migrated: Whether its tables are those of this release; else it has none.

    Yields:
        ``owner`` and ``application``: the addresses of both roles in it.
    """
    name = f"dcs_test_{secrets.token_hex(6)}"
    addresses = {"owner": _in(owner, name), "application": _in(application, name)}
    _run(owner, f'CREATE DATABASE "{name}"')
    try:
        if migrated:
            migrate_postgres(addresses["owner"], make_url(application).username or "")
        yield addresses
    finally:
        _end_connections(application, name)
        _run(owner, f'DROP DATABASE "{name}" WITH (FORCE)')


def empty(owner: str) -> None:
    """Remove every row, as the tables' owner; row-level security does not stop TRUNCATE."""
    engine = create_engine(make_url(owner).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        names = connection.execute(
            text(
                "SELECT string_agg(format('%I', tablename), ', ') FROM pg_tables "
                "WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            )
        ).scalar_one()
        connection.execute(text(f"TRUNCATE {names}"))
    engine.dispose()


def _end_connections(application: str, name: str) -> None:
    """End what killed processes left, as the role they ran as: the owner of the database may not."""
    own = f"datname = '{name}' AND usename = current_user"
    _run(application, f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {own}")  # noqa: S608


def _in(address: str, database: str) -> str:
    return make_url(address).set(database=database).render_as_string(hide_password=False)


def _run(address: str, statement: str) -> None:
    engine = create_engine(
        make_url(address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
