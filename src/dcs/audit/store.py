"""The audit events and the head of each tenant's chain, as rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Row, String

from dcs.audit.chain import GENESIS, AuditEvent
from dcs.core.ids import TenantId
from dcs.engines.database import Document, Id, Instant, Session, tenant_table

audit_event = tenant_table(
    "audit_event",
    Column("sequence", BigInteger, nullable=False),
    Column("id", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Id),
    Column("action", String(50), nullable=False),
    Column("object_kind", String(30), nullable=False),
    Column("object_id", Id, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("reasons", Document, nullable=False),
    Column("details", Document, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_event_object", "tenant", "object_kind", "object_id"),
    key=("sequence",),
)

audit_head = tenant_table(
    "audit_head",
    Column("sequence", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    key=(),
)


def head(session: Session, *, lock: bool = False) -> tuple[int, str]:
    """Return the length and the last hash of the tenant's chain; *lock* keeps others from adding."""
    row = session.get(audit_head, lock=lock)
    if row is not None:
        return row.sequence, row.hash
    if lock and not session.insert_new(audit_head, sequence=0, hash=GENESIS):
        return head(session, lock=True)  # another process has begun the chain just now
    return 0, GENESIS


def append(session: Session, event: AuditEvent) -> None:
    """Add *event* and move the head to it."""
    session.insert(
        audit_event,
        sequence=event.sequence,
        id=event.id,
        at=event.at,
        actor=event.actor,
        action=event.action,
        object_kind=event.object_kind,
        object_id=event.object_id,
        outcome=event.outcome,
        reasons=list(event.reasons),
        details=dict(event.details),
        previous=event.previous,
        hash=event.hash,
    )
    session.change(audit_head, {}, sequence=event.sequence, hash=event.hash)


def page(session: Session, after: int, limit: int) -> Sequence[AuditEvent]:
    """Return up to *limit* events behind the sequence *after*, oldest first."""
    query = session.select(audit_event).where(audit_event.c.sequence > after)
    rows = session.all(query.order_by(audit_event.c.sequence).limit(limit))
    return [_event(row) for row in rows]


def newest(session: Session, before: int | None, limit: int) -> Sequence[AuditEvent]:
    """Return up to *limit* events older than the sequence *before*, newest first."""
    query = session.select(audit_event)
    if before is not None:
        query = query.where(audit_event.c.sequence < before)
    rows = session.all(query.order_by(audit_event.c.sequence.desc()).limit(limit))
    return [_event(row) for row in rows]


def about(session: Session, object_id: str, limit: int) -> Sequence[AuditEvent]:
    """Return up to *limit* events about one thing, oldest first."""
    query = session.select(audit_event).where(audit_event.c.object_id == object_id)
    rows = session.all(query.order_by(audit_event.c.sequence).limit(limit))
    return [_event(row) for row in rows]


def _event(row: Row[Any]) -> AuditEvent:
    return AuditEvent(
        tenant=TenantId(row.tenant),
        sequence=row.sequence,
        id=row.id,
        at=row.at,
        actor=row.actor,
        action=row.action,
        object_kind=row.object_kind,
        object_id=row.object_id,
        outcome=row.outcome,
        reasons=tuple(row.reasons),
        details=row.details,
        previous=row.previous,
        hash=row.hash,
    )
