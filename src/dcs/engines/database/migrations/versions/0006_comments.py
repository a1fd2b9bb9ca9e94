"""
What people say about approvals.

Revision 0006. The table belongs to one tenant each; nothing of it is visible across tenants.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table, then guard it as the first ones are."""
    op.create_table(
        "approval_comment",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("approval", sa.String(64), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "approval"],
            ["approval.tenant", "approval.id"],
            name="fk_approval_comment_approval",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_approval_comment"),
    )
    op.create_index("ix_approval_comment_approval", "approval_comment", ["tenant", "approval"])
    if op.get_bind().dialect.name == "postgresql":
        _guard(context.config.attributes["application_role"])


def _guard(role: str) -> None:
    grantee = op.get_bind().dialect.identifier_preparer.quote(role)
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "approval_comment" TO {grantee}')
    op.execute('ALTER TABLE "approval_comment" ENABLE ROW LEVEL SECURITY')
    op.execute('ALTER TABLE "approval_comment" FORCE ROW LEVEL SECURITY')
    own = "tenant = (SELECT current_setting('app.tenant', true))"
    op.execute(f'CREATE POLICY tenant_only ON "approval_comment" USING ({own})')
