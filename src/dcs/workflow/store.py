"""Approvals, their open requests and their votes as rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, Row, String, Text, UniqueConstraint, func

from dcs.engines.database import Document, Id, Instant, Session, belongs_to, tenant_table

ROWS, CLUSTER = "rows", "cluster"  # where an approval lives, from its opening to its end

approval = tenant_table(
    "approval",
    Column("id", Id, nullable=False),
    Column("version", Id, nullable=False),
    Column("dataset", Id, nullable=False),
    Column("requester", Id, nullable=False),
    Column("state", Document, nullable=False),
    Column("stage", String(20), nullable=False),
    Column("progress", Integer, nullable=False),
    Column("outcome", String(20)),
    Column("reason", String(50)),
    Column("step", Integer, nullable=False),
    Column("host", String(10), nullable=False, server_default=ROWS),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
    UniqueConstraint("tenant", "version"),
    Index("ix_approval_stage", "tenant", "stage"),
    belongs_to("version", "version"),
    belongs_to("dataset", "dataset"),
)

request = tenant_table(
    "approval_request",
    Column("approval", Id, nullable=False),
    Column("level", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("deadline", Instant, nullable=False),
    belongs_to("approval", "approval"),
    Index("ix_approval_request_state", "tenant", "state", "deadline"),
    key=("approval", "level"),
)

vote = tenant_table(
    "vote",
    Column("id", Id, nullable=False),
    Column("approval", Id, nullable=False),
    Column("level", String(10), nullable=False),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("voter", Id, nullable=False),
    Column("decision", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("masks", Document),
    Column("confirmed", Document),
    Column("at", Instant, nullable=False),
    belongs_to("approval", "approval"),
)


comment = tenant_table(
    "approval_comment",
    Column("id", Id, nullable=False),
    Column("approval", Id, nullable=False),
    Column("author", Id, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
    belongs_to("approval", "approval"),
    Index("ix_approval_comment_approval", "tenant", "approval"),
)


def add_comment(session: Session, **values: Any) -> None:
    """Add what somebody said about an approval."""
    session.insert(comment, **values)


def comments(session: Session, approval_id: str) -> Sequence[Row[Any]]:
    """Return what was said about an approval, oldest first."""
    return sorted(session.find(comment, approval=approval_id), key=_in_order)


def add_approval(session: Session, **values: Any) -> None:
    """Add an approval's row."""
    session.insert(approval, **values)


def get_approval(session: Session, approval_id: str, *, lock: bool = False) -> Row[Any] | None:
    """Return an approval by its id; *lock* keeps other events from changing it meanwhile."""
    return session.get(approval, lock=lock, id=approval_id)


def approval_of(session: Session, version: str) -> Row[Any] | None:
    """Return the approval of a version."""
    return session.get(approval, version=version)


def change_approval(session: Session, approval_id: str, **values: Any) -> None:
    """Change columns of an approval's row."""
    session.change(approval, {"id": approval_id}, **values)


def approvals(session: Session, before: datetime | None, limit: int) -> Sequence[Row[Any]]:
    """Return approvals, newest first."""
    query = session.select(approval)
    if before is not None:
        query = query.where(approval.c.created_at < before)
    return session.all(query.order_by(approval.c.created_at.desc()).limit(limit))


def open_approvals(session: Session, limit: int) -> Sequence[Row[Any]]:
    """Return the approvals that wait for a vote, the nearest deadline first."""
    query = (
        session.select(approval)
        .join(
            request,
            (request.c.tenant == approval.c.tenant) & (request.c.approval == approval.c.id),
        )
        .where(request.c.state == "open")
        .group_by(*approval.c)
        .order_by(func.min(request.c.deadline), approval.c.id)
    )
    return session.all(query.limit(limit))


def put_request(
    session: Session, approval_id: str, level: str, state: str, deadline: datetime
) -> None:
    """Open a level's request, or change it."""
    same = {"approval": approval_id, "level": level}
    if not session.change(request, same, state=state, deadline=deadline):
        session.insert(request, approval=approval_id, level=level, state=state, deadline=deadline)


def close_request(session: Session, approval_id: str, level: str, state: str) -> None:
    """Close a level's request as ``approved``, ``rejected``, ``returned`` or ``closed``."""
    session.change(request, {"approval": approval_id, "level": level}, state=state)


def requests(session: Session, approval_id: str) -> Sequence[Row[Any]]:
    """Return the requests of an approval in the order of their levels."""
    return sorted(session.find(request, approval=approval_id), key=lambda row: row.level)


def open_by_level(session: Session) -> Mapping[str, int]:
    """Count the open requests of the tenant by level."""
    query = session.select(request.c.level).where(request.c.state == "open")
    counts: dict[str, int] = {}
    for row in session.all(query):
        counts[row.level] = counts.get(row.level, 0) + 1
    return counts


def add_vote(session: Session, **values: Any) -> None:
    """Add a vote that counted."""
    session.insert(vote, **values)


def votes(session: Session, approval_id: str) -> Sequence[Row[Any]]:
    """Return the votes of an approval, oldest first."""
    return sorted(session.find(vote, approval=approval_id), key=_in_order)


def _in_order(row: Row[Any]) -> tuple[datetime, str]:
    return row.at, row.id
