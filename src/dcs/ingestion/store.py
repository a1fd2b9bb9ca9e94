"""Uploads as rows: everything that is known of one, except its bytes and their number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Row,
    String,
    Text,
    and_,
    or_,
)

from dcs.core.ids import DatasetId, TenantId, UploadId, UserId, VersionId
from dcs.engines.database import Document, Id, Instant, Session, belongs_to, tenant_table
from dcs.ingestion.models import Upload, UploadKind, UploadState

upload = tenant_table(
    "upload",
    Column("id", Id, nullable=False),
    Column("dataset", Id),
    Column("created_by", Id, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("filename", String(300), nullable=False),
    Column("metadata", Text, nullable=False),
    Column("parts", Document, nullable=False),
    Column("length", BigInteger),
    Column("expected", String(64)),
    Column("explicit", Boolean, nullable=False),
    Column("submit", Boolean, nullable=False),
    Column("sensitive", Boolean, nullable=False),
    Column("size", BigInteger),
    Column("sha256", String(64)),
    Column("version", Id),
    Column("duplicate", Boolean, nullable=False),
    Column("reason", String(50)),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_upload_state", "tenant", "state", "created_by"),
    belongs_to("account", "created_by"),
    belongs_to("dataset", "dataset"),
)


def add_upload(session: Session, new: Upload) -> None:
    """Add an upload."""
    session.insert(
        upload,
        id=new.id,
        dataset=new.dataset,
        created_by=new.created_by,
        kind=new.kind.value,
        state=new.state.value,
        filename=new.filename,
        metadata=new.metadata,
        parts=list(new.parts),
        length=new.length,
        expected=new.expected,
        explicit=new.explicit,
        submit=new.submit,
        sensitive=new.sensitive,
        duplicate=False,
        created_at=new.created_at,
        expires_at=new.expires_at,
    )


def get_upload(session: Session, upload_id: str, *, lock: bool = False) -> Upload | None:
    """Return an upload by its id."""
    row = session.first(session.select(upload, lock=lock).where(upload.c.id == upload_id))
    return None if row is None else _upload(row)


def kept_uploads(session: Session) -> set[str]:
    """Return the ids of the uploads whose bytes must be kept: unfinished ones and parts."""
    kept = or_(upload.c.state == UploadState.OPEN.value, _is_part())
    query = session.select(upload.c.id).where(kept)
    return {row.id for row in session.all(query)}


def uploads_of(session: Session, user: UserId, limit: int) -> Sequence[Upload]:
    """Return somebody's unfinished uploads, newest first."""
    query = session.select(upload).where(
        upload.c.state == UploadState.OPEN.value, upload.c.created_by == user
    )
    rows = session.all(query.order_by(upload.c.created_at.desc()).limit(limit))
    return [_upload(row) for row in rows]


def change_upload(session: Session, upload_id: str, **values: Any) -> bool:
    """Change an unfinished upload; False if it has ended meanwhile."""
    still_open = upload.c.state == UploadState.OPEN.value
    return bool(session.update(upload, upload.c.id == upload_id, still_open, **values))


def end_upload(session: Session, upload_id: str, state: UploadState, reason: str | None) -> bool:
    """End an unfinished upload, or a part; False if it has ended or become a version already."""
    kept = or_(upload.c.state == UploadState.OPEN.value, _is_part())
    values = {"state": state.value, "reason": reason}
    return bool(session.update(upload, upload.c.id == upload_id, kept, **values))


def dismiss_upload(session: Session, upload_id: str) -> bool:
    """End an upload that has become a version, which stays; False if it is no such upload."""
    became = upload.c.version.is_not(None)
    values = {"state": UploadState.CANCELLED.value, "reason": "dismissed"}
    return bool(session.update(upload, upload.c.id == upload_id, became, **values))


def complete_upload(
    session: Session,
    upload_id: str,
    *,
    size: int,
    sha256: str,
    version: VersionId | None,
    duplicate: bool,
) -> bool:
    """Say what an upload has become; False if it has ended already."""
    return change_upload(
        session,
        upload_id,
        state=UploadState.COMPLETE.value,
        size=size,
        sha256=sha256,
        version=version,
        duplicate=duplicate,
    )


def expire_part(session: Session, upload_id: str, at: datetime) -> bool:
    """Let a complete part go earlier, now that it was joined."""
    return bool(session.update(upload, upload.c.id == upload_id, _is_part(), expires_at=at))


def touch_upload(session: Session, upload_id: str, expires: datetime) -> bool:
    """Let an unfinished upload live longer."""
    return change_upload(session, upload_id, expires_at=expires)


def _is_part() -> ColumnElement[bool]:
    """Complete parts keep their bytes until they are joined."""
    complete = upload.c.state == UploadState.COMPLETE.value
    return and_(complete, upload.c.kind == UploadKind.PARTIAL.value)


def _upload(row: Row[Any]) -> Upload:
    return Upload(
        id=UploadId(row.id),
        tenant=TenantId(row.tenant),
        dataset=None if row.dataset is None else DatasetId(row.dataset),
        created_by=UserId(row.created_by),
        kind=UploadKind(row.kind),
        state=UploadState(row.state),
        filename=row.filename,
        metadata=row.metadata,
        parts=tuple(row.parts),
        length=row.length,
        expected=row.expected,
        explicit=row.explicit,
        submit=row.submit,
        sensitive=row.sensitive,
        size=row.size,
        sha256=row.sha256,
        version=None if row.version is None else VersionId(row.version),
        duplicate=row.duplicate,
        reason=row.reason,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
