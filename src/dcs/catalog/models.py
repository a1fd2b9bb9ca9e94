"""Datasets, versions and contracts as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from dcs.core.classification import Classification
from dcs.core.clock import rfc3339
from dcs.core.ids import DatasetId, TenantId, UserId, VersionId

LONGEST_RETENTION = 36_500  # days: a hundred years


class Status(StrEnum):
    """Where a version is in its life."""

    RECEIVING = "receiving"
    INSPECTING = "inspecting"
    VALIDATING = "validating"
    VALIDATED = "validated"
    CHECKING = "checking"
    AWAITING_APPROVAL = "awaiting_approval"
    ACTIVATING = "activating"
    ACTIVE = "active"
    QUARANTINED = "quarantined"
    RETURNED = "returned"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def waits_for_machinery(self) -> bool:
        """Whether the next step is the product's own."""
        return self in _MACHINERY

    @property
    def has_ended(self) -> bool:
        """Whether nothing further will happen by itself or by a vote."""
        return self in _ENDED


_MACHINERY = frozenset(
    {Status.RECEIVING, Status.INSPECTING, Status.VALIDATING, Status.CHECKING, Status.ACTIVATING}
)
_ENDED = frozenset({Status.ACTIVE, Status.REJECTED, Status.CANCELLED, Status.FAILED})


@dataclass(frozen=True, slots=True)
class NewDataset:
    """What a dataset begins with; the owner is whoever adds it."""

    name: str
    classification: Classification = Classification.INTERNAL
    description: str = ""
    department: str | None = None
    purpose: str = ""
    retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """
    A named series of versions.

    Attributes:
        retention_days: How long a version is to be kept once it is no longer active; None for
            as long as the tenant says. Nothing is removed by it.
        legal_hold: While true nothing of the dataset may be changed or removed.
        purpose: What its data may be used for.
        active_number: The version others read, if any.
        contract: The data contract its next version is judged by, if any.
    """

    id: DatasetId
    tenant: TenantId
    name: str
    classification: Classification
    description: str
    department: str | None
    owner: UserId
    purpose: str
    retention_days: int | None
    legal_hold: bool
    active_number: int | None
    contract: str | None
    created_at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return the dataset as the API shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "classification": self.classification.value,
            "description": self.description,
            "department": self.department,
            "owner": self.owner,
            "purpose": self.purpose,
            "retention_days": self.retention_days,
            "legal_hold": self.legal_hold,
            "active_version": self.active_number,
            "contract": self.contract,
            "created_at": rfc3339(self.created_at),
        }


@dataclass(frozen=True, slots=True)
class StoredContract:
    """A data contract as it was given, and the dataset it belongs to."""

    id: str
    dataset: DatasetId
    sha256: str
    document: str
    created_at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return what is said of the contract beside its document."""
        return {
            "id": self.id,
            "dataset": self.dataset,
            "sha256": self.sha256,
            "created_at": rfc3339(self.created_at),
        }


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column of a version.

    Attributes:
        type: ``integer``, ``number``, ``boolean``, ``date``, ``timestamp`` or ``text``.
        tags: Kinds of personal data found in it; empty if none.
        method: How it is masked where its tags are not clear.
        masked: Nobody sees it as it is, because somebody approved the version only so.
    """

    name: str
    type: str
    tags: tuple[str, ...] = ()
    method: str = "redact"
    masked: bool = False

    @property
    def mask(self) -> tuple[str, tuple[str, ...], str, bool]:
        """What decides on how it is shown: name, tags, method, and whether it is masked for all."""
        return self.name, self.tags, self.method, self.masked

    def to_json(self) -> dict[str, Any]:
        """Return the column as it is stored and shown."""
        return {
            "name": self.name,
            "type": self.type,
            "tags": list(self.tags),
            "method": self.method,
            "masked": self.masked,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Column":
        """Read a stored column."""
        masked = data.get("masked", False)
        return cls(data["name"], data["type"], tuple(data["tags"]), data["method"], masked)


class ProblemSeverity(StrEnum):
    """What a problem means for its file."""

    HOSTILE = "hostile"
    """The file waits in quarantine; nobody opens it."""
    MISMATCH = "mismatch"
    """It is only named: the strict reader refuses the file, with a report."""


@dataclass(frozen=True, slots=True)
class Problem:
    """
    Something an inspection found about a file that speaks against it.

    Attributes:
        code: A stable name, for example ``polyglot``.
        detail: What it is, without any of the content.
        offset: Where in the decoded bytes, if that is known.
    """

    code: str
    detail: str
    offset: int | None = None
    severity: ProblemSeverity = ProblemSeverity.HOSTILE

    def to_json(self) -> dict[str, Any]:
        """Return the problem as it is stored and shown."""
        return {
            "code": self.code,
            "detail": self.detail,
            "offset": self.offset,
            "severity": self.severity.value,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Problem":
        """Read a stored problem."""
        severity = ProblemSeverity(data["severity"])
        return cls(data["code"], data["detail"], data["offset"], severity)


@dataclass(frozen=True, slots=True)
class Version:
    """
    One immutable state of a dataset.

    Attributes:
        sha256: The hash of the received file; its object is kept under this name.
        malware: ``unscanned``, ``clean``, ``infected``, ``too_large`` or ``error``.
        threat: The name of the malware.
        problems: What else the inspection found.
        scanned_with: The rules and signatures of the last scan.
        released_by: Who let it out of quarantine.
        contains_personal_data: None until it is known, which counts as true.
        columns: Names, types and tags, once validated.
        table_sha256: The object with the same rows as Parquet, once validated.
    """

    id: VersionId
    tenant: TenantId
    dataset: DatasetId
    number: int
    status: Status
    stage: str
    progress: int
    reason: str | None
    filename: str
    bytes: int
    sha256: str
    uploaded_by: UserId
    created_at: datetime
    rows: int | None = None
    malware: str = "unscanned"
    threat: str | None = None
    contract: str | None = None
    contains_personal_data: bool | None = None
    columns: tuple[Column, ...] = field(default_factory=tuple)
    table_sha256: str | None = None
    activated_at: datetime | None = None
    problems: tuple[Problem, ...] = ()
    scanned_with: str | None = None
    scanned_at: datetime | None = None
    released_by: UserId | None = None
    released_at: datetime | None = None
    release_reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the version as the API shows it."""
        return {
            "id": self.id,
            "dataset": self.dataset,
            "number": self.number,
            "status": self.status.value,
            "stage": self.stage,
            "progress": self.progress,
            "reason": self.reason,
            "filename": self.filename,
            "bytes": self.bytes,
            "rows": self.rows,
            "sha256": self.sha256,
            "malware": self.malware,
            "threat": self.threat,
            "problems": [problem.to_json() for problem in self.problems],
            "released_at": None if self.released_at is None else rfc3339(self.released_at),
            "contract": self.contract,
            "contains_personal_data": self.contains_personal_data,
            "columns": [column.to_json() for column in self.columns],
            "created_at": rfc3339(self.created_at),
            "activated_at": None if self.activated_at is None else rfc3339(self.activated_at),
        }
