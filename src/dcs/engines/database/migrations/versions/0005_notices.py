"""
What people are told: notices, the letters they go into, and the words each tenant chose.

Revision 0005. The tables belong to one tenant each; nothing of them is visible across tenants.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = ("notice", "notice_letter", "notice_template")


def upgrade() -> None:
    """Add the tables, then guard them as the first ones are."""
    _notices()
    _letters()
    _templates()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            _guard(table, context.config.attributes["application_role"])


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("about_kind", sa.String(20), nullable=False),
        sa.Column("about_id", sa.String(64), nullable=False),
        sa.Column("data", DOCUMENT, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("letter", sa.Integer()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger()),
        sa.Column("mailed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("tenant", "recipient", "id", name="pk_notice"),
        sa.UniqueConstraint("tenant", "key", "recipient", name="uq_notice_tenant_key_recipient"),
    )
    op.create_index("ix_notice_unread", "notice", ["tenant", "recipient", "read_at"])
    op.create_index("ix_notice_letter", "notice", ["tenant", "recipient", "letter"])
    op.create_index("ix_notice_about", "notice", ["tenant", "about_id"])


def _letters() -> None:
    op.create_table(
        "notice_letter",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("outcome", sa.String(20)),
        sa.PrimaryKeyConstraint("tenant", "recipient", "number", name="pk_notice_letter"),
    )


def _templates() -> None:
    op.create_table(
        "notice_template",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", name="pk_notice_template"),
    )


def _guard(table: str, role: str) -> None:
    grantee = op.get_bind().dialect.identifier_preparer.quote(role)
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {grantee}')
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    own = "tenant = (SELECT current_setting('app.tenant', true))"
    op.execute(f'CREATE POLICY tenant_only ON "{table}" USING ({own})')
