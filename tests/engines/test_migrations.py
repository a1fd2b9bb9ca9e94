"""The tables a migration makes are the tables the code declares."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, make_url

import dcs
from dcs.engines.database import metadata
from dcs.engines.database.migrations import HEAD, migrate

VERSIONS = Path(dcs.__file__).parent / "engines" / "database" / "migrations" / "versions"


def declare_all() -> None:
    """Import every module that declares a table."""
    for module in pkgutil.walk_packages(dcs.__path__, "dcs."):
        if module.name.endswith((".store", ".outbox", ".rows")):
            importlib.import_module(module.name)


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))]
)
def migrated(request: pytest.FixtureRequest) -> Iterator[Connection]:
    declare_all()
    if request.param == "sqlite":
        engine = create_engine("sqlite://")
    else:
        address = request.getfixturevalue("postgres")["owner"]
        engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        migrate(connection, application_role="dcs_app")
        yield connection
    engine.dispose()


def test_the_migrated_tables_are_the_declared_ones(migrated: Connection) -> None:
    context = MigrationContext.configure(migrated, opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []


def test_every_key_begins_with_the_tenant(migrated: Connection) -> None:
    inspector = inspect(migrated)
    for name in inspector.get_table_names():
        key = inspector.get_pk_constraint(name)["constrained_columns"]
        if name == "outbox":  # its place in the order of all tenants' news is its key
            assert key == ["seq"]
        elif name != "alembic_version":
            assert key[0] == "tenant", name


def test_foreign_keys_cannot_cross_tenants(migrated: Connection) -> None:
    inspector = inspect(migrated)
    for name in inspector.get_table_names():
        for key in inspector.get_foreign_keys(name):
            assert key["constrained_columns"][0] == "tenant", (name, key)
            assert key["referred_columns"][0] == "tenant", (name, key)


def test_migrating_again_changes_nothing(migrated: Connection) -> None:
    before = inspect(migrated).get_table_names()
    migrate(migrated, application_role="dcs_app")
    assert inspect(migrated).get_table_names() == before


def test_head_is_the_newest_revision() -> None:
    assert max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py")) == HEAD


def test_the_migration_shares_exactly_the_tables_that_are_declared_so() -> None:
    declare_all()
    revision = (VERSIONS / "0001_first_tables.py").read_text()
    shared = {table.name for table in metadata.tables.values() if table.info.get("shared")}
    line = next(line for line in revision.splitlines() if line.startswith("SHARED = "))
    assert {name.strip(' "') for name in line.partition("(")[2].rstrip(")").split(",")} == shared
