"""What is wrong with a request of one of the protocols, and which status each prescribes."""

from collections.abc import Mapping

from dcs.core.errors import DcsError, InvalidError
from dcs.ingestion import (
    ChecksumMismatchError,
    InconsistentLengthError,
    JoinedUploadError,
    OffsetMismatchError,
    UnknownChecksumError,
    UploadCompleteError,
    UploadEndedError,
)

IANA = "https://iana.org/assignments/http-problem-types#"


class MalformedUploadError(InvalidError):
    """A header of the protocol is missing or cannot be read."""

    code = "malformed_upload"


class UnsupportedVersionError(InvalidError):
    """The client speaks a version of tus that is not spoken here."""

    code = "unsupported_tus_version"


class WrongMediaTypeError(InvalidError):
    """The body is not labelled as the bytes of an upload."""

    code = "wrong_media_type"


_STATUS: Mapping[type[DcsError], int] = {
    MalformedUploadError: 400,
    UnsupportedVersionError: 412,
    WrongMediaTypeError: 415,
    UnknownChecksumError: 400,
    InconsistentLengthError: 400,
    JoinedUploadError: 403,
    OffsetMismatchError: 409,
    UploadCompleteError: 400,
    UploadEndedError: 410,
}

_TYPES: Mapping[type[DcsError], str] = {
    InconsistentLengthError: "inconsistent-upload-length",
    OffsetMismatchError: "mismatching-upload-offset",
    UploadCompleteError: "completed-upload",
}

CHECKSUM_MISMATCH = 460  # of tus, which took a number nobody else uses


def status_of(error: DcsError, *, tus: bool) -> int:
    """Return the status the protocol prescribes for an error."""
    if isinstance(error, ChecksumMismatchError):
        return CHECKSUM_MISMATCH if tus else 400
    for kind, status in _STATUS.items():
        if isinstance(error, kind):
            return status
    return 413 if getattr(error, "too_large", False) else error.status


def type_of(error: DcsError) -> str | None:
    """Return the registered problem type of an error, if it has one."""
    for kind, name in _TYPES.items():
        if isinstance(error, kind):
            return IANA + name
    return None
