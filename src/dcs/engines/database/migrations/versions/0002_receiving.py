"""
Uploads that take several requests, imports, quarantine, what a tenant allows, and a version's news.

Revision 0002. The new tables belong to one tenant each; nothing of them is
visible across tenants.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = ("upload", "import_task", "import_source")


def upgrade() -> None:
    """Add the tables and columns, then guard the tables as the first ones are."""
    _add_columns()
    _make_tables()
    op.create_index("ix_outbox_subject", "outbox", ["tenant", "subject", "xid", "seq"])
    if op.get_bind().dialect.name == "postgresql":
        _guard(context.config.attributes["application_role"])


def _add_columns() -> None:
    op.add_column("tenant", sa.Column("max_file_size", sa.BigInteger(), nullable=True))
    op.add_column("tenant", sa.Column("max_storage", sa.BigInteger(), nullable=True))
    op.add_column("tenant", sa.Column("formats", DOCUMENT, nullable=True))
    columns: tuple[sa.Column[object], ...] = (
        sa.Column("problems", DOCUMENT, nullable=True),
        sa.Column("scanned_with", sa.String(200), nullable=True),
        sa.Column("scanned_at", sa.BigInteger(), nullable=True),
        sa.Column("released_by", sa.String(64), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
    )
    for column in columns:
        op.add_column("version", column)


def _make_tables() -> None:
    op.create_table(
        "upload",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=True),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("filename", sa.String(300), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("parts", DOCUMENT, nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=True),
        sa.Column("expected", sa.String(64), nullable=True),
        sa.Column("explicit", sa.Boolean(), nullable=False),
        sa.Column("submit", sa.Boolean(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("version", sa.String(64), nullable=True),
        sa.Column("duplicate", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(50), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "created_by"], ["account.tenant", "account.id"], name="fk_upload_account"
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "dataset"], ["dataset.tenant", "dataset.id"], name="fk_upload_dataset"
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_upload"),
    )
    op.create_index("ix_upload_state", "upload", ["tenant", "state", "created_by"], unique=False)
    op.create_table(
        "import_task",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("upload", sa.String(64), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("validator", sa.String(300), nullable=True),
        sa.Column("version", sa.String(64), nullable=True),
        sa.Column("reason", sa.String(50), nullable=True),
        sa.Column("submit", sa.Boolean(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "created_by"],
            ["account.tenant", "account.id"],
            name="fk_import_task_account",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "dataset"], ["dataset.tenant", "dataset.id"], name="fk_import_task_dataset"
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_import_task"),
    )
    op.create_table(
        "import_source",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("address", sa.String(1000), nullable=False),
        sa.Column("added_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "added_by"],
            ["account.tenant", "account.id"],
            name="fk_import_source_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_import_source"),
        sa.UniqueConstraint("tenant", "address", name="uq_import_source_tenant_address"),
    )


def _guard(role: str) -> None:
    grantee = op.get_bind().dialect.identifier_preparer.quote(role)
    for table in TABLES:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {grantee}')
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        own = "tenant = (SELECT current_setting('app.tenant', true))"
        op.execute(f'CREATE POLICY tenant_only ON "{table}" USING ({own})')
