"""File names of senders: shown to people, never used to reach a file."""

import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

from dcs.core.errors import InvalidError

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".orc": "orc",
    ".avro": "avro",
    ".xlsx": "xlsx",
    ".zip": "csv",
}
PACKINGS = (".gz", ".zst", ".zip")
_PACKED = tuple(text + packing for text in (".csv", ".tsv", ".txt") for packing in PACKINGS)
SUPPORTED = (*FORMATS, *_PACKED)
CHOSEN = (*FORMATS, *PACKINGS[:2])
"""What a file dialog offers: browsers compare the last part of a name only."""

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
    Return the ending of a name that is read here, for example ``.csv.gz``.

    Args:
        name: The file's name.
        allowed: The formats a tenant takes (values of `FORMATS`); None for all.

    Raises:
        UnsupportedFormatError: It is another one.
    """
    found = ending(name)
    if found not in SUPPORTED:
        raise UnsupportedFormatError(
            f"Files ending in {found or 'nothing'} are not read. "
            f"Send one of {', '.join(FORMATS)}, or text packed with gzip, Zstandard or zip."
        )
    form = format_of(found)
    if allowed is not None and form not in allowed:
        raise UnsupportedFormatError(
            f"Files of the format {form} are not taken here. "
            f"Send one of {', '.join(sorted(allowed)) or 'none'}."
        )
    return found


def ending(name: str) -> str:
    """Return a name's ending in lower case, with the one before it where that says more."""
    path = PurePosixPath(name)
    last = path.suffix.lower()
    before = path.with_suffix("").suffix.lower() if last in PACKINGS else ""
    return before + last if before + last in _PACKED else last


def format_of(extension: str) -> str:
    """Return the format of an ending that `supported_extension` returned."""
    return FORMATS["." + extension.split(".")[1]]


def _is_shown(character: str) -> bool:
    """Say whether a character is neither control, format, surrogate nor unassigned."""
    return unicodedata.category(character)[0] != "C"


def _shorten(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    found = ending(name)
    kept = name[len(name) - len(found) :] if len(found.encode()) <= 20 else ""
    stem = name.removesuffix(kept).encode()[: MAX_BYTES - len(kept.encode())]
    return stem.decode(errors="ignore") + kept
