"""
Where an approval lives; what activities on a cluster have done, and words that wait for their step.

Revision 0010. The tables belong to one tenant each; nothing of it is visible across tenants.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column and the tables, then guard them as the first ones are."""
    host = sa.Column("host", sa.String(10), nullable=False, server_default="rows")
    op.add_column("approval", host)
    op.create_table(
        "activity_ledger",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("event", _DOCUMENT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key", name="pk_activity_ledger"),
    )
    op.create_table(
        "approval_words",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("approval", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_approval_words"),
        sa.ForeignKeyConstraint(
            ["tenant", "approval"],
            ["approval.tenant", "approval.id"],
            name="fk_approval_words_approval",
        ),
    )
    op.create_index("ix_approval_words_approval", "approval_words", ["tenant", "approval"])
    if op.get_bind().dialect.name == "postgresql":
        _guard(context.config.attributes["application_role"])


_DOCUMENT = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")


def _guard(role: str) -> None:
    grantee = op.get_bind().dialect.identifier_preparer.quote(role)
    own = "tenant = (SELECT current_setting('app.tenant', true))"
    for table in ("activity_ledger", "approval_words"):
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {grantee}')
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY tenant_only ON "{table}" USING ({own})')
