"""
What a version is compared with, and the outcomes of checks over time.

Revision 0003. The new tables belong to one tenant each; nothing of them is
visible across tenants.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = ("version_sketch", "check_history")


def upgrade() -> None:
    """Add the tables, then guard them as the first ones are."""
    _add_tables()
    if op.get_bind().dialect.name == "postgresql":
        _guard(context.config.attributes["application_role"])


def _add_tables() -> None:
    op.create_table(
        "version_sketch",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "version"],
            ["version.tenant", "version.id"],
            name="fk_version_sketch_version",
        ),
        sa.PrimaryKeyConstraint("tenant", "version", name="pk_version_sketch"),
    )
    op.create_table(
        "check_history",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("observed", sa.Double(), nullable=True),
        sa.Column("threshold", sa.Double(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "dataset"], ["dataset.tenant", "dataset.id"], name="fk_check_history_dataset"
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "version"], ["version.tenant", "version.id"], name="fk_check_history_version"
        ),
        sa.PrimaryKeyConstraint("tenant", "version", "digest", name="pk_check_history"),
    )
    op.create_index(
        "ix_check_history_digest",
        "check_history",
        ["tenant", "dataset", "digest", "number"],
        unique=False,
    )


def _guard(role: str) -> None:
    grantee = op.get_bind().dialect.identifier_preparer.quote(role)
    for table in TABLES:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {grantee}')
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        own = "tenant = (SELECT current_setting('app.tenant', true))"
        op.execute(f'CREATE POLICY tenant_only ON "{table}" USING ({own})')
