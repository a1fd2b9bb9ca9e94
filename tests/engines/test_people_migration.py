"""Groups that accounts named before there were memberships are memberships afterwards."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, make_url, text

from dcs.engines.database import migrations
from tests.databases import fresh_postgres

ACCOUNT = text(
    "INSERT INTO account (tenant, id, login, roles, groups, attributes, kind, disabled, failures, "
    "created_at) VALUES (:tenant, :id, :id, '[]', :groups, '{}', 'person', false, 0, :at)"
)


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service("postgresql"))]
)
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """Lend a database without any table, as its owner."""
    with ExitStack() as stack:
        url = "sqlite://"
        if request.param == "postgresql":
            roles = [os.environ[f"STUDIO_TEST_POSTGRES_{each}"] for each in ("OWNER", "APP")]
            lent = stack.enter_context(fresh_postgres(*roles, migrated=False))
            url = make_url(lent["owner"]).set(drivername="postgresql+psycopg")
        engine = create_engine(url)
        stack.callback(engine.dispose)
        yield stack.enter_context(engine.connect())


def upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes |= {"connection": connection, "application_role": "dcs_app"}
    command.upgrade(config, revision)


def test_groups_of_accounts_become_memberships_in_every_tenant(connection: Connection) -> None:
    upgrade(connection, "0008")
    if connection.dialect.name == "postgresql":  # the owner, too, writes as one tenant otherwise
        connection.execute(text("ALTER TABLE account NO FORCE ROW LEVEL SECURITY"))
    for tenant, user, groups, at in (
        ("acme", "a1", ["research", "night-shift", "research"], 5),
        ("acme", "a2", ["research", 7, ""], 3),
        ("acme", "a3", [], 1),
        ("globex", "g1", ["research"], 9),
    ):
        values = {"tenant": tenant, "id": user, "groups": json.dumps(groups), "at": at}
        connection.execute(ACCOUNT, values)
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE account FORCE ROW LEVEL SECURITY"))
    connection.commit()
    upgrade(connection, "head")
    belongs, groups_there = [], []
    for tenant in ("acme", "globex"):
        if connection.dialect.name == "postgresql":
            say = text("SELECT set_config('app.tenant', :tenant, true)")
            connection.execute(say, {"tenant": tenant})
        only = {"tenant": tenant}
        query = (
            'SELECT tenant, account, "group" FROM membership WHERE tenant = :tenant ORDER BY 2, 3'
        )
        belongs += [tuple(row) for row in connection.execute(text(query), only)]
        query = (
            "SELECT tenant, name, created_at FROM account_group WHERE tenant = :tenant ORDER BY 2"
        )
        groups_there += [tuple(row) for row in connection.execute(text(query), only)]
    assert belongs == [
        ("acme", "a1", "night-shift"),
        ("acme", "a1", "research"),
        ("acme", "a2", "research"),
        ("globex", "g1", "research"),
    ]
    assert groups_there == [
        ("acme", "night-shift", 5),
        ("acme", "research", 3),
        ("globex", "research", 9),
    ]
