"""Absences as rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    Row,
)

from dcs.auth.absences.models import Absence
from dcs.auth.store import may_sign_in
from dcs.core.ids import UserId
from dcs.engines.database import Id, Instant, Session, belongs_to, tenant_table

absence = tenant_table(
    "absence",
    Column("id", Id, nullable=False),
    Column("account", Id, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("deputy", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    belongs_to("account", "account"),
    ForeignKeyConstraint(
        ["tenant", "deputy"], ["account.tenant", "account.id"], name="fk_absence_deputy"
    ),
    Index("ix_absence_account", "tenant", "account", "ends"),
    Index("ix_absence_deputy", "tenant", "deputy", "ends"),
)


def add_absence(session: Session, new: Absence) -> None:
    """Keep an absence."""
    session.insert(
        absence,
        id=new.id,
        account=new.account,
        starts=new.starts,
        ends=new.ends,
        deputy=new.deputy,
        created_at=new.created_at,
    )


def get_absence(session: Session, absence_id: str) -> Absence | None:
    """Return one absence."""
    row = session.first(session.select(absence).where(absence.c.id == absence_id))
    return None if row is None else _absence(row)


def remove_absence(session: Session, absence_id: str) -> bool:
    """Remove an absence; False if there is none."""
    return bool(session.delete(absence, absence.c.id == absence_id))


def absences_of(session: Session, account: UserId, after: datetime) -> list[Absence]:
    """Return the absences of an account that end after an instant, the earliest first."""
    return _find(session, absence.c.account == account, absence.c.ends > after)


def absences_for(session: Session, deputy: UserId, after: datetime) -> list[Absence]:
    """Return the absences in which *deputy* stands in and that end after an instant."""
    return _find(session, absence.c.deputy == deputy, absence.c.ends > after)


def standing_in_for(session: Session, deputy: UserId, at: datetime) -> list[UserId]:
    """Return for whom somebody stands in at an instant; neither of them may be disabled."""
    found = _find(session, absence.c.deputy == deputy, *_counts(session, at))
    return [each.account for each in found]


def deputies(session: Session, at: datetime) -> Mapping[UserId, UserId]:
    """Return who stands in for each person that is away at an instant; none may be disabled."""
    return {each.account: each.deputy for each in _find(session, *_counts(session, at))}


def _counts(session: Session, at: datetime) -> tuple[ColumnElement[bool], ...]:
    persons = may_sign_in(session)
    both = (absence.c.account.in_(persons), absence.c.deputy.in_(persons))
    return absence.c.starts <= at, absence.c.ends > at, *both


def _find(session: Session, *conditions: ColumnElement[bool]) -> list[Absence]:
    query = session.select(absence).where(*conditions).order_by(absence.c.starts, absence.c.id)
    return [_absence(row) for row in session.all(query)]


def _absence(row: Row[Any]) -> Absence:
    return Absence(
        id=row.id,
        account=UserId(row.account),
        starts=row.starts,
        ends=row.ends,
        deputy=UserId(row.deputy),
        created_at=row.created_at,
    )
