"""Access requests as rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Integer, Row, String, Text, UniqueConstraint

from dcs.core.ids import UserId
from dcs.engines.database import Document, Id, Instant, Session, belongs_to, tenant_table
from dcs.workflow.access.models import AccessRequest, RequestState

access_request = tenant_table(
    "access_request",
    Column("id", Id, nullable=False),
    Column("dataset", Id, nullable=False),
    Column("requester", Id, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("actions", Document, nullable=False),
    Column("columns", Document),
    Column("days", Integer, nullable=False),
    Column("terms_sha256", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("pending", Boolean),  # true until it is decided, then null: one of each is allowed
    Column("question", Text),
    Column("answer", Text),
    Column("decided_by", Id),
    Column("decided_at", Instant),
    Column("reason", Text),
    Column("created_at", Instant, nullable=False),
    Column("for_group", String(100)),
    Column("extends", Id),
    UniqueConstraint("tenant", "dataset", "requester", "pending"),
    belongs_to("dataset", "dataset"),
    belongs_to("account", "requester"),
)


def add_access_request(session: Session, new: AccessRequest) -> bool:
    """Add a request; False if the same person has one for the dataset that is not decided."""
    return session.insert_new(
        access_request,
        id=new.id,
        dataset=new.dataset,
        requester=new.requester,
        purpose=new.purpose,
        actions=list(new.actions),
        columns=None if new.columns is None else list(new.columns),
        days=new.days,
        terms_sha256=new.terms_sha256,
        state=new.state.value,
        pending=True,
        created_at=new.created_at,
        for_group=new.for_group,
        extends=new.extends,
    )


def get_access_request(
    session: Session, request_id: str, *, lock: bool = False
) -> AccessRequest | None:
    """Return a request by its id; *lock* keeps others from deciding it meanwhile."""
    query = session.select(access_request, lock=lock).where(access_request.c.id == request_id)
    row = session.first(query)
    return None if row is None else _request(row)


def change_access_request(session: Session, request_id: str, **values: Any) -> None:
    """Change columns of a request's row."""
    session.update(access_request, access_request.c.id == request_id, **values)


def access_requests(session: Session, before: str | None, limit: int) -> Sequence[AccessRequest]:
    """Return requests, newest first, behind the id *before*."""
    query = session.select(access_request)
    if before is not None:
        query = query.where(access_request.c.id < before)
    rows = session.all(query.order_by(access_request.c.id.desc()).limit(limit))
    return [_request(row) for row in rows]


def _request(row: Row[Any]) -> AccessRequest:
    return AccessRequest(
        id=row.id,
        dataset=row.dataset,
        requester=UserId(row.requester),
        purpose=row.purpose,
        actions=tuple(row.actions),
        columns=None if row.columns is None else tuple(row.columns),
        days=row.days,
        terms_sha256=row.terms_sha256,
        state=RequestState(row.state),
        created_at=row.created_at,
        question=row.question,
        answer=row.answer,
        decided_by=None if row.decided_by is None else UserId(row.decided_by),
        decided_at=row.decided_at,
        reason=row.reason,
        for_group=row.for_group,
        extends=row.extends,
    )
