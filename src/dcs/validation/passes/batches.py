"""The rows of a file, a part at a time: read by one thread, or cut out by whichever thread is free."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from dcs.validation.delimited.regular import Part
from dcs.validation.delimited.structure import Structure, StructureError
from dcs.validation.kernels.splitting import IRREGULAR, LINE_FEED, find_ends, gather
from dcs.validation.kernels.words import ROOM
from dcs.validation.readers.columns import Column, column_of, converted
from dcs.validation.readers.reading import Reader
from dcs.validation.statistics.texts import Texts


@dataclass(frozen=True, slots=True)
class Batch:
    """
    Some rows in order.

    Attributes:
        rows: How many.
        texts: The columns of a table of texts.
        values: The columns of a table with types of its own, as they are published.
    """

    rows: int
    texts: Mapping[str, Texts]
    values: Mapping[str, tuple[str, pa.Array]]


@dataclass(frozen=True, slots=True)
class Pending:
    """A batch that still has to be made, by any thread; its first row is known already."""

    first_row: int
    make: Callable[[], Batch]


def parts_of(structure: Structure) -> Iterator[Pending]:
    """Yield the parts of a regular file; each is read and split by whoever makes it."""
    row = 1
    for part in structure.parts:
        yield Pending(row, partial(_split, structure, part))
        row += part.rows


def batches_of(reader: Reader) -> Iterator[Pending]:
    """Yield what a reader reads; its columns are taken over by whoever makes the batch."""
    row = 1
    columns: dict[str, Column] = {}
    for batch in reader.batches():
        for name, given in zip(batch.schema.names, batch.schema.types, strict=True):
            if name not in columns:
                columns[name] = column_of(given, len(columns) + 1)
        made = partial(_taken_over, batch, dict(columns), row, reader.kinds is None)
        yield Pending(row, made)
        row += batch.num_rows


def _taken_over(
    batch: pa.RecordBatch, columns: Mapping[str, Column], first_row: int, typed: bool
) -> Batch:
    texts, values = {}, {}
    for position, (name, column) in enumerate(columns.items(), start=1):
        if name not in batch.schema.names:
            continue
        taken = converted(column, batch.column(name), position, first_row)
        if typed:
            values[name] = (column.kind, taken)
        else:
            texts[name] = Texts.of(taken)
    return Batch(batch.num_rows, texts, values)


def _split(structure: Structure, part: Part) -> Batch:
    """Read one part of a regular file and split it into columns."""
    block, size = _read(structure.path, part)
    width = len(structure.names)
    ends = np.empty(part.rows * width + 1, np.int32)
    sizes = np.empty(width, np.int64)
    quote = ord(structure.quote) if structure.quote else -1
    records = find_ends(block, size, ord(structure.delimiter), quote, width, ends, sizes)
    if records == IRREGULAR or records != part.rows:
        raise counts_differ(part.rows, max(records, 0))
    bases = np.zeros(width, np.int64)
    np.cumsum(sizes[:-1] + ROOM, out=bases[1:])
    begins = bases.copy()
    data = np.empty(int(begins[-1] + sizes[-1]) + ROOM, np.uint8)
    offsets = np.empty(width * (records + 1), np.int32)
    gather(block, ends, records, quote, int(structure.trim), bases, data, offsets)
    places = offsets.reshape(width, records + 1)
    return Batch(
        records,
        {
            name: Texts(data[begins[n] : bases[n] + 1], places[n])
            for n, name in enumerate(structure.names)
        },
        {},
    )


def _read(path: Path, part: Part) -> tuple[np.ndarray, int]:
    """Return the bytes of a part with room behind them, and their number, line end included."""
    block = np.zeros(part.size + 1 + ROOM, np.uint8)
    with path.open("rb") as source:
        source.seek(part.start)
        read = source.readinto(block.data[: part.size])
    if read != part.size:
        raise counts_differ(part.rows, 0)
    if block[part.size - 1] == LINE_FEED:
        return block, part.size
    block[part.size] = LINE_FEED  # the last record of a file need not have a line end
    return block, part.size + 1


def counts_differ(expected: int, found: int) -> StructureError:
    """Return the refusal of a file that two readers understand differently."""
    return StructureError(
        "counts_differ",
        f"One reader counts {expected:,} rows and another {found:,}; nothing is guessed.",
        "Look for quotes and line ends inside cells, and write the file again.",
    )
