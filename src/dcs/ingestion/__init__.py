"""Receive: stream, hash, de-duplicate, inspect and store."""

from dcs.ingestion.errors import EmptyFileError, ReceivingStoppedError
from dcs.ingestion.filenames import (
    SUPPORTED,
    UnsupportedFormatError,
    safe_filename,
    supported_extension,
)
from dcs.ingestion.inspection import Inspection, inspect_file
from dcs.ingestion.inspector import Inspector
from dcs.ingestion.service import Opening, Received, Receiver, UploadRequest

__all__ = [
    "SUPPORTED",
    "EmptyFileError",
    "Inspection",
    "Inspector",
    "Opening",
    "Received",
    "Receiver",
    "ReceivingStoppedError",
    "UnsupportedFormatError",
    "UploadRequest",
    "inspect_file",
    "safe_filename",
    "supported_extension",
]
