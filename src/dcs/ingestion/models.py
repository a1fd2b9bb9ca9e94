"""Uploads as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dcs.catalog import Version
from dcs.core.ids import DatasetId, TenantId, UploadId, UserId, VersionId


class UploadKind(StrEnum):
    """Whether an upload is a file, a part of one, or the joining of parts."""

    WHOLE = "whole"
    PARTIAL = "partial"
    FINAL = "final"


class UploadState(StrEnum):
    """How far an upload is; only an open one takes bytes."""

    OPEN = "open"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """
    What the sender wants beside storing the bytes.

    Attributes:
        submit: Ask for approval as soon as the version is validated.
        sensitive: Ask for a second approver even where the rules do not.
    """

    submit: bool = True
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class NewUpload:
    """
    What an upload begins with.

    Attributes:
        dataset: Id or name; None only for a part.
        filename: What the sender calls the file.
        length: Bytes of the whole file, if they are known yet.
        partial: Whether this is one of several parts that are joined later.
        metadata: What the sender wrote about it, word for word, to be shown to them again.
        expected: The SHA-256 the sender has worked out; another one refuses the file.
        explicit: Whether the sender says when it is complete; otherwise it is once all
            of its length is there.
        request: What else is wanted.
    """

    dataset: str | None
    filename: str
    length: int | None = None
    partial: bool = False
    metadata: str = ""
    expected: str | None = None
    explicit: bool = False
    request: UploadRequest = UploadRequest()


@dataclass(frozen=True, slots=True)
class Upload:
    """
    A file on its way in, over as many requests as it takes.

    Attributes:
        length: Bytes of the whole file, once they are known.
        parts: The uploads that a final one joins, in their order, as its sender named them.
        expected: The SHA-256 its sender announced.
        explicit: Whether its sender says when it is complete.
        size: Bytes received, once complete.
        version: What it became, once complete.
        duplicate: Whether the dataset had exactly this content already.
        reason: Why it ended without a version; a code.
        expires_at: When an unfinished one is removed.
    """

    id: UploadId
    tenant: TenantId
    dataset: DatasetId | None
    created_by: UserId
    kind: UploadKind
    state: UploadState
    filename: str
    metadata: str
    parts: tuple[str, ...]
    length: int | None
    expected: str | None
    explicit: bool
    submit: bool
    sensitive: bool
    created_at: datetime
    expires_at: datetime
    size: int | None = None
    sha256: str | None = None
    version: VersionId | None = None
    duplicate: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """An upload and how many of its bytes are kept; *version* once it has become one."""

    upload: Upload
    offset: int
    version: Version | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is missing any more."""
        return self.upload.state is UploadState.COMPLETE
