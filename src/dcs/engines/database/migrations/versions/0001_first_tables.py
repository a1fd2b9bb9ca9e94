"""
The first tables: identity, audit, catalogue, approvals, events and jobs.

Revision 0001. On PostgreSQL the tables belong to the role that runs this; the
application's role gets what it needs on each, and row-level security compares
every row with the tenant that the transaction named. A transaction that named
none sees nothing.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SHARED = ("consumer_place", "directory", "job", "outbox")
"""Where the machinery may look across tenants; the rows hold ids only."""

APPEND_ONLY = ("audit_event",)


def upgrade() -> None:
    """Make every table, then what the database itself has to guard."""
    postgres = op.get_bind().dialect.name == "postgresql"
    _make_tables(sa.text("((pg_current_xact_id())::text)::bigint") if postgres else sa.text("0"))
    if postgres:
        _guard_postgres(context.config.attributes["application_role"])
    else:
        _guard_sqlite()


def _make_tables(xid_default: sa.TextClause) -> None:
    op.create_table(
        "account",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("password", sa.String(200), nullable=True),
        sa.Column("roles", DOCUMENT, nullable=False),
        sa.Column("groups", DOCUMENT, nullable=False),
        sa.Column("attributes", DOCUMENT, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_account"),
        sa.UniqueConstraint("tenant", "login", name="uq_account_tenant_login"),
    )
    op.create_table(
        "audit_event",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=True),
        sa.Column("action", sa.String(50), nullable=False),
        sa.Column("object_kind", sa.String(30), nullable=False),
        sa.Column("object_id", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reasons", DOCUMENT, nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "sequence", name="pk_audit_event"),
    )
    op.create_index(
        "ix_audit_event_object", "audit_event", ["tenant", "object_kind", "object_id"], unique=False
    )
    op.create_table(
        "audit_head",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name="pk_audit_head"),
    )
    op.create_table(
        "blob",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "sha256", name="pk_blob"),
    )
    op.create_table(
        "consumer_place",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "consumer", name="pk_consumer_place"),
    )
    op.create_table(
        "directory",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "kind", "key", name="pk_directory"),
        sa.UniqueConstraint("kind", "key", name="uq_directory_kind_key"),
    )
    op.create_table(
        "job",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("payload", DOCUMENT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.String(64), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("every", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_job"),
        sa.UniqueConstraint("tenant", "kind", "key", name="uq_job_tenant_kind_key"),
    )
    op.create_index("ix_job_state_due", "job", ["state", "due"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("xid", sa.BigInteger(), server_default=xid_default, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("type", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("data", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
    )
    op.create_table(
        "tenant",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("calendar", DOCUMENT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name="pk_tenant"),
    )
    op.create_table(
        "dataset",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("classification", sa.String(20), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("department", sa.String(100), nullable=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), nullable=False),
        sa.Column("active_number", sa.Integer(), nullable=True),
        sa.Column("contract", sa.String(64), nullable=True),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "owner"], ["account.tenant", "account.id"], name="fk_dataset_account"
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_dataset"),
        sa.UniqueConstraint("tenant", "name", name="uq_dataset_tenant_name"),
    )
    op.create_table(
        "token",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "account"], ["account.tenant", "account.id"], name="fk_token_account"
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_token"),
    )
    op.create_table(
        "contract",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "dataset"], ["dataset.tenant", "dataset.id"], name="fk_contract_dataset"
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_contract"),
    )
    op.create_table(
        "version",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(50), nullable=True),
        sa.Column("filename", sa.String(300), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("uploaded_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("malware", sa.String(20), nullable=False),
        sa.Column("threat", sa.String(100), nullable=True),
        sa.Column("contract", sa.String(64), nullable=True),
        sa.Column("contains_personal_data", sa.Boolean(), nullable=True),
        sa.Column("columns", DOCUMENT, nullable=False),
        sa.Column("table_sha256", sa.String(64), nullable=True),
        sa.Column("activated_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "dataset"], ["dataset.tenant", "dataset.id"], name="fk_version_dataset"
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "uploaded_by"], ["account.tenant", "account.id"], name="fk_version_account"
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_version"),
        sa.UniqueConstraint("tenant", "dataset", "number", name="uq_version_tenant_dataset_number"),
    )
    op.create_index(
        "ix_version_dataset_sha256", "version", ["tenant", "dataset", "sha256"], unique=False
    )
    op.create_index("ix_version_status", "version", ["tenant", "status"], unique=False)
    op.create_table(
        "approval",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("dataset", sa.String(64), nullable=False),
        sa.Column("requester", sa.String(64), nullable=False),
        sa.Column("state", DOCUMENT, nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("reason", sa.String(50), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "dataset"], ["dataset.tenant", "dataset.id"], name="fk_approval_dataset"
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "version"], ["version.tenant", "version.id"], name="fk_approval_version"
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_approval"),
        sa.UniqueConstraint("tenant", "version", name="uq_approval_tenant_version"),
    )
    op.create_index("ix_approval_stage", "approval", ["tenant", "stage"], unique=False)
    op.create_table(
        "validation_report",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "version"],
            ["version.tenant", "version.id"],
            name="fk_validation_report_version",
        ),
        sa.PrimaryKeyConstraint("tenant", "version", name="pk_validation_report"),
    )
    op.create_table(
        "view",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "version"], ["version.tenant", "version.id"], name="fk_view_version"
        ),
        sa.PrimaryKeyConstraint("tenant", "digest", name="pk_view"),
    )
    op.create_table(
        "approval_request",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("approval", sa.String(64), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "approval"],
            ["approval.tenant", "approval.id"],
            name="fk_approval_request_approval",
        ),
        sa.PrimaryKeyConstraint("tenant", "approval", "level", name="pk_approval_request"),
    )
    op.create_index(
        "ix_approval_request_state",
        "approval_request",
        ["tenant", "state", "deadline"],
        unique=False,
    )
    op.create_table(
        "vote",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("approval", sa.String(64), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("voter", sa.String(64), nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "approval"], ["approval.tenant", "approval.id"], name="fk_vote_approval"
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_vote"),
    )


def _guard_sqlite() -> None:
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _guard_postgres(role: str) -> None:
    grantee = op.get_bind().dialect.identifier_preparer.quote(role)
    op.execute(f"GRANT SELECT ON alembic_version TO {grantee}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {grantee}")
    for table in sa.inspect(op.get_bind()).get_table_names():
        if table == "alembic_version":
            continue
        rights = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f'GRANT {rights} ON "{table}" TO {grantee}')
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        own = "tenant = (SELECT current_setting('app.tenant', true))"
        across = " OR (SELECT current_setting('app.tenant', true)) = '*'" if table in SHARED else ""
        op.execute(f'CREATE POLICY tenant_only ON "{table}" USING ({own}{across})')
