"""
What an organisation knows of its personal data: recognizers, thresholds and suppressions, revision after revision.

Revision 0004. The table belongs to one tenant each; nothing of it is visible across tenants.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table, then guard it as the first ones are."""
    op.create_table(
        "recognizers",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "revision", name="pk_recognizers"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard(context.config.attributes["application_role"])


def _guard(role: str) -> None:
    grantee = op.get_bind().dialect.identifier_preparer.quote(role)
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "recognizers" TO {grantee}')
    op.execute('ALTER TABLE "recognizers" ENABLE ROW LEVEL SECURITY')
    op.execute('ALTER TABLE "recognizers" FORCE ROW LEVEL SECURITY')
    own = "tenant = (SELECT current_setting('app.tenant', true))"
    op.execute(f'CREATE POLICY tenant_only ON "recognizers" USING ({own})')
