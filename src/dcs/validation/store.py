"""Validation reports as rows: one document a version, masked before it gets here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column

from dcs.core.ids import VersionId
from dcs.engines.database import Document, Id, Instant, Session, belongs_to, tenant_table

validation_report = tenant_table(
    "validation_report",
    Column("version", Id, nullable=False),
    Column("document", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    belongs_to("version", "version"),
    key=("version",),
)


def keep_report(
    session: Session, version: VersionId, document: Mapping[str, Any], now: datetime
) -> None:
    """Keep a version's report; a later one replaces it."""
    same = validation_report.c.version == version
    if not session.update(validation_report, same, document=dict(document), created_at=now):
        session.insert(validation_report, version=version, document=dict(document), created_at=now)


def get_report(session: Session, version: VersionId) -> Mapping[str, Any] | None:
    """Return a version's report document, or None before it was judged."""
    query = session.select(validation_report.c.document)
    document: Mapping[str, Any] | None = session.scalar(
        query.where(validation_report.c.version == version)
    )
    return document
