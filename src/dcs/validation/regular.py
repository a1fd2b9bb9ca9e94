"""
Count the records of a regular file in blocks, without making a cell of any of them.

Regular is what nearly every file is: one kind of line end, quotes only around
whole cells and doubled inside, no empty lines. Deleting everything but
delimiters and line ends then leaves one pattern repeated, which is compared in
one step. Whatever deviates is left to the careful reader, who can name it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dcs.validation.dialect import Dialect

BLOCK = (
    512 * 1024
)  # bytes; with as much carried over, no record exceeds the careful reader's limits
CELL = b"x"  # what stands for every byte of a cell
PART = 16 * 1024 * 1024  # bytes of a part, at least; the last may be smaller


class Irregular(Exception):  # noqa: N818  # it is not an error
    """The file has to be read record by record."""


@dataclass(frozen=True, slots=True)
class Part:
    """
    Some records of a file that can be read apart from the others.

    Attributes:
        start: Bytes in front of it.
        size: Bytes.
        rows: Records.
    """

    start: int
    size: int
    rows: int


@dataclass(frozen=True, slots=True)
class Counted:
    """
    What a regular file consists of.

    Attributes:
        rows: Records below the header.
        multiline: Whether a quoted cell has a line end inside.
        parts: The records below the header, cut where none is torn apart.
    """

    rows: int
    multiline: bool
    parts: tuple[Part, ...]


def count_records(path: Path, dialect: Dialect, width: int, mark: int) -> Counted:
    """
    Count the records below the header of a UTF-8 file, and cut it into parts.

    Args:
        width: How many cells each record must have.
        mark: How many bytes at the beginning are a mark.

    Raises:
        Irregular: The file deviates from the regular pattern somewhere.
    """
    if dialect.escape not in ("", dialect.quote):
        raise Irregular
    multiline, counter = False, None
    parts: list[Part] = []
    start, size, rows, header = mark, 0, 0, True
    for block in _blocks(path, dialect.quote.encode(), mark):
        counter = counter or _Counter(dialect, width, _line_end(block))
        found, several = counter.count(block)
        multiline = multiline or several
        length = len(block)
        if header:
            first = _first_end(block, dialect.quote.encode())
            start, length, found, header = start + first, length - first, found - 1, False
        size, rows = size + length, rows + found
        if size >= PART:
            parts.append(Part(start, size, rows))
            start, size, rows = start + size, 0, 0
    if rows:
        parts.append(Part(start, size, rows))
    return Counted(sum(each.rows for each in parts), multiline, tuple(parts))


def _first_end(block: bytes, quote: bytes) -> int:
    """Return where the first record ends: behind a line end that is not inside quotes."""
    end = block.find(b"\n") + 1
    while end and quote and block.count(quote, 0, end) % 2:
        end = block.find(b"\n", end) + 1
    return end or len(block)


def _line_end(block: bytes) -> bytes:
    first = block[: block.find(b"\n") + 1]
    return b"\r\n" if first.endswith(b"\r\n") else b"\n"


def _blocks(path: Path, quote: bytes, mark: int) -> Iterator[bytes]:
    """Yield whole records, many at a time."""
    carried = b""
    with path.open("rb") as source:
        source.seek(mark)
        while chunk := source.read(BLOCK):
            block = carried + chunk
            end = _last_end(block, quote)
            carried = block[end:]
            if len(carried) > BLOCK:
                raise Irregular
            if end:
                yield block[:end]
    if carried:
        yield carried


def _last_end(block: bytes, quote: bytes) -> int:
    """Return where the last record ends: behind a line end that is not inside quotes."""
    end = block.rfind(b"\n") + 1
    if not quote:
        return end
    inside = block.count(quote, 0, end) % 2
    while end and inside:
        before = block.rfind(b"\n", 0, end - 1) + 1
        inside = (inside + block.count(quote, before, end)) % 2
        end = before
    return end


class _Counter:
    """Compare blocks with the pattern of a table."""

    def __init__(self, dialect: Dialect, width: int, line_end: bytes) -> None:
        self._quote = dialect.quote.encode()
        self._skip = dialect.skipinitialspace
        self._delimiter = dialect.delimiter.encode()
        self._line_end = line_end
        self._pattern = self._delimiter * (width - 1) + line_end
        kept = self._delimiter + b"\r\n"
        self._others = bytes(each for each in range(256) if each not in kept)
        marked = kept + self._quote
        self._marks = bytes(each if each in marked else CELL[0] for each in range(256))

    def count(self, block: bytes) -> tuple[int, bool]:
        """Return the number of records, and whether one has several lines."""
        if not block.endswith(b"\n"):
            block += self._line_end
        outside = block
        if self._quote and self._quote in block:
            outside = self._outside(block)
        shape = outside.translate(None, self._others)
        records, rest = divmod(len(shape), len(self._pattern))
        if rest or shape != self._pattern * records:
            raise Irregular
        return records, outside.count(b"\n") + outside.count(b"\r") != (
            block.count(b"\n") + block.count(b"\r")
        )

    def _outside(self, block: bytes) -> bytes:
        """Return what stands outside quotes, each quoted part as one quote."""
        parts = block.split(self._quote)
        if self._skip or len(parts) % 2 == 0:
            raise Irregular
        outside = self._quote.join(parts[::2])
        marked = outside.translate(self._marks)
        if CELL + self._quote in marked or self._quote + CELL in marked:
            raise Irregular  # a quote inside a cell, or text behind a closing quote
        return outside
