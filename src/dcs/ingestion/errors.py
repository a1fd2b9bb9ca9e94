"""What can go wrong while a file is received."""

from dcs.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    LimitError,
    NotFoundError,
    UnavailableError,
)


class EmptyFileError(InvalidError):
    """The file has no bytes."""

    code = "empty_file"


class ReceivingStoppedError(UnavailableError):
    """The sender went away before the last byte; nothing was kept."""

    code = "receiving_stopped"


class SenderIdleError(UnavailableError):
    """The sender said nothing for too long; what it had sent is kept."""

    code = "sender_idle"


class TurnEndedError(ConflictError):
    """A newer request for the same upload has ended this one."""

    code = "upload_taken_over"


class UploadNotFoundError(NotFoundError):
    """There is no such upload, or it is somebody else's."""

    code = "upload_not_found"


class UploadEndedError(NotFoundError):
    """The upload was cancelled, has expired or failed; begin a new one."""

    code = "upload_ended"


class UploadCompleteError(ConflictError):
    """The upload is complete and cannot be changed."""

    code = "upload_completed"


class OffsetMismatchError(ConflictError):
    """The bytes do not begin where the upload ends."""

    code = "offset_mismatch"

    def __init__(self, expected: int, provided: int) -> None:
        super().__init__(f"The upload goes on at byte {expected:,}, not at {provided:,}.")
        self.expected = expected
        self.provided = provided


class InconsistentLengthError(InvalidError):
    """Two statements about the length of an upload contradict each other."""

    code = "inconsistent_length"


class LengthExceededError(InconsistentLengthError):
    """More bytes came than the length allows; the upload is over."""

    code = "length_exceeded"


class ChecksumMismatchError(InvalidError):
    """The bytes of a request are not those its sender hashed; they were not kept."""

    code = "checksum_mismatch"


class DigestMismatchError(InvalidError):
    """The whole file is not the one its sender hashed; it was not kept."""

    code = "digest_mismatch"


class PartsNotReadyError(InvalidError):
    """An upload cannot be joined from these parts."""

    code = "parts_not_ready"


class JoinedUploadError(ForbiddenError):
    """An upload that joins parts takes no bytes of its own."""

    code = "upload_is_joined"


class TooManyUploadsError(LimitError):
    """Somebody has more unfinished uploads than allowed."""

    code = "too_many_uploads"


class StorageFullError(LimitError):
    """The tenant keeps as much as it may."""

    code = "storage_full"
