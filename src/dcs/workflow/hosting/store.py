"""What activities on a cluster have done, and the words that wait for the step they belong to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, String, Text

from dcs.engines.database import Document, Id, Instant, Session, belongs_to, tenant_table

activity_ledger = tenant_table(
    "activity_ledger",
    Column("key", String(200), nullable=False),
    Column("event", Document, nullable=False),
    Column("at", Instant, nullable=False),
    key=("key",),
)

approval_words = tenant_table(
    "approval_words",
    Column("id", Id, nullable=False),
    Column("approval", Id, nullable=False),
    Column("text", Text, nullable=False),
    belongs_to("approval", "approval"),
    Index("ix_approval_words_approval", "tenant", "approval"),
)


def add_to_ledger(session: Session, key: str, event: Mapping[str, Any], at: datetime) -> bool:
    """Note what came of the work under a key; False if that was noted before."""
    return session.insert_new(activity_ledger, key=key, event=dict(event), at=at)


def ledger_event(session: Session, key: str) -> dict[str, Any] | None:
    """Return what came of the work under a key; None if it was not done yet."""
    query = session.select(activity_ledger.c.event).where(activity_ledger.c.key == key)
    found: dict[str, Any] | None = session.scalar(query)
    return found


def add_words(session: Session, words_id: str, approval_id: str, text: str) -> None:
    """Keep what a person wrote until the step that it belongs to."""
    session.insert(approval_words, id=words_id, approval=approval_id, text=text)


def take_words(session: Session, words_id: str) -> str | None:
    """Return what a person wrote, and keep it here no longer."""
    query = session.select(approval_words.c.text).where(approval_words.c.id == words_id)
    found: str | None = session.scalar(query)
    session.delete(approval_words, approval_words.c.id == words_id)
    return found


def forget_words(session: Session, approval_id: str) -> int:
    """Remove the words that led to no step of an approval; return how many."""
    return session.delete(approval_words, approval_words.c.approval == approval_id)
