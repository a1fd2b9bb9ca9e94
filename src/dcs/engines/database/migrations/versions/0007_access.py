"""
What was given to whom until when, and who asked for it.

Revision 0007. The tables belong to one tenant each; nothing of it is visible across tenants.
"""

import sqlalchemy as sa
from alembic import context, op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables, then guard them as the first ones are."""
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
    op.create_table(
        "access_request",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("requester", sa.String(64), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("actions", _DOCUMENT, nullable=False),
        sa.Column("columns", _DOCUMENT),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("terms_sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("pending", sa.Boolean()),
        sa.Column("question", sa.Text()),
        sa.Column("answer", sa.Text()),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_access_request"),
        sa.UniqueConstraint(
            "tenant",
            "dataset",
            "requester",
            "pending",
            name="uq_access_request_tenant_dataset_requester_pending",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "dataset"],
            ["dataset.tenant", "dataset.id"],
            name="fk_access_request_dataset",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "requester"],
            ["account.tenant", "account.id"],
            name="fk_access_request_account",
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard(context.config.attributes["application_role"])


_DOCUMENT = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")


def _guard(role: str) -> None:
    grantee = op.get_bind().dialect.identifier_preparer.quote(role)
    own = "tenant = (SELECT current_setting('app.tenant', true))"
    for table in ("access_grant", "access_request"):
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {grantee}')
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY tenant_only ON "{table}" USING ({own})')
