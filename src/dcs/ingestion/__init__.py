"""Receive: stream, hash, de-duplicate, inspect and store."""

from typing import TYPE_CHECKING

from dcs.core.doors import opens
from dcs.ingestion.checksums import ALGORITHMS, Checksum, UnknownChecksumError
from dcs.ingestion.errors import (
    ChecksumMismatchError,
    EmptyFileError,
    InconsistentLengthError,
    JoinedUploadError,
    OffsetMismatchError,
    ReceivingStoppedError,
    UploadCompleteError,
    UploadEndedError,
)
from dcs.ingestion.filenames import (
    CHOSEN,
    FORMATS,
    SUPPORTED,
    UnsupportedFormatError,
    format_of,
    safe_filename,
    supported_extension,
)
from dcs.ingestion.inspection import Inspection, inspect_file

if TYPE_CHECKING:
    from dcs.ingestion.chunks import Chunks
    from dcs.ingestion.completion import Completion
    from dcs.ingestion.expiry import EXPIRE, Expiry
    from dcs.ingestion.gate import Bounds, Gate
    from dcs.ingestion.importing import IMPORT, Import, Imports, ImportState, Source
    from dcs.ingestion.inspector import Inspector
    from dcs.ingestion.models import (
        NewUpload,
        Progress,
        Upload,
        UploadKind,
        UploadRequest,
        UploadState,
    )
    from dcs.ingestion.service import Opening, Received, Receiver
    from dcs.ingestion.turns import Turns
    from dcs.ingestion.uploads import Uploads

__all__ = [
    "ALGORITHMS",
    "CHOSEN",
    "EXPIRE",
    "FORMATS",
    "IMPORT",
    "SUPPORTED",
    "Bounds",
    "Checksum",
    "ChecksumMismatchError",
    "Chunks",
    "Completion",
    "EmptyFileError",
    "Expiry",
    "Gate",
    "Import",
    "ImportState",
    "Imports",
    "InconsistentLengthError",
    "Inspection",
    "Inspector",
    "JoinedUploadError",
    "NewUpload",
    "OffsetMismatchError",
    "Opening",
    "Progress",
    "Received",
    "Receiver",
    "ReceivingStoppedError",
    "Source",
    "Turns",
    "UnknownChecksumError",
    "UnsupportedFormatError",
    "Upload",
    "UploadCompleteError",
    "UploadEndedError",
    "UploadKind",
    "UploadRequest",
    "UploadState",
    "Uploads",
    "format_of",
    "inspect_file",
    "safe_filename",
    "supported_extension",
]

_LATER = {
    "Bounds": "gate",
    "Chunks": "chunks",
    "Completion": "completion",
    "EXPIRE": "expiry",
    "Expiry": "expiry",
    "Gate": "gate",
    "IMPORT": "importing",
    "Import": "importing",
    "ImportState": "importing",
    "Imports": "importing",
    "Inspector": "inspector",
    "NewUpload": "models",
    "Opening": "service",
    "Progress": "models",
    "Received": "service",
    "Receiver": "service",
    "Source": "importing",
    "Turns": "turns",
    "Upload": "models",
    "UploadKind": "models",
    "UploadRequest": "models",
    "UploadState": "models",
    "Uploads": "uploads",
}

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, _LATER)
