"""
Write a table's rows as CSV, NDJSON, Arrow or Parquet, a batch at a time.

NDJSON, Arrow and Parquet carry every value exactly. CSV is what spreadsheets
open, so there a text that one would run as a formula gets an apostrophe in front.
"""

import io
import json
from collections.abc import Generator, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.ipc as pa_ipc
import pyarrow.parquet as pq

from dcs.sharing.picking import numbered, picked
from dcs.validation import neutralised

BATCH = 16_384  # rows in memory at once


class Format(StrEnum):
    """How rows are written."""

    CSV = "csv"
    NDJSON = "ndjson"
    ARROW = "arrow"
    PARQUET = "parquet"

    @property
    def media_type(self) -> str:
        """The media type of this format."""
        return {
            Format.CSV: "text/csv; charset=utf-8; header=present",
            Format.NDJSON: "application/x-ndjson",
            Format.ARROW: "application/vnd.apache.arrow.stream",
            Format.PARQUET: "application/vnd.apache.parquet",
        }[self]


def write_rows(
    table: Path,
    form: Format,
    columns: Sequence[str] | None,
    limit: int | None,
    rows: Sequence[int] | None = None,
) -> Generator[bytes, None, None]:
    """
    Yield the rows of a Parquet file in another form, in their order.

    Args:
        table: The Parquet file.
        form: What to write.
        columns: Which columns, in which order; all of them by default.
        limit: The most rows.
        rows: Which data rows, from 1 and ascending; a first column then says which each is.
    """
    with pq.ParquetFile(table) as source:
        full = source.schema_arrow
        schema = full if columns is None else pa.schema([full.field(name) for name in columns])
        batches = _batches(source, schema, limit)
        if rows is not None:
            schema = numbered(schema)
            batches = picked(source, schema, rows[:limit])
        sink = _Sink()
        writer = _writer(form, sink, schema)
        for batch in batches:
            writer.write(batch)
            if sink.pending:
                yield sink.take()
        writer.close()
        yield sink.take()


def first_rows(table: Path, limit: int) -> tuple[list[str], list[list[Any]]]:
    """Return the column names and the first rows as JSON values."""
    with pq.ParquetFile(table) as source:
        names = list(source.schema_arrow.names)
        rows: list[list[Any]] = []
        for batch in _batches(source, source.schema_arrow, limit):
            values = [column.to_pylist() for column in batch.columns]
            rows += [[_plain(value) for value in row] for row in zip(*values, strict=True)]
    return names, rows


class _Sink(io.RawIOBase):
    """Gather what a writer wrote until somebody takes it."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._position = 0

    @property
    def pending(self) -> bool:
        return bool(self._parts)

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._position += len(part)
        return len(part)

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


class _JsonLines:
    def __init__(self, sink: _Sink) -> None:
        self._sink = sink

    def write(self, batch: pa.RecordBatch) -> None:
        for row in batch.to_pylist():
            line = json.dumps(
                {key: _plain(value) for key, value in row.items()}, ensure_ascii=False
            )
            self._sink.write(line.encode() + b"\n")

    def close(self) -> None:
        """Nothing follows the last line."""


def _writer(form: Format, sink: _Sink, schema: pa.Schema) -> Any:
    match form:
        case Format.CSV:
            return _CsvWriter(sink, schema)
        case Format.NDJSON:
            return _JsonLines(sink)
        case Format.ARROW:
            return pa_ipc.new_stream(sink, schema)
        case Format.PARQUET:
            return _ParquetWriter(sink, schema)


class _CsvWriter:
    def __init__(self, sink: _Sink, schema: pa.Schema) -> None:
        names = neutralised(pa.array(schema.names, pa.string())).to_pylist()
        self._schema = pa.schema(
            [field.with_name(name) for field, name in zip(schema, names, strict=True)]
        )
        self._writer = pa_csv.CSVWriter(sink, self._schema)

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [
            neutralised(column) if _is_text(column.type) else column for column in batch.columns
        ]
        self._writer.write(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


class _ParquetWriter:
    def __init__(self, sink: _Sink, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd")

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()


def _batches(
    source: pq.ParquetFile, schema: pa.Schema, limit: int | None
) -> Iterator[pa.RecordBatch]:
    left = limit
    for batch in source.iter_batches(batch_size=BATCH, columns=list(schema.names)):
        if left is not None:
            if left <= 0:
                return
            batch = batch.slice(0, left)
            left -= batch.num_rows
        yield batch.select(list(schema.names))


def _plain(value: Any) -> Any:
    """
    Turn a cell into a JSON value: numbers and texts as they are, times as ISO 8601.

    A decimal becomes a text, since readers of JSON would round it; what JSON has
    no number for (NaN, Infinity) becomes null.
    """
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
