"""tus 1.0: what its headers say, and what an answer has to say."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from email.utils import format_datetime

from starlette.datastructures import Headers

from dcs.api.uploads.errors import (
    MalformedUploadError,
    UnsupportedVersionError,
    WrongMediaTypeError,
)
from dcs.api.uploads.metadata import flag_of, read_metadata, text_of
from dcs.ingestion import (
    ALGORITHMS,
    Bounds,
    Checksum,
    NewUpload,
    Progress,
    UploadKind,
    UploadRequest,
)

VERSION = "1.0.0"
MEDIA_TYPE = "application/offset+octet-stream"
EXTENSIONS = (
    "creation",
    "creation-with-upload",
    "creation-defer-length",
    "checksum",
    "concatenation",
    "expiration",
    "termination",
)
UPLOADS = "/api/v1/uploads/"
_LARGEST = 2**63 - 1


def is_tus(headers: Headers) -> bool:
    """Say whether a request is one of tus."""
    return "tus-resumable" in headers


def check_version(headers: Headers) -> None:
    """Raise UnsupportedVersionError unless the client speaks our version."""
    if headers.get("tus-resumable") != VERSION:
        raise UnsupportedVersionError(f"Only tus {VERSION} is spoken here.")


def check_media_type(headers: Headers) -> None:
    """Raise WrongMediaTypeError unless the body is labelled as the bytes of an upload."""
    if headers.get("content-type") != MEDIA_TYPE:
        raise WrongMediaTypeError(f"Send the bytes as {MEDIA_TYPE}.")


def new_upload(headers: Headers) -> NewUpload:
    """Read what an upload is to begin with."""
    raw = headers.get("upload-metadata", "")
    metadata = read_metadata(raw)
    partial = headers.get("upload-concat") == "partial"
    dataset = text_of(metadata, "dataset")
    if dataset is None and not partial:
        raise MalformedUploadError("Name the dataset in Upload-Metadata.")
    return NewUpload(
        dataset=None if partial else dataset,
        filename=text_of(metadata, "filename") or text_of(metadata, "name") or "",
        length=None if parts_of(headers) is not None else _length(headers),
        partial=partial,
        metadata=raw,
        request=UploadRequest(
            flag_of(metadata, "submit", default=True),
            flag_of(metadata, "sensitive", default=False),
        ),
    )


def parts_of(headers: Headers) -> Sequence[str] | None:
    """Return the ids of the parts to join; None if the request joins none."""
    concat = headers.get("upload-concat")
    if concat is None or concat == "partial":
        return None
    kind, _, urls = concat.partition(";")
    if kind != "final":
        raise MalformedUploadError("Upload-Concat is `partial` or `final;` and the parts.")
    return [url.rstrip("/").rpartition("/")[2] for url in urls.split(" ") if url]


def offset_of(headers: Headers) -> int:
    """Read where the bytes begin."""
    offset = _number(headers, "upload-offset")
    if offset is None:
        raise MalformedUploadError("Say in Upload-Offset where the bytes begin.")
    return offset


def length_of(headers: Headers) -> int | None:
    """Read the length, which may come with any request until it is known."""
    return _number(headers, "upload-length")


def checksum_of(headers: Headers) -> Checksum | None:
    """Read the checksum of a request's bytes; None if it has none."""
    header = headers.get("upload-checksum")
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    try:
        return Checksum.of(algorithm, base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError) as error:
        raise MalformedUploadError("The checksum is not base64.") from error


def about_server(bounds: Bounds) -> Mapping[str, str]:
    """Return what a client is told before its first byte."""
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Max-Size": str(bounds.most),
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def about(progress: Progress) -> Mapping[str, str]:
    """Return what a client is told about an upload."""
    upload = progress.upload
    headers = {"Upload-Offset": str(progress.offset), "Cache-Control": "no-store"}
    length = progress.offset if progress.complete else upload.length
    if length is None:
        headers["Upload-Defer-Length"] = "1"
    else:
        headers["Upload-Length"] = str(length)
    if upload.metadata:
        headers["Upload-Metadata"] = upload.metadata
    if upload.kind is UploadKind.PARTIAL:
        headers["Upload-Concat"] = "partial"
    elif upload.kind is UploadKind.FINAL:
        urls = " ".join(UPLOADS + part for part in upload.parts)
        headers["Upload-Concat"] = f"final;{urls}"
    return headers | expiry(progress)


def expiry(progress: Progress) -> dict[str, str]:
    """Return when an unfinished upload is removed (RFC 9110, section 5.6.7)."""
    if progress.upload.version is not None:
        return {}
    return {"Upload-Expires": format_datetime(progress.upload.expires_at, usegmt=True)}


def _length(headers: Headers) -> int | None:
    length, deferred = length_of(headers), headers.get("upload-defer-length")
    if deferred not in {None, "1"}:
        raise MalformedUploadError("Upload-Defer-Length is 1 or not there.")
    if (length is None) != (deferred == "1"):
        raise MalformedUploadError("Send either Upload-Length or Upload-Defer-Length: 1.")
    return length


def _number(headers: Headers, name: str) -> int | None:
    text = headers.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 19 or int(text) > _LARGEST:
        raise MalformedUploadError(f"{name.title()} is a whole number that is not negative.")
    return int(text)
