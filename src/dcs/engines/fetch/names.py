"""
What the server calls the file: Content-Disposition (RFC 6266) or the path.

The name is given as it came, for the caller to clean: it may be ``../../x``.
"""

import re
from urllib.parse import unquote, unquote_to_bytes

_PARAMETER = re.compile(
    r";[ \t]*(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*"
    r'(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^\s;"]+))'
)
_EXTENDED = re.compile(r"(?P<charset>utf-8|iso-8859-1)'[^']*'(?P<value>[^\s']*)", re.IGNORECASE)


def file_name(disposition: bytes | None, path: str) -> str | None:
    """Return the name in the field, else the last part of *path*, else None."""
    named = _disposition(disposition) if disposition is not None else None
    return named or unquote(path.partition("?")[0].rpartition("/")[2]) or None


def _disposition(field: bytes) -> str | None:
    """Prefer ``filename*`` (RFC 8187) whatever the order, as RFC 6266, section 4.3, says."""
    found: dict[str, str] = {}
    for parameter in _PARAMETER.finditer(_text(field)):
        quoted, token = parameter["quoted"], parameter["token"]
        value = token if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        found.setdefault(parameter["name"].lower(), value)
    return _extended(found.get("filename*")) or found.get("filename")


def _extended(value: str | None) -> str | None:
    found = _EXTENDED.fullmatch(value or "")
    if found is None:
        return None
    try:
        return unquote_to_bytes(found["value"]).decode(found["charset"])
    except UnicodeDecodeError:
        return None


def _text(field: bytes) -> str:
    """Read what many servers send plainly as UTF-8, and everything else byte by byte."""
    try:
        return field.decode("utf-8")
    except UnicodeDecodeError:
        return field.decode("latin-1")
