"""The formats a contract may promise: what texts look like, how dates are written, how wide numbers are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(\.{_BYTE}){{3}}"
_GROUP = r"[0-9A-Fa-f]{1,4}"


def _ipv6() -> str:
    """Return the forms of RFC 4291: eight groups, or fewer around one ``::``, maybe ending as IPv4."""
    whole = [rf"({_GROUP}:){{7}}{_GROUP}", rf"({_GROUP}:){{6}}{_IPV4}"]
    for before in range(8):
        left = rf"({_GROUP}(:{_GROUP}){{0,{before - 1}}})" if before else ""
        for after in range(8 - before):
            if after == 0:
                whole.append(f"{left}::")
            else:
                whole.append(rf"{left}::({_GROUP}:){{{after - 1}}}{_GROUP}")
            if before + after <= 5:
                whole.append(rf"{left}::({_GROUP}:){{{after}}}{_IPV4}")
    return "|".join(f"({each})" for each in whole)


# RE2, against the whole text: RFC 5321, 9562, 3986, 1123, 4291.
TEXTS: Mapping[str, str] = {
    "email": rf"{_ATOM}(\.{_ATOM})*@({_LABEL}\.)+{_LABEL}",
    "uuid": r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+",
    "hostname": rf"({_LABEL}\.)*{_LABEL}",
    "ipv4": _IPV4,
    "ipv6": _ipv6(),
}
LONGEST: Mapping[str, int] = {"email": 254, "hostname": 253}
# The numbers that fit, both ends included, by Rust's names.
RANGES: Mapping[str, tuple[float, float]] = {
    **{f"i{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64, 128)},
    **{f"u{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64, 128)},
    "f32": (-3.4028234663852886e38, 3.4028234663852886e38),
    "f64": (-1.7976931348623157e308, 1.7976931348623157e308),
}
# Letters of Java's DateTimeFormatter: what DuckDB and Python call them, and what they look like.
_LETTERS: Mapping[str, tuple[str, str]] = {
    "yyyy": ("%Y", r"[0-9]{4}"),
    "uuuu": ("%Y", r"[0-9]{4}"),
    "yy": ("%y", r"[0-9]{2}"),
    "MMMM": ("%B", r"[A-Za-z]{3,9}"),
    "MMM": ("%b", r"[A-Za-z]{3}"),
    "MM": ("%m", r"[0-9]{2}"),
    "M": ("%m", r"[0-9]{1,2}"),
    "dd": ("%d", r"[0-9]{2}"),
    "d": ("%d", r"[0-9]{1,2}"),
    "HH": ("%H", r"[0-9]{2}"),
    "H": ("%H", r"[0-9]{1,2}"),
    "hh": ("%I", r"[0-9]{2}"),
    "h": ("%I", r"[0-9]{1,2}"),
    "mm": ("%M", r"[0-9]{2}"),
    "ss": ("%S", r"[0-9]{2}"),
    "SSSSSS": ("%f", r"[0-9]{6}"),
    "SSS": ("%f", r"[0-9]{3}"),
    "S": ("%f", r"[0-9]"),
    "a": ("%p", r"(AM|PM|am|pm)"),
}
_PIECE = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DateFormat:
    """
    A way to write dates.

    Attributes:
        parse: For DuckDB and Python.
        looks: RE2 of exactly what the format allows, as both parsers are more lenient.
    """

    parse: str
    looks: str


def date_format(pattern: str) -> DateFormat | None:
    """Translate a pattern of Java's DateTimeFormatter; None if it has letters we do not know."""
    parse, looks = "", ""
    for piece in _PIECE.finditer(pattern):
        text = piece.group(0)
        if piece.group(2) is not None:
            if text not in _LETTERS:
                return None
            letters, look = _LETTERS[text]
        else:
            literal = text if piece.group(3) else piece.group(1).replace("''", "'") or "'"
            letters, look = literal.replace("%", "%%"), re.escape(literal)
        parse, looks = parse + letters, looks + look
    return DateFormat(parse, looks) if "%" in parse else None


def read_instant(text: str, form: DateFormat | None) -> datetime | None:
    """Read a bound of a contract, in its own format or ISO 8601; None if it is no date."""
    found = _iso(text) or _parsed(text, form)
    if found is None or found.tzinfo is None:
        return found
    return found.astimezone(UTC).replace(tzinfo=None)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _parsed(text: str, form: DateFormat | None) -> datetime | None:
    if form is None:
        return None
    try:
        return datetime.strptime(text, form.parse)  # noqa: DTZ007  # the contract names no zone
    except ValueError:
        return None
