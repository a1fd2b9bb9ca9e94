"""
How grants end, whether they still say what policy does, and requests for a group or for more time.

Revision 0013. The tables belong to one tenant each; nothing of it is visible across tenants.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the columns and tables, then guard the tables as the first ones are."""
    op.add_column("access_grant", sa.Column("ended_at", sa.BigInteger()))
    op.add_column("access_request", sa.Column("for_group", sa.String(100)))
    op.add_column("access_request", sa.Column("extends", sa.String(64)))
    op.create_table(
        "grant_drift",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("grant", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.Column("actual", sa.Boolean(), nullable=False),
        sa.Column("reasons", _DOCUMENT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "grant", "channel", "account", name="pk_grant_drift"),
        sa.ForeignKeyConstraint(
            ["tenant", "grant"],
            ["access_grant.tenant", "access_grant.id"],
            name="fk_grant_drift_access_grant",
        ),
    )
    op.create_table(
        "grant_check",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("after", sa.String(64), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("drifted", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("tenant", name="pk_grant_check"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard(context.config.attributes["application_role"])


_DOCUMENT = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")


def _guard(role: str) -> None:
    grantee = op.get_bind().dialect.identifier_preparer.quote(role)
    own = "tenant = (SELECT current_setting('app.tenant', true))"
    for table in ("grant_drift", "grant_check"):
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {grantee}')
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY tenant_only ON "{table}" USING ({own})')
