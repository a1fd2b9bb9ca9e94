"""
Read a file's structure strictly: every record, nothing guessed.

This pass decides whether the file is a table at all and counts its records
independently of the loader behind it. What it refuses, it refuses by name and
with the place.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from dcs.validation.delimited.dialect import DELIMITERS, SAMPLE, Dialect, detect
from dcs.validation.delimited.encodings import Encoding, detect_encoding, transcode
from dcs.validation.delimited.regular import Irregular, Part, count_records
from dcs.validation.models import SAMPLES, Sample
from dcs.validation.packed.magic import HEAD_BYTES, binary_kind
from dcs.validation.refusal import StructureError
from dcs.validation.shapes import shape

if TYPE_CHECKING:
    import _csv

__all__ = ["MAX_CELL", "MAX_COLUMNS", "MAX_LINE", "Structure", "StructureError", "read_structure"]

MAX_COLUMNS = 10_000
MAX_CELL = 1024 * 1024  # characters of one cell, and with it of a runaway quote
MAX_LINE = 1024 * 1024  # characters between two line ends
PREAMBLE = 0.8  # share of the rows with one other width that makes the first line suspect
TAB_SEPARATED = re.compile(r"\.(tsv|tab)(\.(gz|zst|bz2|xz|zip))?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Structure:
    """
    A readable table: how it is written, its column names and its number of records.

    Attributes:
        rows: Records below the header.
        quote: One character, or empty where quotes are only characters of the cells.
        escape: The quote itself where it is doubled inside quotes, a backslash, or empty.
        trim: Whether spaces in front of a cell belong to the delimiter.
        multiline: Whether a quoted cell has a line end inside.
        encoding: What the file's text was encoded in.
        path: The text in UTF-8: the file itself, or a copy in the scratch folder.
        parts: The records of a regular file; none where each has to be read carefully.
    """

    delimiter: str
    names: tuple[str, ...]
    rows: int
    quote: str
    escape: str
    trim: bool
    multiline: bool
    encoding: Encoding
    path: Path
    parts: tuple[Part, ...] = ()


def read_structure(path: Path, scratch: Path, filename: str = "") -> Structure:
    """
    Read the whole file and say what table it is.

    Args:
        path: The file.
        scratch: A folder for a copy in UTF-8, where the file is not.
        filename: What its sender called it; ``.tsv`` promises tabs.

    Raises:
        StructureError: It is not one.
    """
    _check_head(path)
    encoding = detect_encoding(path)
    if not encoding.is_utf8:
        text = scratch / "text.csv"
        encoding = transcode(path, encoding, text)
        path = text
    mark = encoding.mark if encoding.is_utf8 else 0
    dialect = _dialect(path, filename)
    csv.field_size_limit(MAX_CELL)
    with path.open(encoding="utf-8-sig", newline="") as source:
        names = _names(_next(_reader(source, dialect), 0))
    try:
        counted = count_records(path, dialect, len(names), mark)
        rows, multiline, parts = counted.rows, counted.multiline, counted.parts
        trim = dialect.skipinitialspace
    except Irregular:
        parts = ()
        rows, multiline, trim = _read(path, dialect, names)
    if rows == 0:
        raise StructureError(
            "no_rows", "The file has a header and no rows.", "Send a file with at least one row."
        )
    return Structure(
        delimiter=dialect.delimiter,
        names=names,
        rows=rows,
        quote=dialect.quote,
        escape=dialect.escape,
        trim=trim,
        multiline=multiline,
        encoding=encoding,
        path=path,
        parts=parts,
    )


def _dialect(path: Path, filename: str) -> Dialect:
    with path.open("rb") as source:
        sample = source.read(SAMPLE).decode("utf-8", "ignore")
    if not sample.strip("\ufeff\r\n"):
        raise StructureError("empty_file", "The file is empty.", "Send a file with a header.")
    tabs = TAB_SEPARATED.search(filename) is not None
    return detect(sample, "\t" if tabs else DELIMITERS)


def _reader(source: TextIO, dialect: Dialect) -> "_csv.Reader":
    doubled = dialect.escape != "\\"
    return csv.reader(
        _bounded(source),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        doublequote=doubled,
        escapechar=None if doubled else "\\",
        skipinitialspace=dialect.skipinitialspace,
        strict=True,
    )


def _bounded(source: TextIO) -> Iterator[str]:
    """Yield lines; refuse one that is too long before all of it is in memory."""
    number = 0
    while line := source.readline(MAX_LINE + 2):
        number += 1
        if len(line.rstrip("\r\n")) > MAX_LINE:
            raise StructureError(
                "line_too_long",
                f"Line {number:,} has more than {MAX_LINE:,} characters.",
                "Look for missing line ends, or split the table.",
            )
        yield line


def _read(path: Path, dialect: Dialect, names: tuple[str, ...]) -> tuple[int, bool, bool]:
    """
    Read record by record what is not regular enough to be counted in blocks.

    Returns:
        The number of records, whether one of them has several lines, and whether
        spaces behind delimiters can be dropped without touching a quoted cell.
    """
    rows, line, multiline, trim = 0, 1, False, dialect.skipinitialspace
    ragged = _Ragged(len(names))
    with path.open(encoding="utf-8-sig", newline="") as source:
        reader = _reader(source, dialect)
        _next(reader, 0)
        line = reader.line_num
        while (record := _next(reader, rows)) is not None:
            multiline = multiline or reader.line_num > line + 1
            line = reader.line_num
            if not record and len(names) > 1:
                continue  # an empty line between or behind the records
            rows += 1
            ragged.look(record, rows, line)
            trim = trim and not any(cell.startswith(" ") for cell in record)
    ragged.refuse(rows)
    return rows, multiline, trim


class _Ragged:
    """The records that do not have as many cells as the header."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._widths: Counter[int] = Counter()
        self._samples: list[Sample] = []

    def look(self, record: Sequence[str], row: int, line: int) -> None:
        """Remember a record if it is one of them."""
        width = max(len(record), 1)
        if width == self._width:
            return
        self._widths[width] += 1
        if len(self._samples) < SAMPLES:
            fields = f"{len(record)} fields instead of {self._width}"
            self._samples.append(Sample(row, "", fields, line=line))

    def refuse(self, rows: int) -> None:
        """Raise if there were any; where nearly all are alike, the first line is to blame."""
        if not self._widths:
            return
        count, first = self._widths.total(), self._samples[0]
        [(usual, times)] = self._widths.most_common(1)
        fix = "Quote cells that contain the delimiter, and fill missing cells with nothing."
        if times > PREAMBLE * rows:
            fix = (
                f"Nearly all rows have {usual} fields and the first line has {self._width}. "
                "Remove what stands above the header, or name every column in it."
            )
        raise StructureError(
            "ragged_rows",
            f"{count:,} rows do not have {self._width} fields; the first is row "
            f"{first.row:,} (line {first.line:,}) with {first.masked}.",
            fix,
            count,
            tuple(self._samples),
        )


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
        raise StructureError(
            "empty_header", "The first line is empty.", "Put the column names into the first line."
        )
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
