"""Reports, sketches and outcomes of checks as rows, masked before they get here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Double, Index, Integer, Row, String, Table, Text

from dcs.core.ids import DatasetId, VersionId
from dcs.engines.database import Document, Id, Instant, Session, belongs_to, tenant_table

validation_report = tenant_table(
    "validation_report",
    Column("version", Id, nullable=False),
    Column("document", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    belongs_to("version", "version"),
    key=("version",),
)

version_sketch = tenant_table(
    "version_sketch",
    Column("version", Id, nullable=False),
    Column("document", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    belongs_to("version", "version"),
    key=("version",),
)

check_history = tenant_table(
    "check_history",
    Column("dataset", Id, nullable=False),
    Column("version", Id, nullable=False),
    Column("number", Integer, nullable=False),
    Column("digest", String(64), nullable=False),  # of the check's id, which may be long
    Column("check_id", Text, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("observed", Double),
    Column("threshold", Double),
    Column("at", Instant, nullable=False),
    Index("ix_check_history_digest", "tenant", "dataset", "digest", "number"),
    belongs_to("dataset", "dataset"),
    belongs_to("version", "version"),
    key=("version", "digest"),
)


def keep_report(
    session: Session, version: VersionId, document: Mapping[str, Any], now: datetime
) -> None:
    """Keep a version's report; a later one replaces it."""
    _replace(session, validation_report, version, now, document=dict(document))


def get_report(session: Session, version: VersionId) -> Mapping[str, Any] | None:
    """Return a version's report document, or None before it was judged."""
    return _document(session, validation_report, version)


def keep_sketch(
    session: Session, version: VersionId, document: Mapping[str, Any], now: datetime
) -> None:
    """Keep what later versions are compared with; a later one replaces it."""
    _replace(session, version_sketch, version, now, document=dict(document))


def get_sketch(session: Session, version: VersionId) -> Mapping[str, Any] | None:
    """Return a version's sketch document, or None where none was kept."""
    return _document(session, version_sketch, version)


def keep_history(session: Session, version: VersionId, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep how each check of a version ended; those of an earlier judgement are replaced."""
    session.delete(check_history, check_history.c.version == version)
    session.insert_many(check_history, rows)


def prune_history(session: Session, dataset: DatasetId, below: int) -> int:
    """Remove the outcomes of a dataset's versions below a number; return how many."""
    return session.delete(
        check_history, check_history.c.dataset == dataset, check_history.c.number < below
    )


def history_of(
    session: Session, dataset: DatasetId, digests: Sequence[str], limit: int
) -> Sequence[Row[Any]]:
    """Return the outcomes of these checks, the newest version first."""
    query = session.select(check_history).where(
        check_history.c.dataset == dataset,
        check_history.c.digest.in_(digests),
    )
    return session.all(query.order_by(check_history.c.number.desc()).limit(limit))


def outcomes_of(session: Session, version: VersionId) -> Sequence[Row[Any]]:
    """Return how every check of a version ended."""
    return session.all(session.select(check_history).where(check_history.c.version == version))


def _replace(
    session: Session, table: Table, version: VersionId, now: datetime, **values: Any
) -> None:
    if not session.update(table, table.c.version == version, created_at=now, **values):
        session.insert(table, version=version, created_at=now, **values)


def _document(session: Session, table: Table, version: VersionId) -> Mapping[str, Any] | None:
    query = session.select(table.c.document).where(table.c.version == version)
    document: Mapping[str, Any] | None = session.scalar(query)
    return document
