"""Pick single rows of a Parquet file by their numbers, reading only where they lie."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

BATCH = 16_384  # rows in memory at once
ROW = "row"


def numbered(schema: pa.Schema) -> pa.Schema:
    """Return the schema with a first column for the row's number, under a name that is free."""
    name = ROW
    while name in schema.names:
        name = f"_{name}"
    return schema.insert(0, pa.field(name, pa.int64()))


def picked(
    source: pq.ParquetFile, schema: pa.Schema, rows: Sequence[int]
) -> Iterator[pa.RecordBatch]:
    """
    Yield the picked rows in their order; numbers beyond the last row pick nothing.

    Args:
        schema: What `numbered` returned.
        rows: Data rows from 1, ascending.
    """
    names = schema.names[1:]
    first = 1
    for group in range(source.num_row_groups):
        count = source.metadata.row_group(group).num_rows
        if bisect_left(rows, first) < bisect_left(rows, first + count):
            batches = source.iter_batches(BATCH, row_groups=[group], columns=names)
            yield from _of_group(batches, schema, rows, first)
        first += count


def _of_group(
    batches: Iterator[pa.RecordBatch], schema: pa.Schema, rows: Sequence[int], first: int
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        low, high = bisect_left(rows, first), bisect_left(rows, first + batch.num_rows)
        wanted = rows[low:high]
        if wanted:
            places = pa.array([row - first for row in wanted], pa.int64())
            part = batch.select(schema.names[1:]).take(places)
            yield pa.RecordBatch.from_arrays(
                [pa.array(wanted, pa.int64()), *part.columns], schema=schema
            )
        first += batch.num_rows
