"""Imports and their sources as rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Row, String, Text, UniqueConstraint

from dcs.core.ids import DatasetId, TenantId, UserId, VersionId
from dcs.engines.database import Id, Instant, Session, belongs_to, tenant_table
from dcs.ingestion.importing.models import Import, ImportState, Source

import_task = tenant_table(
    "import_task",
    Column("id", Id, nullable=False),
    Column("dataset", Id, nullable=False),
    Column("created_by", Id, nullable=False),
    Column("url", Text, nullable=False),
    Column("upload", Id),
    Column("state", String(10), nullable=False),
    Column("size", BigInteger),
    Column("validator", String(300)),
    Column("version", Id),
    Column("reason", String(50)),
    Column("submit", Boolean, nullable=False),
    Column("sensitive", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
    belongs_to("account", "created_by"),
    belongs_to("dataset", "dataset"),
)

import_source = tenant_table(
    "import_source",
    Column("id", Id, nullable=False),
    Column("address", String(1000), nullable=False),
    Column("added_by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("tenant", "address"),
    belongs_to("account", "added_by"),
)


def add_import(session: Session, new: Import) -> None:
    """Add an import."""
    session.insert(
        import_task,
        id=new.id,
        dataset=new.dataset,
        created_by=new.created_by,
        url=new.url,
        state=new.state.value,
        submit=new.submit,
        sensitive=new.sensitive,
        created_at=new.created_at,
    )


def get_import(session: Session, import_id: str) -> Import | None:
    """Return an import by its id."""
    row = session.first(session.select(import_task).where(import_task.c.id == import_id))
    return None if row is None else _import(row)


def imports_of(session: Session, user: UserId, limit: int) -> Sequence[Import]:
    """Return somebody's imports, newest first."""
    query = session.select(import_task).where(import_task.c.created_by == user)
    rows = session.all(query.order_by(import_task.c.created_at.desc()).limit(limit))
    return [_import(row) for row in rows]


def change_import(session: Session, import_id: str, **values: Any) -> None:
    """Change an import's row."""
    session.update(import_task, import_task.c.id == import_id, **values)


def add_source(session: Session, source_id: str, address: str, user: UserId, now: datetime) -> bool:
    """List a place from which people may import; False if it is listed already."""
    return session.insert_new(
        import_source, id=source_id, address=address, added_by=user, created_at=now
    )


def sources(session: Session) -> Sequence[Source]:
    """Return every listed place."""
    rows = session.all(session.select(import_source).order_by(import_source.c.address))
    return [Source(row.id, row.address, UserId(row.added_by), row.created_at) for row in rows]


def remove_source(session: Session, source_id: str) -> bool:
    """Take a place off the list; False if it was not on it."""
    return bool(session.delete(import_source, import_source.c.id == source_id))


def _import(row: Row[Any]) -> Import:
    return Import(
        id=row.id,
        tenant=TenantId(row.tenant),
        dataset=DatasetId(row.dataset),
        created_by=UserId(row.created_by),
        url=row.url,
        state=ImportState(row.state),
        submit=row.submit,
        sensitive=row.sensitive,
        created_at=row.created_at,
        upload=row.upload,
        size=row.size,
        validator=row.validator,
        version=None if row.version is None else VersionId(row.version),
        reason=row.reason,
        finished_at=row.finished_at,
    )
