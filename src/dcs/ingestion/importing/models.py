"""Imports as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from dcs.core.ids import DatasetId, TenantId, UserId, VersionId


class ImportState(StrEnum):
    """How far an import is."""

    WAITING = "waiting"
    FETCHING = "fetching"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Import:
    """
    A file the server fetches itself.

    Attributes:
        url: Where it is; may carry a secret, so only its host is ever shown.
        upload: The upload its bytes go to.
        size: Bytes of the whole file, where its server says so.
        validator: What tells whether the file has changed there meanwhile.
        version: What it became.
        reason: Why it failed; a code.
    """

    id: str
    tenant: TenantId
    dataset: DatasetId
    created_by: UserId
    url: str
    state: ImportState
    submit: bool
    sensitive: bool
    created_at: datetime
    upload: str | None = None
    size: int | None = None
    validator: str | None = None
    version: VersionId | None = None
    reason: str | None = None
    finished_at: datetime | None = None

    @property
    def host(self) -> str:
        """Where the file comes from, as people may see it."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class Source:
    """A place, as ``s3://bucket/prefix``, from which an admin lets people import."""

    id: str
    address: str
    added_by: UserId
    created_at: datetime

    def holds(self, url: str) -> bool:
        """Say whether *url* lies within this place."""
        return url == self.address or url.startswith(self.address.rstrip("/") + "/")
