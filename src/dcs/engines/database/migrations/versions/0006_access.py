"""
What was given to whom until when.

Revision 0006. The table belongs to one tenant each; nothing of it is visible across tenants.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    """Add the table, then guard it as the first ones are."""
    op.create_table(
        "access_grant",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("grantee_kind", sa.String(10), nullable=False),
        sa.Column("grantee", sa.String(100), nullable=False),
        sa.Column("actions", _DOCUMENT, nullable=False),
        sa.Column("columns", _DOCUMENT),
        sa.Column("request", sa.String(64)),
        sa.Column("given_by", sa.String(64), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.Column("revoked_by", sa.String(64)),
        sa.Column("revoke_reason", sa.Text()),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_access_grant"),
        sa.UniqueConstraint("tenant", "request", name="uq_access_grant_tenant_request"),
        sa.ForeignKeyConstraint(
            ["tenant", "dataset"],
            ["dataset.tenant", "dataset.id"],
            name="fk_access_grant_dataset",
        ),
    )
    op.create_index("ix_access_grant_grantee", "access_grant", ["tenant", "dataset", "grantee"])
    if op.get_bind().dialect.name == "postgresql":
        _guard(context.config.attributes["application_role"])


_DOCUMENT = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")


def _guard(role: str) -> None:
    grantee = op.get_bind().dialect.identifier_preparer.quote(role)
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "access_grant" TO {grantee}')
    op.execute('ALTER TABLE "access_grant" ENABLE ROW LEVEL SECURITY')
    op.execute('ALTER TABLE "access_grant" FORCE ROW LEVEL SECURITY')
    own = "tenant = (SELECT current_setting('app.tenant', true))"
    op.execute(f'CREATE POLICY tenant_only ON "access_grant" USING ({own})')
