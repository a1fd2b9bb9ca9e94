"""
Read a file's structure strictly: every record, nothing guessed.

This pass decides whether the file is a table at all and counts its records
independently of the loader behind it. What it refuses, it refuses by name and
with the place.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dcs.validation.magic import HEAD_BYTES, binary_kind, utf16_kind
from dcs.validation.models import SAMPLES, Sample
from dcs.validation.shapes import shape

if TYPE_CHECKING:
    import _csv

DELIMITERS = ",;\t|"
MAX_COLUMNS = 10_000
MAX_CELL = 1024 * 1024  # characters of one cell, and with it of one line's runaway quote
CHUNK = 1024 * 1024


class StructureError(Exception):
    """
    The file is not a table that can be read.

    Attributes:
        rule: A stable name of what is wrong, for example ``ragged_rows``.
        message: What is wrong and where, without any cell's value.
        fix: What would mend it.
        rows: How many records are wrong.
        samples: Where the first of them are.
    """

    def __init__(
        self, rule: str, message: str, fix: str, rows: int = 0, samples: tuple[Sample, ...] = ()
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.fix = fix
        self.rows = rows
        self.samples = samples


@dataclass(frozen=True, slots=True)
class Structure:
    """A readable table: its delimiter, its column names and its number of records."""

    delimiter: str
    names: tuple[str, ...]
    rows: int


def read_structure(path: Path) -> Structure:
    """
    Read the whole file once and say what table it is.

    Raises:
        StructureError: It is not one.
    """
    _check_head(path)
    csv.field_size_limit(MAX_CELL)
    try:
        with path.open("rb", buffering=0) as raw:
            checked = io.BufferedReader(_NoNul(raw), CHUNK)
            with io.TextIOWrapper(checked, encoding="utf-8-sig", newline="") as text:
                return _read(text)
    except UnicodeDecodeError:
        line, offset = _invalid_utf8(path)
        raise StructureError(
            "not_utf8",
            f"Line {line} is not UTF-8 (byte {offset:,}); it looks like Latin-1 or Windows-1252.",
            "Save the file as UTF-8 and send it again.",
        ) from None


def _read(text: io.TextIOWrapper) -> Structure:
    delimiter = _delimiter(text)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    names = _names(_next(reader, 0))
    rows = 0
    ragged: list[Sample] = []
    ragged_rows = 0
    while (record := _next(reader, rows)) is not None:
        if not record and len(names) > 1:
            continue  # an empty line between or behind the records
        rows += 1
        if max(len(record), 1) != len(names):
            ragged_rows += 1
            if len(ragged) < SAMPLES:
                fields = f"{len(record)} fields instead of {len(names)}"
                ragged.append(Sample(rows, "", fields, line=reader.line_num))
    if ragged_rows:
        first = ragged[0]
        raise StructureError(
            "ragged_rows",
            f"{ragged_rows:,} rows do not have {len(names)} fields; the first is row "
            f"{first.row:,} (line {first.line:,}) with {first.masked}.",
            "Quote cells that contain the delimiter, and fill missing cells with nothing.",
            ragged_rows,
            tuple(ragged),
        )
    if rows == 0:
        raise StructureError(
            "no_rows", "The file has a header and no rows.", "Send a file with at least one row."
        )
    return Structure(delimiter, names, rows)


def _next(reader: "_csv.Reader", rows: int) -> list[str] | None:
    """Return the next record, or None at the end; turn the parser's refusals into ours."""
    try:
        return next(reader, None)
    except csv.Error as error:
        text = str(error)
        if "field larger" in text:
            raise StructureError(
                "cell_too_large",
                f"A cell near line {reader.line_num:,} has more than {MAX_CELL:,} characters.",
                "Look for a quote that is not closed before it, or shorten the cell.",
            ) from None
        if "end of data" in text:
            raise StructureError(
                "unclosed_quote",
                f"A quote is opened in row {rows + 1:,} and never closed.",
                "Close the quote, or double a quote that is part of a cell.",
                1,
                (Sample(rows + 1, "", '"…', line=reader.line_num),),
            ) from None
        raise StructureError(
            "broken_quoting",
            f"Line {reader.line_num:,} has text behind a closing quote.",
            "Double a quote that is part of a cell.",
            1,
            (Sample(rows + 1, "", '"…"…', line=reader.line_num),),
        ) from None


def _names(header: list[str] | None) -> tuple[str, ...]:
    """Check the header: every column named, and no name twice."""
    if not header:
        raise StructureError("empty_file", "The file is empty.", "Send a file with a header.")
    if len(header) > MAX_COLUMNS:
        raise StructureError(
            "too_many_columns",
            f"The header has {len(header):,} columns; {MAX_COLUMNS:,} are read at most.",
            "Split the table.",
        )
    seen: dict[str, int] = {}
    for position, name in enumerate(header, start=1):
        if not name.strip():
            raise StructureError(
                "empty_column_name",
                f"Column {position} has no name.",
                "Give every column a name in the first line.",
                samples=(Sample(0, "", f"column {position}", line=1),),
            )
        same = seen.setdefault(name.casefold(), position)
        if same != position:
            raise StructureError(
                "duplicate_column_name",
                f"Columns {same} and {position} have the same name ({shape(name)}).",
                "Give every column a name of its own; upper and lower case count as the same.",
                samples=(Sample(0, "", shape(name), line=1),),
            )
    return tuple(header)


def _delimiter(text: io.TextIOWrapper) -> str:
    """Choose the delimiter that the header line holds most often outside quotes."""
    header = text.readline(MAX_CELL)
    text.seek(0)
    if not header.strip("\r\n"):
        raise StructureError("empty_file", "The file is empty.", "Send a file with a header.")
    unquoted = "".join(header.split('"')[::2])
    counts = {each: unquoted.count(each) for each in DELIMITERS}
    best = max(DELIMITERS, key=counts.__getitem__)
    return best if counts[best] else ","


def _check_head(path: Path) -> None:
    with path.open("rb") as source:
        head = source.read(HEAD_BYTES)
    if not head:
        raise StructureError("empty_file", "The file is empty.", "Send a file with a header.")
    if kind := binary_kind(head):
        raise StructureError(
            "binary_content",
            f"The file is {kind}, whatever its name says.",
            "Send it as comma-separated text in UTF-8.",
        )
    if kind := utf16_kind(head) or _utf16_by_zeros(head):
        raise StructureError(
            "utf16", f"The file is {kind}.", "Save the file as UTF-8 and send it again."
        )


def _utf16_by_zeros(head: bytes) -> str | None:
    """Recognise UTF-16 without its mark: every other byte of western text is zero."""
    if len(head) >= 8 and not any(head[1:8:2]) and all(head[0:8:2]):
        return "UTF-16 (little endian, without a mark)"
    if len(head) >= 8 and not any(head[0:8:2]) and all(head[1:8:2]):
        return "UTF-16 (big endian, without a mark)"
    return None


class _NoNul(io.RawIOBase):
    """Pass bytes on and refuse the first NUL among them, with its offset."""

    def __init__(self, raw: io.FileIO) -> None:
        super().__init__()
        self._raw = raw
        self._offset = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._offset = self._raw.seek(offset, whence)
        return self._offset

    def tell(self) -> int:
        return self._offset

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        count = self._raw.readinto(buffer) or 0
        found = bytes(buffer[:count]).find(0)
        if found >= 0:
            raise StructureError(
                "nul_bytes",
                f"The file has a NUL byte at byte {self._offset + found:,}.",
                "Remove it; it often means that the file is not text, or was cut.",
            )
        self._offset += count
        return count


def _invalid_utf8(path: Path) -> tuple[int, int]:
    """Return the line and the byte offset of the first byte that is not UTF-8."""
    offset = 0
    for number, line in enumerate(_lines(path), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            return number, offset + error.start
        offset += len(line)
    return 0, offset  # a character cut by the end of the file


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        yield from source
