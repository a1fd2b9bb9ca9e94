"""Grants as rows; one that has ended stays, since the record speaks of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Row, String, Text, UniqueConstraint, and_, or_

from dcs.core.ids import TenantId, UserId
from dcs.engines.database import Document, Id, Instant, Session, belongs_to, tenant_table
from dcs.policy.grants.models import Grant, Grantee, GranteeKind

access_grant = tenant_table(
    "access_grant",
    Column("id", Id, nullable=False),
    Column("dataset", Id, nullable=False),
    Column("grantee_kind", String(10), nullable=False),
    Column("grantee", String(100), nullable=False),
    Column("actions", Document, nullable=False),
    Column("columns", Document),
    Column("request", Id),
    Column("given_by", Id, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("revoked_by", Id),
    Column("revoke_reason", Text),
    Column("ended_at", Instant),
    UniqueConstraint("tenant", "request"),
    Index("ix_access_grant_grantee", "tenant", "dataset", "grantee"),
    belongs_to("dataset", "dataset"),
)


def add_grant(session: Session, new: Grant) -> None:
    """Add a grant; decisions count it as soon as this commits."""
    session.insert(
        access_grant,
        id=new.id,
        dataset=new.dataset,
        grantee_kind=new.grantee.kind.value,
        grantee=new.grantee.id,
        actions=list(new.actions),
        columns=None if new.columns is None else list(new.columns),
        request=new.request,
        given_by=new.given_by,
        given_at=new.given_at,
        expires_at=new.expires_at,
    )


def get_grant(session: Session, grant_id: str, *, lock: bool = False) -> Grant | None:
    """Return a grant by its id; *lock* keeps others from changing it meanwhile."""
    query = session.select(access_grant, lock=lock).where(access_grant.c.id == grant_id)
    row = session.first(query)
    return None if row is None else _grant(row)


def grants_naming(
    session: Session, dataset_id: str, user: str, groups: Sequence[str] = ()
) -> Sequence[Grant]:
    """Return the grants of a dataset for one account or its groups, except revoked ones."""
    query = session.select(access_grant).where(
        access_grant.c.dataset == dataset_id,
        access_grant.c.revoked_at.is_(None),
        access_grant.c.ended_at.is_(None),
        or_(_names(GranteeKind.USER, [user]), _names(GranteeKind.GROUP, groups)),
    )
    return [_grant(row) for row in session.all(query.order_by(access_grant.c.id))]


def grants(session: Session, before: str | None, limit: int) -> Sequence[Grant]:
    """Return the tenant's grants, newest first, behind the id *before*."""
    query = session.select(access_grant)
    if before is not None:
        query = query.where(access_grant.c.id < before)
    return [
        _grant(row) for row in session.all(query.order_by(access_grant.c.id.desc()).limit(limit))
    ]


def grants_from(session: Session, after: str, ended_since: datetime, limit: int) -> Sequence[Grant]:
    """Return grants behind the id *after*, oldest first, but for those that ended long ago."""
    given = access_grant.c
    recent = or_(
        and_(given.revoked_at.is_(None), given.expires_at > ended_since),
        given.revoked_at > ended_since,
        and_(given.revoked_at.is_(None), given.ended_at.is_(None)),
    )
    query = session.select(access_grant).where(given.id > after, recent)
    return [_grant(row) for row in session.all(query.order_by(given.id).limit(limit))]


def extend_grant(session: Session, grant_id: str, expires: datetime) -> None:
    """Let a grant end at another time."""
    session.update(access_grant, access_grant.c.id == grant_id, expires_at=expires)


def revoke_grant(session: Session, grant_id: str, by: UserId, reason: str, now: datetime) -> bool:
    """Take a grant back; False if it was before."""
    same = (access_grant.c.id == grant_id, access_grant.c.revoked_at.is_(None))
    return bool(
        session.update(access_grant, *same, revoked_at=now, revoked_by=by, revoke_reason=reason)
    )


def end_grant(session: Session, grant_id: str, now: datetime) -> bool:
    """Note that a grant's time is over; False if that was noted, or it was taken back."""
    same = (
        access_grant.c.id == grant_id,
        access_grant.c.revoked_at.is_(None),
        access_grant.c.ended_at.is_(None),
    )
    return bool(session.update(access_grant, *same, ended_at=now))


def _names(kind: GranteeKind, ids: Sequence[str]) -> Any:
    return and_(access_grant.c.grantee_kind == kind.value, access_grant.c.grantee.in_(ids))


def _grant(row: Row[Any]) -> Grant:
    return Grant(
        id=row.id,
        tenant=TenantId(row.tenant),
        dataset=row.dataset,
        grantee=Grantee(GranteeKind(row.grantee_kind), row.grantee),
        actions=tuple(row.actions),
        columns=None if row.columns is None else tuple(row.columns),
        request=row.request,
        given_by=UserId(row.given_by),
        given_at=row.given_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        revoked_by=None if row.revoked_by is None else UserId(row.revoked_by),
        revoke_reason=row.revoke_reason,
        ended_at=row.ended_at,
    )
