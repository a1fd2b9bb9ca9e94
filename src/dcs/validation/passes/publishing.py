"""Write the published table: Parquet, in row groups that are worth reading one at a time."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 131_072  # rows; fewer only in the last group, or where rows are very wide
ROW_GROUP_BYTES = 96 * 1024 * 1024
DICTIONARY_SHARE = 0.25  # different values by rows, above which a dictionary does not pay


class Publisher:
    """Writes batches of one schema in order; small ones are put together."""

    def __init__(self, path: Path, schema: pa.Schema, repetitive: list[str]) -> None:
        self._schema = schema
        self._waiting: list[pa.RecordBatch] = []
        self._rows = self._bytes = 0
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression="lz4",
            use_dictionary=repetitive or False,
            write_statistics=[each.name for each in schema if each.type != pa.string()],
            store_schema=False,
        )

    def write(self, batch: pa.RecordBatch) -> None:
        """Take a batch; columns it does not have are empty in its rows."""
        self._waiting.append(self._widened(batch))
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= ROW_GROUP or self._bytes >= ROW_GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        """Write what is left and end the file."""
        if self._waiting:
            self._flush()
        self._writer.close()

    def abandon(self) -> None:
        """Let go of a file that will not be used."""
        self._waiting.clear()
        self._writer.close()

    def _flush(self) -> None:
        table = pa.Table.from_batches(self._waiting, self._schema)
        self._writer.write_table(table, row_group_size=max(self._rows, 1))
        self._waiting, self._rows, self._bytes = [], 0, 0

    def _widened(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if batch.schema.names == self._schema.names:
            return batch.cast(self._schema) if batch.schema != self._schema else batch
        columns = [
            batch.column(each.name)
            if each.name in batch.schema.names
            else pa.nulls(batch.num_rows, each.type)
            for each in self._schema
        ]
        return pa.record_batch(columns, schema=self._schema)
