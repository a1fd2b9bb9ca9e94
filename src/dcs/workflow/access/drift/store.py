"""Drift of grants, and how far the check of them has come, as rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Integer, Row, String

from dcs.core.ids import UserId
from dcs.engines.database import Document, Id, Instant, Session, belongs_to, tenant_table
from dcs.policy import CHANNELS, Channel
from dcs.workflow.access.drift.models import Check, Drift

grant_drift = tenant_table(
    "grant_drift",
    Column("grant", Id, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("account", Id, nullable=False),
    Column("action", String(40), nullable=False),
    Column("expected", Boolean, nullable=False),
    Column("actual", Boolean, nullable=False),
    Column("reasons", Document, nullable=False),
    Column("at", Instant, nullable=False),
    Column("run", Integer, nullable=False),
    belongs_to("access_grant", "grant"),
    key=("grant", "channel", "account"),
)

grant_check = tenant_table(
    "grant_check",
    Column("run", Integer, nullable=False),
    Column("after", Id, nullable=False),
    Column("checked", Integer, nullable=False),
    Column("drifted", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    key=(),
)


def drift_of_grants(session: Session, grant_ids: Sequence[str]) -> Sequence[Drift]:
    """Return the drift of some grants, by grant, account and channel."""
    query = session.select(grant_drift).where(grant_drift.c.grant.in_(grant_ids))
    order = (grant_drift.c.grant, grant_drift.c.account, grant_drift.c.channel)
    return [_drift(row) for row in session.all(query.order_by(*order))]


def drifted_grants(session: Session, before: str | None, limit: int) -> Sequence[str]:
    """Return the ids of grants with drift, newest first, behind the id *before*."""
    query = session.select(grant_drift.c.grant).distinct()
    if before is not None:
        query = query.where(grant_drift.c.grant < before)
    rows = session.all(query.order_by(grant_drift.c.grant.desc()).limit(limit))
    return [row.grant for row in rows]


def replace_drift(session: Session, grant_id: str, found: Sequence[Drift], run: int) -> None:
    """Keep what was found of a grant in place of what was found before."""
    session.delete(grant_drift, grant_drift.c.grant == grant_id)
    rows = [
        {
            "grant": each.grant,
            "channel": each.channel.value,
            "account": each.account,
            "action": CHANNELS[each.channel].value,
            "expected": each.expected,
            "actual": each.actual,
            "reasons": list(each.reasons),
            "at": each.at,
            "run": run,
        }
        for each in found
    ]
    session.insert_many(grant_drift, rows)


def forget_drift(session: Session, run: int) -> int:
    """Remove what earlier runs found of grants that *run* did not look at any more."""
    return session.delete(grant_drift, grant_drift.c.run < run)


def get_check(session: Session, *, lock: bool = False) -> Check | None:
    """Return the newest run; *lock* keeps others from moving it meanwhile."""
    row = session.first(session.select(grant_check, lock=lock))
    if row is None:
        return None
    return Check(row.run, row.started_at, row.after, row.checked, row.drifted, row.finished_at)


def keep_check(session: Session, check: Check) -> None:
    """Keep how far the newest run has come."""
    values = {
        "run": check.run,
        "after": check.after,
        "checked": check.checked,
        "drifted": check.drifted,
        "started_at": check.started_at,
        "finished_at": check.finished_at,
    }
    if not session.insert_new(grant_check, **values):
        session.update(grant_check, **values)


def _drift(row: Row[Any]) -> Drift:
    return Drift(
        grant=row.grant,
        channel=Channel(row.channel),
        account=UserId(row.account),
        expected=row.expected,
        actual=row.actual,
        reasons=tuple(row.reasons),
        at=row.at,
    )
