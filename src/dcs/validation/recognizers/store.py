"""Documents of recognizers as rows; a revision is never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, Row, String, Text

from dcs.core.clock import rfc3339
from dcs.core.ids import UserId
from dcs.engines.database import Id, Instant, Session, tenant_table

recognizers = tenant_table(
    "recognizers",
    Column("revision", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("set_by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    key=("revision",),
)


@dataclass(frozen=True, slots=True)
class RecognizersRevision:
    """One revision of an organisation's document."""

    revision: int
    document: str
    sha256: str
    set_by: UserId
    created_at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return what is known of it, without the document."""
        return {
            "revision": self.revision,
            "sha256": self.sha256,
            "set_by": self.set_by,
            "created_at": rfc3339(self.created_at),
        }


def add_revision(session: Session, new: RecognizersRevision) -> None:
    """Keep a revision."""
    session.insert(
        recognizers,
        revision=new.revision,
        document=new.document,
        sha256=new.sha256,
        set_by=new.set_by,
        created_at=new.created_at,
    )


def newest_revision(session: Session) -> RecognizersRevision | None:
    """Return the revision that files are judged with, or None where there is none."""
    found = revisions(session, 1)
    return found[0] if found else None


def get_revision(session: Session, revision: int) -> RecognizersRevision | None:
    """Return one revision."""
    rows = session.all(session.select(recognizers).where(recognizers.c.revision == revision))
    return _revision(rows[0]) if rows else None


def revisions(session: Session, limit: int) -> Sequence[RecognizersRevision]:
    """Return the newest revisions, the newest first."""
    query = session.select(recognizers).order_by(recognizers.c.revision.desc()).limit(limit)
    return [_revision(row) for row in session.all(query)]


def _revision(row: Row[Any]) -> RecognizersRevision:
    return RecognizersRevision(
        row.revision, row.document, row.sha256, UserId(row.set_by), row.created_at
    )
