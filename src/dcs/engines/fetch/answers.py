"""
Read the head of an answer: which bytes these are, of what, and whether to go on.

Rules are those of RFC 9110: section 14 for ranges, 13.1.5 for If-Range, 8.8 for
validators. Where a server may be lenient, this is not: a part is taken only if it
is provably a part of the content that was begun.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from dcs.engines.fetch.errors import (
    ContentChangedError,
    RemoteAnswerError,
    RemoteRefusedError,
    RemoteUnavailableError,
)

REDIRECTS = frozenset({301, 302, 303, 307, 308})
TRY_AGAIN = frozenset({408, 425, 429})

SETTLED = timedelta(seconds=60)
"""
How much older than the answer a Last-Modified must be to vouch for the content.

A file can change twice within the second that the date tells; RFC 7232, section
2.2.2, proposed a minute for clocks that differ.
"""

_STRONG = re.compile(r'"[\x21\x23-\x7e]{0,254}"')
_DATE = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")
_PART = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_BEYOND = re.compile(r"bytes \*/(\d{1,18})")
_SECONDS = re.compile(r"\d{1,6}")


class Head:
    """Status and fields of an answer; a field that is there twice and differs is refused."""

    def __init__(self, host: str, status: int, fields: Iterable[tuple[bytes, bytes]]) -> None:
        self.host = host
        self.status = status
        self._fields = [(name.lower(), value) for name, value in fields]

    def raw(self, name: bytes) -> bytes | None:
        """Return the field's bytes."""
        values = {value for key, value in self._fields if key == name}
        if len(values) > 1:
            raise RemoteAnswerError(f"{self.host} contradicts itself in its answer.")
        return values.pop() if values else None

    def text(self, name: bytes) -> str | None:
        """Return the field's text, one character a byte."""
        value = self.raw(name)
        return None if value is None else value.decode("latin-1")

    def location(self) -> str | None:
        """Return where a redirect points; None if this is none."""
        value = self.raw(b"location") if self.status in REDIRECTS else None
        try:
            return None if value is None else value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise RemoteAnswerError(f"{self.host} points to something unreadable.") from error

    def has(self, name: bytes) -> bool:
        """Say whether the field is there."""
        return any(key == name for key, _ in self._fields)


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What to ask for: the whole, or what follows *offset* of known content.

    An offset without a usable validator asks for the whole, since nothing would
    vouch for the parts fitting together.
    """

    offset: int = 0
    validator: str | None = None

    @property
    def resumes(self) -> bool:
        """Whether a part is asked for."""
        return self.offset > 0 and self.validator is not None and _usable(self.validator)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The request's fields for it."""
        if not self.resumes or self.validator is None:
            return []
        return [("Range", f"bytes={self.offset}-"), ("If-Range", self.validator)]


@dataclass(frozen=True, slots=True)
class Content:
    """What an answer carries; *empty* if there is nothing left to carry."""

    offset: int
    size: int | None
    validator: str | None
    empty: bool = False


def read(head: Head, wanted: Wanted) -> Content:
    """
    Say what the answer's body is.

    Raises:
        RemoteRefusedError: The server will not give it.
        RemoteUnavailableError: The server asks to come back later.
        ContentChangedError: This is a part of something else.
        RemoteAnswerError: The answer makes no sense or is encoded.
    """
    match head.status:
        case 200:
            content = Content(0, _length(head), _validator(head))
        case 206 if wanted.resumes:
            content = _part(head, wanted)
        case 416 if wanted.resumes:
            return _beyond(head, wanted)
        case status if status in TRY_AGAIN or status >= 500:
            raise RemoteUnavailableError(
                f"{head.host} cannot give the file now: it answered {status}.",
                retry_after=_retry_after(head),
            )
        case status:
            raise RemoteRefusedError(head.host, status)
    if (head.text(b"content-encoding") or "identity").strip().lower() != "identity":
        raise RemoteAnswerError(
            f"{head.host} sends the file in a compressed form that was not asked for."
        )
    return content


def _part(head: Head, wanted: Wanted) -> Content:
    """Take a part only if it begins where the last one ended, in the same content."""
    found = _PART.fullmatch(head.text(b"content-range") or "")
    if found is None:
        raise RemoteAnswerError(f"{head.host} does not say which part of the file it sends.")
    start, last = int(found[1]), int(found[2])
    size = None if found[3] == "*" else int(found[3])
    length = _length(head)
    fits = start <= last and (size is None or last < size)
    if not fits or start != wanted.offset or length not in {None, last - start + 1}:
        raise RemoteAnswerError(f"{head.host} sends another part of the file than was asked for.")
    if not _same(head, wanted, required=True):
        raise ContentChangedError(head.host)
    return Content(start, size, wanted.validator)


def _beyond(head: Head, wanted: Wanted) -> Content:
    """Nothing follows the offset: either the file was complete, or it is another one."""
    found = _BEYOND.fullmatch(head.text(b"content-range") or "")
    whole = found is not None and int(found[1]) == wanted.offset
    if not whole or not _same(head, wanted, required=False):
        raise ContentChangedError(head.host)
    return Content(wanted.offset, wanted.offset, wanted.validator, empty=True)


def _same(head: Head, wanted: Wanted, *, required: bool) -> bool:
    """
    Check the validator again, as some servers ignore If-Range.

    A part must repeat an ETag (RFC 9110, section 15.3.7); a date it may leave out.
    """
    by_tag = _STRONG.fullmatch(wanted.validator or "") is not None
    told = head.text(b"etag" if by_tag else b"last-modified")
    return told == wanted.validator if told is not None else not (by_tag and required)


def _length(head: Head) -> int | None:
    """Return the body's length, which a transfer coding overrides."""
    text = head.text(b"content-length")
    return None if text is None or head.has(b"transfer-encoding") else int(text)


def _validator(head: Head) -> str | None:
    tag = head.text(b"etag")
    if tag is not None and _STRONG.fullmatch(tag):
        return tag
    text = head.text(b"last-modified")
    modified, now = _date(text), _date(head.text(b"date"))
    return text if modified and now and now - modified >= SETTLED else None


def _usable(validator: str) -> bool:
    return _STRONG.fullmatch(validator) is not None or _date(validator) is not None


def _date(text: str | None) -> datetime | None:
    if text is None or not _DATE.fullmatch(text):
        return None
    try:
        return parsedate_to_datetime(text).replace(tzinfo=UTC)
    except ValueError:  # 31 February, 25 o'clock
        return None


def _retry_after(head: Head) -> float | None:
    text = head.text(b"retry-after") or ""
    return float(text) if _SECONDS.fullmatch(text) else None
