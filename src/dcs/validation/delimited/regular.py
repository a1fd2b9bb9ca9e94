"""
Count the records of a regular file in blocks, without making a cell of any of them.

Regular is what nearly every file is: one kind of line end, quotes only around
whole cells and doubled inside, as many cells in every record. Whatever
deviates is left to the careful reader, who can name it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dcs.validation.delimited.dialect import Dialect
from dcs.validation.kernels import counting

BLOCK = 512 * 1024  # bytes; no record of a regular file is longer
PART = 8 * 1024 * 1024  # bytes of a part, at least; the last may be smaller


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
    counter = _Counter(dialect, width)
    parts = []
    part = _Part(mark)
    with path.open("rb") as source:
        source.seek(mark)
        carried = b""
        while chunk := source.read(BLOCK):
            block = carried + chunk
            taken, records, header = counter.count(block)
            carried = block[taken:]
            if len(carried) > BLOCK:
                raise Irregular
            part.add(taken, records, header)
            if part.size >= PART:
                parts.append(part.done())
                part = _Part(part.start + part.size)
    if carried:
        taken, records, header = counter.count(carried + counter.line_end)
        if taken != len(carried) + len(counter.line_end):
            raise Irregular
        part.add(len(carried), records, header)
    if part.rows:
        parts.append(part.done())
    return Counted(sum(each.rows for each in parts), counter.is_multiline, tuple(parts))


class _Part:
    """A part that still grows."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.size = self.rows = 0

    def add(self, size: int, records: int, header: int) -> None:
        """Add whole records; *header* bytes in front of them are the header's."""
        if header:
            self.start += header
            records -= 1
        self.size += size - header
        self.rows += records

    def done(self) -> Part:
        return Part(self.start, self.size, self.rows)


class _Counter:
    """Counts whole records in one block after another."""

    def __init__(self, dialect: Dialect, width: int) -> None:
        self._delimiter = ord(dialect.delimiter)
        self._quote = ord(dialect.quote) if dialect.quote else -1
        self._skip = dialect.skipinitialspace
        self._width = width
        self._facts = np.zeros(counting.FACTS, np.int64)
        self._is_first = True
        self.line_end = b""

    @property
    def is_multiline(self) -> bool:
        """Whether a quoted cell has a line end inside."""
        return bool(self._facts[counting.MULTILINE])

    def count(self, block: bytes) -> tuple[int, int, int]:
        """Return the bytes of the whole records, their number, and the bytes of the header."""
        if self._skip and self._quote >= 0 and self._quote in block:
            raise Irregular
        if not self.line_end:
            line = block[: block.find(b"\n") + 1]
            self.line_end = b"\r\n" if line.endswith(b"\r\n") else b"\n"
        records = self._count(block)
        taken, header = int(self._facts[counting.TAKEN]), 0
        if self._is_first and records:
            self._is_first = False
            header = self._header(block[:taken])
        return taken, records, header

    def _count(self, block: bytes) -> int:
        found = counting.count_records(
            np.frombuffer(block, np.uint8),
            self._delimiter,
            self._quote,
            self._width,
            int(self.line_end == b"\r\n"),
            self._facts,
        )
        if found == counting.IRREGULAR:
            raise Irregular
        return found

    def _header(self, block: bytes) -> int:
        """Return where the first record ends."""
        several, end = self._facts[counting.MULTILINE], block.find(b"\n") + 1
        while self._count(block[:end]) != 1:
            end = block.find(b"\n", end) + 1
        self._facts[counting.MULTILINE] = several
        return end
