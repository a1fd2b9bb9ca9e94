"""Approval templates as rows; a revision is never changed, so what an approval was asked by stays known."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, Row, String

from dcs.core.classification import Classification
from dcs.engines.database import Document, Id, Instant, Session, tenant_table

approval_template = tenant_table(
    "approval_template",
    Column("classification", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("document", Document),
    Column("set_by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    key=("classification", "revision"),
)


def newest_template(session: Session, classification: Classification) -> Row[Any] | None:
    """Return the last revision of a classification's template, without a document if it was taken back."""
    query = session.select(approval_template).where(
        approval_template.c.classification == classification.value
    )
    return session.first(query.order_by(approval_template.c.revision.desc()))


def add_template(
    session: Session,
    classification: Classification,
    revision: int,
    document: dict[str, Any] | None,
    set_by: str,
    now: datetime,
) -> bool:
    """Keep a revision; False if there is one of this number."""
    return session.insert_new(
        approval_template,
        classification=classification.value,
        revision=revision,
        document=document,
        set_by=set_by,
        created_at=now,
    )
