"""Receive: stream, hash, de-duplicate, inspect and store."""

from dcs.ingestion.checksums import ALGORITHMS, Checksum, UnknownChecksumError
from dcs.ingestion.chunks import Chunks
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
from dcs.ingestion.gate import Bounds, Gate
from dcs.ingestion.importing import IMPORT, Import, Imports, ImportState, Source
from dcs.ingestion.inspection import Inspection, inspect_file
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
from dcs.ingestion.uploads import EXPIRE, Uploads

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
    "EmptyFileError",
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
