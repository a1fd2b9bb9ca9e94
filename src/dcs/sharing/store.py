"""Which materialised views exist: one masked table for each distinct way of seeing a version."""

from datetime import datetime

from sqlalchemy import Column, String

from dcs.core.ids import VersionId
from dcs.engines.database import Id, Instant, Session, belongs_to, tenant_table

view = tenant_table(
    "view",
    Column("digest", String(64), nullable=False),
    Column("version", Id, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    belongs_to("version", "version"),
    key=("digest",),
)


def get_view(session: Session, digest: str) -> str | None:
    """Return the object that holds a view, or None if it was not made yet."""
    found: str | None = session.scalar(session.select(view.c.sha256).where(view.c.digest == digest))
    return found


def keep_view(
    session: Session, digest: str, version: VersionId, sha256: str, now: datetime
) -> None:
    """Remember which object holds a view; two that made the same one at once agree."""
    session.insert_new(view, digest=digest, version=version, sha256=sha256, created_at=now)
