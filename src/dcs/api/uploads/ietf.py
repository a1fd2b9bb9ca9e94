"""Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload-12): its headers."""

from collections.abc import Mapping
from datetime import datetime
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import Any

import http_sf
from starlette.datastructures import Headers, QueryParams

from dcs.api.uploads.errors import MalformedUploadError, WrongMediaTypeError
from dcs.api.uploads.metadata import flag_of, read_metadata, text_of, value_of
from dcs.ingestion import (
    Bounds,
    Checksum,
    InconsistentLengthError,
    NewUpload,
    Progress,
    UploadRequest,
)

MEDIA_TYPE = "application/partial-upload"
_LARGEST = 2**63 - 1


def check_media_type(headers: Headers) -> None:
    """Raise WrongMediaTypeError unless the body is labelled as a part of an upload."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise WrongMediaTypeError(f"Send the bytes as {MEDIA_TYPE}.")


def completes(headers: Headers) -> bool | None:
    """Read whether the request ends the upload; what is no Boolean is as if not there."""
    value = _item(headers, "upload-complete")
    return value if isinstance(value, bool) else None


def offset_of(headers: Headers) -> int:
    """Read where the bytes begin."""
    offset = _number(headers, "upload-offset")
    if offset is None:
        raise MalformedUploadError("Say in Upload-Offset where the bytes begin.")
    return offset


def length_of(headers: Headers) -> int | None:
    """Read the length of the whole file, as it is said."""
    return _number(headers, "upload-length")


def first_length(headers: Headers, size: int | None) -> int | None:
    """
    Read the length a request begins with: said, or that of the only body.

    Raises:
        InconsistentLengthError: Both are there and differ.
    """
    said = length_of(headers)
    if not completes(headers) or size is None:
        return said
    if said not in (None, size):
        raise InconsistentLengthError("Upload-Length and Content-Length contradict each other.")
    return size


def checksum_of(headers: Headers) -> Checksum | None:
    """Read the hash of the request's bytes (RFC 9530); algorithms not known here are passed over."""
    digest = _digest(headers, "content-digest")
    return None if digest is None else Checksum.of("sha256", digest)


def new_upload(headers: Headers, query: QueryParams, size: int | None) -> NewUpload:
    """Read what an upload is to begin with, from its query or from metadata as in tus."""
    raw = value_of(headers, "upload-metadata") or ""
    metadata = read_metadata(raw)
    dataset = query.get("dataset") or text_of(metadata, "dataset")
    if dataset is None:
        raise MalformedUploadError("Name the dataset, as `?dataset=…`.")
    named = query.get("filename") or text_of(metadata, "filename")
    expected = _digest(headers, "repr-digest")
    return NewUpload(
        dataset=dataset,
        filename=named or _disposition(headers) or "",
        length=first_length(headers, size),
        metadata=raw,
        expected=None if expected is None else expected.hex(),
        explicit=True,
        request=UploadRequest(
            _flag(query, "submit", flag_of(metadata, "submit", default=True)),
            _flag(query, "sensitive", flag_of(metadata, "sensitive", default=False)),
        ),
    )


def about_server(bounds: Bounds) -> Mapping[str, str]:
    """Return what a client is told before its first byte."""
    return {"Accept-Patch": MEDIA_TYPE, "Upload-Limit": f"max-size={bounds.most}, min-size=0"}


def limits(progress: Progress, bounds: Bounds, now: datetime) -> Mapping[str, str]:
    """Return the limits of an upload; its age ends where it would be removed."""
    age = max(int((progress.upload.expires_at - now).total_seconds()), 0)
    # What an unfinished upload has received already does not count against what is left.
    most = max(bounds.most, progress.offset)
    return {"Upload-Limit": f"max-size={most}, min-size=0, max-age={age}"}


def about(progress: Progress) -> Mapping[str, str]:
    """Return what a client is told about an upload."""
    headers = {
        "Upload-Offset": str(progress.offset),
        "Upload-Complete": "?1" if progress.complete else "?0",
        "Cache-Control": "no-store",
    }
    length = progress.offset if progress.complete else progress.upload.length
    if length is not None:
        headers["Upload-Length"] = str(length)
    return headers | digest_of(progress)


def digest_of(progress: Progress) -> dict[str, str]:
    """Return the hash of the whole file, once it is known (RFC 9530)."""
    sha256 = progress.upload.sha256
    if not sha256:
        return {}
    return {"Repr-Digest": http_sf.ser({"sha-256": bytes.fromhex(sha256)})}


def _item(headers: Headers, name: str) -> Any:
    """Return the bare value of a structured item; None where it is missing or malformed."""
    text = value_of(headers, name)
    if text is None:
        return None
    try:
        return http_sf.parse(text.encode("latin-1"), tltype="item")[0]  # type: ignore[index]
    except (http_sf.StructuredFieldError, ValueError):
        return None


def _number(headers: Headers, name: str) -> int | None:
    value = _item(headers, name)
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST
    return value if usable else None


def _digest(headers: Headers, name: str) -> bytes | None:
    text = value_of(headers, name)
    if text is None:
        return None
    try:
        found: Any = http_sf.parse(text.encode("latin-1"), tltype="dictionary")
    except (http_sf.StructuredFieldError, ValueError) as error:
        raise MalformedUploadError(f"{name.title()} cannot be read.") from error
    value = found.get("sha-256")
    if value is None:
        return None
    if not isinstance(value[0], bytes) or len(value[0]) != 32:
        raise MalformedUploadError(f"The sha-256 of {name.title()} has 32 bytes.")
    return value[0]


def _disposition(headers: Headers) -> str | None:
    """Return the file name of Content-Disposition; the encoded one first (RFC 6266, section 4.3)."""
    text = headers.get("content-disposition")
    if text is None:
        return None
    message = Message()
    message["Content-Disposition"] = text
    params: Any = message.get_params(failobj=[], header="content-disposition")
    names = [value for key, value in params if key.lower() == "filename"]
    encoded = [value for value in names if isinstance(value, tuple)]
    return collapse_rfc2231_value(encoded[0]) if encoded else next(iter(names), None)


def _flag(query: QueryParams, key: str, default: bool) -> bool:
    text = query.get(key)
    if text is None:
        return default
    if text not in {"true", "false"}:
        raise MalformedUploadError(f"{key} is either true or false.")
    return text == "true"
