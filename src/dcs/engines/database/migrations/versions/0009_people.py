"""
Groups and who belongs to them, the days on which a tenant is closed, and who is away.

Revision 0009. Memberships are filled from ``account.groups``, which nothing reads any more. The
column stays: a process of the release before may still run, and SQLite before 3.35 cannot drop one.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from dcs.core.ids import new_id

revision = "0009"
down_revision = "0008"

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = ("account_group", "membership", "holiday", "absence")


def upgrade() -> None:
    """Add the tables, fill the memberships, then guard the tables as the first ones are."""
    _groups()
    _fill()
    _holidays()
    _absences()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            _guard(table, context.config.attributes["application_role"])


def _groups() -> None:
    op.create_table(
        "account_group",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", name="pk_account_group"),
    )
    op.create_table(
        "membership",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("group", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "account", "group", name="pk_membership"),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_membership_account",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "group"],
            ["account_group.tenant", "account_group.name"],
            name="fk_membership_account_group",
        ),
    )
    op.create_index("ix_membership_group", "membership", ["tenant", "group"])


def _holidays() -> None:
    op.create_table(
        "holiday",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "day", name="pk_holiday"),
    )
    op.add_column(
        "tenant",
        sa.Column("calendar_revision", sa.Integer(), nullable=False, server_default="0"),
    )


def _absences() -> None:
    op.create_table(
        "absence",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("deputy", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_absence"),
        sa.ForeignKeyConstraint(
            ["tenant", "account"], ["account.tenant", "account.id"], name="fk_absence_account"
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "deputy"], ["account.tenant", "account.id"], name="fk_absence_deputy"
        ),
    )
    op.create_index("ix_absence_account", "absence", ["tenant", "account", "ends"])
    op.create_index("ix_absence_deputy", "absence", ["tenant", "deputy", "ends"])


def _fill() -> None:
    """Turn the groups each account names into memberships; a group begins with its first member."""
    began: dict[tuple[str, str], int] = {}
    belongs = []
    for row in _accounts():
        for name in sorted({each[:100] for each in row.groups if isinstance(each, str) and each}):
            key = (row.tenant, name)
            began[key] = min(began.get(key, row.created_at), row.created_at)
            belongs.append({"tenant": row.tenant, "account": row.id, "group": name})
    groups = [
        {"tenant": tenant, "id": new_id(), "name": name, "description": "", "created_at": at}
        for (tenant, name), at in began.items()
    ]
    op.bulk_insert(
        _table("account_group", "tenant", "id", "name", "description", "created_at"), groups
    )
    op.bulk_insert(_table("membership", "tenant", "account", "group"), belongs)


def _accounts() -> list[sa.Row[Any]]:
    """Return every account of every tenant: the owner of a table sees no row of it otherwise."""
    account = sa.table(
        "account",
        *map(sa.column, ("tenant", "id", "created_at")),
        sa.column("groups", DOCUMENT),
    )
    bind = op.get_bind()
    forced = bind.dialect.name == "postgresql"
    if forced:
        op.execute('ALTER TABLE "account" NO FORCE ROW LEVEL SECURITY')
    rows = list(bind.execute(sa.select(account).order_by(account.c.tenant, account.c.id)))
    if forced:
        op.execute('ALTER TABLE "account" FORCE ROW LEVEL SECURITY')
    return rows


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns))


def _guard(table: str, role: str) -> None:
    grantee = op.get_bind().dialect.identifier_preparer.quote(role)
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {grantee}')
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    own = "tenant = (SELECT current_setting('app.tenant', true))"
    op.execute(f'CREATE POLICY tenant_only ON "{table}" USING ({own})')
