"""
Read Parquet: its footer is judged before any page is decoded, its rows in batches.

Other readers accept a file whose first bytes are wrong; here both ends must be
right. Layout: the Parquet format's specification, "File Format".
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dcs.validation.delimited.structure import MAX_COLUMNS, StructureError
from dcs.validation.models import Check
from dcs.validation.readers.reading import (
    BATCH,
    BATCH_BYTES,
    MIB,
    check_declared,
    checked_names,
    damaged,
    guarded,
    head_of,
    no_rows,
    tail_of,
    too_many_columns,
)

MAGIC, ENCRYPTED = b"PAR1", b"PARE"
ENDS = 12  # both magics and the footer's length
MOST_FOOTER = 64 * MIB
MOST_ROW_GROUPS = 100_000
MOST_ROW_GROUP = 1024 * MIB  # declared, before compression; measured at the largest: see the tests
DEPTH = 64
THRIFT_TEXT, THRIFT_ITEMS = 16 * MIB, 1_000_000
US = 1000  # nanoseconds


class ParquetReader:
    """The rows of a Parquet file, row group by row group."""

    kinds = None
    notes: tuple[Check, ...] = ()

    def __init__(self, path: Path) -> None:
        self._path = path
        check_ends(path)
        [self._file] = guarded("Parquet", iter(map(_opened, [path])))
        metadata = self._file.metadata
        if metadata.num_columns > MAX_COLUMNS:
            raise too_many_columns(metadata.num_columns)
        checked_names(self._file.schema_arrow.names)
        check_declared(metadata.num_rows, metadata.num_columns, path.stat().st_size)
        list(guarded("Parquet", self._row_groups()))
        self.rows = metadata.num_rows
        if self.rows == 0:
            raise no_rows("Parquet")

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield batches of about 32 MiB."""
        with self._file:
            if self._has_int96():
                yield from guarded("Parquet", self._compared())
            else:
                yield from guarded("Parquet", self._batches(self._file))

    def _batches(self, source: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
        weight = sum(
            source.metadata.row_group(each).total_byte_size for each in range(source.num_row_groups)
        )
        rows = max(1, min(BATCH, self.rows * BATCH_BYTES // max(weight, 1)))
        yield from source.iter_batches(batch_size=rows, use_threads=False)

    def _compared(self) -> Iterator[pa.RecordBatch]:
        """Read old timestamps in two units: either alone would lose or wrap some of them."""
        with _opened(self._path, "ns") as fine:
            both = zip(self._batches(self._file), self._batches(fine), strict=True)
            for batch, exact in both:
                for position, given in enumerate(batch.schema.types):
                    if pa.types.is_timestamp(given) and exact.schema.types[position] != given:
                        _check_int96(batch.column(position), exact.column(position), position + 1)
                yield batch

    def _row_groups(self) -> Iterator[None]:
        """Check what the row groups say about themselves against each other and the file."""
        metadata, size = self._file.metadata, self._path.stat().st_size
        if metadata.num_row_groups > MOST_ROW_GROUPS:
            raise StructureError(
                "too_many_row_groups",
                f"The Parquet file has {metadata.num_row_groups:,} row groups; "
                f"{MOST_ROW_GROUPS:,} are read at most.",
                "Write it with more rows in each.",
            )
        rows = 0
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            rows += group.num_rows
            stored = sum(
                group.column(each).total_compressed_size for each in range(group.num_columns)
            )
            if group.num_rows < 0 or not 0 <= stored <= size:
                raise damaged("Parquet", f"row group {number + 1:,} is larger than the file")
            if group.total_byte_size > MOST_ROW_GROUP:
                raise StructureError(
                    "row_group_too_large",
                    f"Row group {number + 1:,} holds {group.total_byte_size / MIB:,.0f} MiB; "
                    f"{MOST_ROW_GROUP // MIB:,} MiB are read at most.",
                    "Write the file with fewer rows in each row group.",
                )
            yield
        if rows != metadata.num_rows:
            raise damaged("Parquet", "its row groups do not add up to its rows")

    def _has_int96(self) -> bool:
        schema = self._file.schema
        return any(schema.column(each).physical_type == "INT96" for each in range(len(schema)))


def check_ends(path: Path) -> None:
    """
    Check both ends of a file before a library sees it.

    Raises:
        StructureError: ``encrypted``, ``damaged``.
    """
    size = path.stat().st_size
    head, tail = head_of(path, 4), tail_of(path, 8)
    if ENCRYPTED in (head, tail[-4:]):
        raise StructureError(
            "encrypted", "The Parquet file is encrypted.", "Send it without encryption."
        )
    if size <= ENDS or tail[-4:] != MAGIC:
        raise damaged("Parquet", "its end is missing")
    footer = int.from_bytes(tail[:4], "little")
    if footer == 0 or footer > size - ENDS:
        raise damaged("Parquet", "its footer cannot be as long as it says")
    if footer > MOST_FOOTER:
        raise StructureError(
            "footer_too_large",
            f"The Parquet file's footer has {footer:,} bytes; {MOST_FOOTER:,} are read at most.",
            "Write it with fewer columns or larger row groups.",
        )


def _opened(path: Path, old_timestamps: str = "us") -> pq.ParquetFile:
    return pq.ParquetFile(
        path,
        memory_map=False,
        pre_buffer=False,
        buffer_size=MIB,
        coerce_int96_timestamp_unit=old_timestamps,
        thrift_string_size_limit=THRIFT_TEXT,
        thrift_container_size_limit=THRIFT_ITEMS,
        schema_depth_limit=DEPTH,
        page_checksum_verification=True,
    )


def _check_int96(coarse: pa.Array, fine: pa.Array, position: int) -> None:
    """Refuse nanoseconds that microseconds would lose; beyond the year 2262 only the latter hold."""
    micros = coarse.cast(pa.int64())
    most = (2**63 - 1) // US
    inside = pc.less_equal(pc.abs(micros), most)
    same = pc.equal(pc.multiply(pc.if_else(inside, micros, 0), US), fine.cast(pa.int64()))
    if pc.any(pc.and_(inside, pc.invert(same))).as_py():
        raise StructureError(
            "inexact_values",
            f"Column {position} holds old timestamps (INT96) with nanoseconds.",
            "Write it as a timestamp in nanoseconds.",
        )
