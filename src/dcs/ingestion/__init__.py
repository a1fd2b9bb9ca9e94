"""Receive: stream, hash, de-duplicate, inspect and store."""

from dcs.ingestion.declared import Problem, Severity
from dcs.ingestion.errors import EmptyFileError, ReceivingStoppedError
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
from dcs.ingestion.inspector import Inspector
from dcs.ingestion.service import Opening, Received, Receiver, UploadRequest

__all__ = [
    "CHOSEN",
    "FORMATS",
    "SUPPORTED",
    "EmptyFileError",
    "Inspection",
    "Inspector",
    "Opening",
    "Problem",
    "Received",
    "Receiver",
    "ReceivingStoppedError",
    "Severity",
    "UnsupportedFormatError",
    "UploadRequest",
    "format_of",
    "inspect_file",
    "safe_filename",
    "supported_extension",
]
