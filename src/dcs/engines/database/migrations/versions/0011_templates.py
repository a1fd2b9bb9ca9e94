"""
How each tenant decides on versions, and what a vote asks for besides.

Revision 0011. Templates belong to one tenant each; nothing of them is visible across tenants.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the table and the columns, then guard the table as the first ones are."""
    op.create_table(
        "approval_template",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("classification", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", _DOCUMENT),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant", "classification", "revision", name="pk_approval_template"
        ),
    )
    op.add_column("vote", sa.Column("masks", _DOCUMENT))
    op.add_column("vote", sa.Column("confirmed", _DOCUMENT))
    if op.get_bind().dialect.name == "postgresql":
        _guard(context.config.attributes["application_role"])


_DOCUMENT = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")


def _guard(role: str) -> None:
    grantee = op.get_bind().dialect.identifier_preparer.quote(role)
    own = "tenant = (SELECT current_setting('app.tenant', true))"
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON approval_template TO {grantee}")
    op.execute("ALTER TABLE approval_template ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE approval_template FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant_only ON approval_template USING ({own})")
