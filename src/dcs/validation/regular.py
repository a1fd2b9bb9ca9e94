"""
Count the records of a regular file in blocks, without making a cell of any of them.

Regular is what nearly every file is: one kind of line end, quotes only around
whole cells and doubled inside, no empty lines. Deleting everything but
delimiters and line ends then leaves one pattern repeated, which is compared in
one step. Whatever deviates is left to the careful reader, who can name it.
"""

from collections.abc import Iterator
from pathlib import Path

from dcs.validation.dialect import Dialect

BLOCK = (
    512 * 1024
)  # bytes; with as much carried over, no record exceeds the careful reader's limits
CELL = b"x"  # what stands for every byte of a cell


class Irregular(Exception):  # noqa: N818  # it is not an error
    """The file has to be read record by record."""


def count_records(path: Path, dialect: Dialect, width: int, mark: int) -> tuple[int, bool]:
    """
    Count the records below the header of a UTF-8 file.

    Args:
        width: How many cells each record must have.
        mark: How many bytes at the beginning are a mark.

    Returns:
        The number of records, and whether a quoted cell has a line end inside.

    Raises:
        Irregular: The file deviates from the regular pattern somewhere.
    """
    if dialect.escape not in ("", dialect.quote):
        raise Irregular
    records, multiline, counter = -1, False, None
    for block in _blocks(path, dialect.quote.encode(), mark):
        counter = counter or _Counter(dialect, width, _line_end(block))
        found, several = counter.count(block)
        records += found
        multiline = multiline or several
    return max(records, 0), multiline


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
