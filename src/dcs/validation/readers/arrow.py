"""
Read Arrow: files (also called Feather) and streams, each batch validated in full.

Layout: the Arrow columnar format, "Serialization and Interprocess Communication".
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from dcs.validation.models import Check
from dcs.validation.readers.reading import (
    checked_names,
    damaged,
    guarded,
    head_of,
    no_rows,
    sliced,
    tail_of,
)

FILE_MAGIC = b"ARROW1"
STREAM_MAGIC = b"\xff\xff\xff\xff"
STREAM_END = STREAM_MAGIC + bytes(4)
SMALLEST = 8 + 4 + len(FILE_MAGIC)


class ArrowReader:
    """The rows of an Arrow file or stream, batch by batch."""

    kinds = None
    notes: tuple[Check, ...] = ()

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_file = head_of(path, 8).startswith(FILE_MAGIC)
        _check_end(path, self._is_file)
        self.rows = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the batches, large ones in pieces."""
        batches = self._from_file() if self._is_file else self._from_stream()
        for batch in guarded("Arrow", batches):
            self.rows += batch.num_rows
            yield from sliced(batch)
        if self.rows == 0:
            raise no_rows("Arrow")

    def _from_file(self) -> Iterator[pa.RecordBatch]:
        with pa.OSFile(str(self._path)) as source, pa.ipc.open_file(source) as reader:
            checked_names(reader.schema.names)
            declared = reader.count_rows()
            for number in range(reader.num_record_batches):
                yield _validated(reader.get_batch(number))
            if declared != self.rows:
                raise damaged("Arrow", "its batches do not add up to its rows")

    def _from_stream(self) -> Iterator[pa.RecordBatch]:
        with pa.OSFile(str(self._path)) as source, pa.ipc.open_stream(source) as reader:
            checked_names(reader.schema.names)
            for batch in reader:
                yield _validated(batch)
            if source.tell() != self._path.stat().st_size:
                raise damaged("Arrow", "bytes stand behind its end")


def _validated(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Check every offset, index and text, so that no later step can leave its buffers."""
    batch.validate(full=True)
    return batch


def _check_end(path: Path, is_file: bool) -> None:
    """Refuse a file that was cut: a stream that ends between two batches looks whole."""
    tail = tail_of(path, 10)
    if is_file:
        footer = int.from_bytes(tail[:4], "little")
        size = path.stat().st_size
        if size <= SMALLEST or not tail.endswith(FILE_MAGIC) or not 0 < footer <= size - SMALLEST:
            raise damaged("Arrow", "its end is missing")
    elif not tail.endswith(STREAM_END):
        raise damaged("Arrow", "its end is missing")
