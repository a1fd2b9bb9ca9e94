"""Compare what a file's name says with what its bytes say."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dcs.catalog import Problem, ProblemSeverity
from dcs.ingestion.filenames import FORMATS, ending
from dcs.validation import (
    HEAD_BYTES,
    TAIL_BYTES,
    Content,
    Sighting,
    hidden_pdf,
    sight,
    utf16_kind,
)

PACKED = {".gz": Content.GZIP, ".zst": Content.ZSTD, ".zip": Content.ZIP}
READ_AS = {
    "parquet": Content.PARQUET,
    "arrow": Content.ARROW,
    "orc": Content.ORC,
    "avro": Content.AVRO,
    "xlsx": Content.ZIP,
}
CLOSED = {Content.PARQUET, Content.ARROW, Content.ORC}  # these end like they begin
ENCRYPTED = "encrypted Parquet"


@dataclass(frozen=True, slots=True)
class Declared:
    """
    What a file's name says it is.

    Attributes:
        outer: What its own bytes are then: the packing, or the format.
        inner: What is read once it is unpacked.
        spreadsheet: The archive is a workbook.
    """

    outer: Content
    inner: Content
    spreadsheet: bool = False

    @classmethod
    def by(cls, filename: str) -> "Declared":
        """Read a file name's ending; an unknown one promises text."""
        last = "." + ending(filename).rpartition(".")[2]
        form = FORMATS.get(last, "csv")
        inner = READ_AS.get(form, Content.TEXT)
        return cls(PACKED.get(last, inner), inner, form == "xlsx")


class Ends:
    """The two ends of a stream of bytes, taken in chunks."""

    def __init__(self) -> None:
        self.head = b""
        self.size = 0
        self._last = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        if len(self.head) < HEAD_BYTES:
            self.head = (self.head + chunk[:HEAD_BYTES])[:HEAD_BYTES]
        self._last += chunk[-TAIL_BYTES:]
        if len(self._last) > 8 * TAIL_BYTES:  # rarely: small chunks must not move it each time
            del self._last[:-TAIL_BYTES]
        self.size += len(chunk)

    @property
    def tail(self) -> bytes:
        """Return the last bytes, `TAIL_BYTES` at most."""
        return bytes(self._last[-TAIL_BYTES:])

    @classmethod
    def of(cls, path: Path) -> "Ends":
        """Read the ends of a file."""
        ends = cls()
        with path.open("rb") as source:
            ends.head = source.read(HEAD_BYTES)
            ends.size = source.seek(0, 2)
            source.seek(max(0, ends.size - TAIL_BYTES))
            ends._last += source.read()
        return ends


def judge_ends(ends: Ends, expected: Content) -> Iterator[Problem]:
    """
    Name what contradicts the expected content at a file's two ends.

    Codes: ``polyglot`` and ``encrypted`` are hostile; ``type_mismatch``,
    ``cut_short`` and ``unsupported_encoding`` are left to the reader.
    """
    if not ends.size:
        return
    seen = sight(ends.head, ends.tail)
    if _is_two(seen):
        detail = "The file is one format by its beginning and another by its end."
        yield Problem("polyglot", detail, ends.size - 4)
    if (place := hidden_pdf(ends.head, ends.tail)) is not None:
        yield Problem("polyglot", "A PDF begins inside the file.", place)
    if expected is Content.PARQUET and ENCRYPTED in _names(seen):
        yield Problem("encrypted", "The Parquet file is encrypted.", 0)
    elif seen.content is not expected:
        name = "text" if seen.head is None else seen.head.name
        detail = f"The content is {name}, and the file's name says {expected.value}."
        yield Problem("type_mismatch", detail, 0, ProblemSeverity.MISMATCH)
    elif expected in CLOSED and seen.tail is None:
        detail = f"The content begins like {expected.value} and does not end like it."
        yield Problem("cut_short", detail, ends.size, ProblemSeverity.MISMATCH)
    if expected is Content.TEXT and (kind := utf16_kind(ends.head)):
        detail = f"The text is {kind}."
        yield Problem("unsupported_encoding", detail, 0, ProblemSeverity.MISMATCH)


def _names(seen: Sighting) -> set[str]:
    return {mark.name for mark in (seen.head, seen.tail) if mark is not None}


def _is_two(seen: Sighting) -> bool:
    """Say whether the end is another format's than the beginning."""
    if seen.tail is None:
        return False
    if seen.head is None or seen.head.content is not seen.tail.content:
        return True
    return seen.tail.content is Content.OTHER and seen.head.name != seen.tail.name
