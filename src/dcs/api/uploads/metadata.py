"""
What a sender writes about a file: pairs of a key and a value in base64.

Anything may be in a value, so it is decoded strictly, bounded, and kept only
as the text it came in; names are cleaned where they are used.
"""

import base64
import binascii
import re
from collections.abc import Mapping

from starlette.datastructures import Headers

from dcs.api.uploads.errors import MalformedUploadError

MOST_BYTES = 8_192
MOST_KEYS = 50
_KEY = re.compile(r"[!-+\--~]+")  # printable ASCII without space and comma


def value_of(headers: Headers, name: str) -> str | None:
    """Return a header's value; one that comes twice is one list (RFC 9110, section 5.2)."""
    values = headers.getlist(name)
    return ",".join(values) if values else None


def read_metadata(header: str) -> Mapping[str, bytes]:
    """
    Return the values by their keys.

    Raises:
        MalformedUploadError: A key is empty, twice there or has other characters, a value
            is not base64, or there is too much.
    """
    if len(header) > MOST_BYTES:
        raise MalformedUploadError(f"Upload-Metadata has at most {MOST_BYTES:,} characters.")
    found: dict[str, bytes] = {}
    for pair in header.split(",") if header else ():
        key, _, value = pair.strip(" ").partition(" ")
        if not _KEY.fullmatch(key) or key in found or len(found) == MOST_KEYS:
            raise MalformedUploadError("A key of Upload-Metadata is empty, twice there or odd.")
        try:
            found[key] = base64.b64decode(value.strip(" "), validate=True)
        except (binascii.Error, ValueError) as error:
            raise MalformedUploadError("A value of Upload-Metadata is not base64.") from error
    return found


def text_of(metadata: Mapping[str, bytes], key: str) -> str | None:
    """Return a value as text; None if it is not there."""
    value = metadata.get(key)
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedUploadError(f"The {key} in Upload-Metadata is not UTF-8.") from error


def flag_of(metadata: Mapping[str, bytes], key: str, *, default: bool) -> bool:
    """Return a value that is ``true`` or ``false``."""
    text = text_of(metadata, key)
    if text is None:
        return default
    if text not in {"true", "false"}:
        raise MalformedUploadError(f"The {key} in Upload-Metadata is either true or false.")
    return text == "true"
