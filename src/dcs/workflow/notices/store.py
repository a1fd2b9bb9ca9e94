"""Notices, the letters they go into, and the words tenants chose, as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, Row, String, Text, UniqueConstraint

from dcs.core.ids import UserId
from dcs.engines.database import Document, Id, Instant, Session, tenant_table
from dcs.workflow.notices.models import About, AboutKind, Notice, NoticeKind

notice = tenant_table(
    "notice",
    Column("recipient", Id, nullable=False),
    Column("id", Id, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("about_kind", String(20), nullable=False),
    Column("about_id", Id, nullable=False),
    Column("data", Document, nullable=False),
    Column("key", String(200), nullable=False),
    Column("letter", Integer),
    Column("created_at", Instant, nullable=False),
    Column("read_at", Instant),
    Column("mailed_at", Instant),
    UniqueConstraint("tenant", "key", "recipient"),
    Index("ix_notice_unread", "tenant", "recipient", "read_at"),
    Index("ix_notice_letter", "tenant", "recipient", "letter"),
    Index("ix_notice_about", "tenant", "about_id"),
    key=("recipient", "id"),
)

letter = tenant_table(
    "notice_letter",
    Column("recipient", Id, nullable=False),
    Column("number", Integer, nullable=False),
    Column("due", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("outcome", String(20)),
    key=("recipient", "number"),
)

template = tenant_table(
    "notice_template",
    Column("kind", String(30), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("set_by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    key=("kind",),
)


@dataclass(frozen=True, slots=True)
class TemplateRevision:
    """The words a tenant chose for a kind of notice."""

    kind: NoticeKind
    revision: int
    subject: str
    body: str
    set_by: UserId
    created_at: datetime


def add_notice(session: Session, new: Notice, key: str) -> bool:
    """Add a notice, unless its recipient was told the same already."""
    return session.insert_new(
        notice,
        id=new.id,
        recipient=new.recipient,
        kind=new.kind.value,
        about_kind=new.about.kind.value,
        about_id=new.about.id,
        data=dict(new.data),
        key=key,
        created_at=new.created_at,
    )


def notices(
    session: Session, recipient: UserId, unread: bool, before: str | None, limit: int
) -> Sequence[Notice]:
    """Return somebody's notices, newest first, older than the one of the id *before*."""
    query = session.select(notice).where(notice.c.recipient == recipient)
    if unread:
        query = query.where(notice.c.read_at.is_(None))
    if before is not None:
        query = query.where(notice.c.id < before)
    return [_notice(row) for row in session.all(query.order_by(notice.c.id.desc()).limit(limit))]


def told(session: Session, kind: NoticeKind, about: About) -> set[UserId]:
    """Return the recipients of the notices of a kind about one thing."""
    same = {"about_id": about.id, "about_kind": about.kind.value, "kind": kind.value}
    return {UserId(row.recipient) for row in session.find(notice, **same)}


def get_notice(session: Session, recipient: UserId, notice_id: str) -> Notice | None:
    """Return one of somebody's notices."""
    same = (notice.c.recipient == recipient, notice.c.id == notice_id)
    row = session.first(session.select(notice).where(*same))
    return None if row is None else _notice(row)


def count_unread(session: Session, recipient: UserId, limit: int) -> int:
    """Return how many notices somebody has not read; no more than *limit* are counted."""
    unread = (notice.c.recipient == recipient, notice.c.read_at.is_(None))
    return len(session.all(session.select(notice.c.id).where(*unread).limit(limit)))


def mark_read(session: Session, recipient: UserId, now: datetime, notice_id: str | None) -> int:
    """Note that somebody has read a notice, or all of them; those already read stay as they are."""
    which = [notice.c.recipient == recipient, notice.c.read_at.is_(None)]
    if notice_id is not None:
        which.append(notice.c.id == notice_id)
    return session.update(notice, *which, read_at=now)


def newest_letter(session: Session, recipient: UserId) -> Row[Any] | None:
    """Return the letter that was begun last; nobody closes it before this unit of work ends."""
    query = session.select(letter, lock=True).where(letter.c.recipient == recipient)
    return session.first(query.order_by(letter.c.number.desc()))


def add_letter(session: Session, recipient: UserId, number: int, due: datetime) -> bool:
    """Begin a letter, unless another process has just begun the one of this number."""
    return session.insert_new(letter, recipient=recipient, number=number, due=due)


def put_into_letter(session: Session, recipient: UserId, notice_id: str, number: int) -> None:
    """Let a notice go into a letter that is open."""
    same = (notice.c.recipient == recipient, notice.c.id == notice_id)
    session.update(notice, *same, letter=number)


def close_letter(session: Session, recipient: UserId, number: int, now: datetime) -> bool:
    """Let no further notice into a letter; once it is closed its content stays the same."""
    same = (letter.c.recipient == recipient, letter.c.number == number)
    return bool(session.update(letter, *same, letter.c.closed_at.is_(None), closed_at=now))


def letter_notices(session: Session, recipient: UserId, number: int) -> Sequence[Notice]:
    """Return the notices that go into a letter, oldest first."""
    same = (notice.c.recipient == recipient, notice.c.letter == number)
    return [_notice(row) for row in session.all(session.select(notice).where(*same).order_by(notice.c.id))]  # fmt: skip


def end_letter(session: Session, recipient: UserId, number: int, outcome: str) -> None:
    """Note what became of a letter."""
    same = (letter.c.recipient == recipient, letter.c.number == number)
    session.update(letter, *same, outcome=outcome)


def mark_mailed(session: Session, recipient: UserId, number: int, now: datetime) -> int:
    """Note that a letter with its notices was handed over."""
    same = (notice.c.recipient == recipient, notice.c.letter == number)
    return session.update(notice, *same, mailed_at=now)


def keep_template(session: Session, new: TemplateRevision) -> bool:
    """Keep the words of a kind, unless somebody else has just kept this revision."""
    values = {
        "revision": new.revision,
        "subject": new.subject,
        "body": new.body,
        "set_by": new.set_by,
        "created_at": new.created_at,
    }
    if new.revision == 1:
        return session.insert_new(template, kind=new.kind.value, **values)
    before = (template.c.kind == new.kind.value, template.c.revision == new.revision - 1)
    return bool(session.update(template, *before, **values))


def get_template(session: Session, kind: str) -> TemplateRevision | None:
    """Return the words of a kind, or None where the tenant chose none."""
    row = session.first(session.select(template).where(template.c.kind == kind))
    return None if row is None else _template(row)


def templates(session: Session) -> dict[NoticeKind, TemplateRevision]:
    """Return the words of every kind for which the tenant chose some."""
    return {NoticeKind(row.kind): _template(row) for row in session.all(session.select(template))}


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        id=row.id,
        recipient=UserId(row.recipient),
        kind=NoticeKind(row.kind),
        about=About(AboutKind(row.about_kind), row.about_id),
        data=row.data,
        created_at=row.created_at,
        read_at=row.read_at,
        mailed_at=row.mailed_at,
    )


def _template(row: Row[Any]) -> TemplateRevision:
    return TemplateRevision(
        NoticeKind(row.kind),
        row.revision,
        row.subject,
        row.body,
        UserId(row.set_by),
        row.created_at,
    )
