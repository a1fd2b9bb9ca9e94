"""File names of senders: shown to people, never used to reach a file."""

import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

from dcs.core.errors import InvalidError

SUPPORTED = (".csv", ".tsv", ".txt")
MAX_BYTES = 255
_FALLBACK = "unnamed"


class UnsupportedFormatError(InvalidError):
    """The file's ending is not one that is read here."""

    code = "unsupported_format"


def safe_filename(name: str) -> str:
    """
    Return the last part of *name* in a form that can be shown.

    Folders, control characters and marks that turn the direction of text are
    left out; composed characters are used (NFC); the end of a very long name
    keeps its ending.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = "".join(each for each in unicodedata.normalize("NFC", last) if _is_shown(each))
    shown = shown.strip(" .") or _FALLBACK
    return _shorten(shown)


def supported_extension(name: str, allowed: Collection[str] | None = None) -> str:
    """
    Return the ending of a name that is read here.

    Args:
        name: The file's name.
        allowed: Names of the formats a tenant accepts; None for all there are.

    Raises:
        UnsupportedFormatError: It is another one.
    """
    ending = PurePosixPath(name).suffix.lower()
    if ending not in SUPPORTED or not (allowed is None or ending.lstrip(".") in allowed):
        raise UnsupportedFormatError(
            f"Files ending in {ending or 'nothing'} are not read yet. "
            f"Send one of {', '.join(SUPPORTED)}."
        )
    return ending


def _is_shown(character: str) -> bool:
    """Say whether a character is neither control, format, surrogate nor unassigned."""
    return unicodedata.category(character)[0] != "C"


def _shorten(name: str) -> str:
    path = PurePosixPath(name)
    ending = path.suffix if len(path.suffix.encode()) <= 20 else ""
    stem = name.removesuffix(ending)
    while len((stem + ending).encode()) > MAX_BYTES:
        stem = stem[:-1]
    return stem + ending
