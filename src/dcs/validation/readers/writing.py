"""Write what a reader yields into one Parquet file, with columns called ``c0``, ``c1`` and so on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dcs.validation.readers.columns import Column, column_of, converted
from dcs.validation.readers.reading import Reader, no_rows
from dcs.validation.structure import StructureError


@dataclass(frozen=True, slots=True)
class Written:
    """
    The rows of a file as a Parquet file of our own.

    Attributes:
        names: The columns' names, in the order of ``c0``, ``c1`` …
        rows: Rows written, the same as the reader counted.
        columns: The kind and the Arrow type of each column.
    """

    path: Path
    names: tuple[str, ...]
    rows: int
    columns: Mapping[str, Column]


def write_rows(reader: Reader, folder: Path) -> Written:
    """
    Write all rows in order, in bounded memory.

    Raises:
        StructureError: The file cannot be read, or the rows read are not as many as
            the reader counted.
    """
    folder.mkdir(exist_ok=True)
    writer = _Writer(folder)
    try:
        for batch in reader.batches():
            writer.write(batch)
    finally:
        writer.close()
    if writer.rows != reader.rows:
        raise StructureError(
            "counts_differ",
            f"The file says that it has {reader.rows:,} rows and {writer.rows:,} were read; "
            "nothing is guessed.",
            "Write the file again.",
        )
    return Written(writer.one_file(), tuple(writer.columns), writer.rows, writer.columns)


class _Writer:
    """Writes parts of a table; a part ends where a column is added."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: list[Path] = []
        self._open: pq.ParquetWriter | None = None
        self.columns: dict[str, Column] = {}
        self.rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        given = dict(zip(batch.schema.names, batch.schema.types, strict=True))
        new = [name for name in given if name not in self.columns]
        for name in new:
            self.columns[name] = column_of(given[name], len(self.columns) + 1)
        if new or self._open is None:
            self.close()
            self._parts.append(self._folder / f"{len(self._parts)}.parquet")
            self._open = _parquet(self._parts[-1], self._schema())
        arrays = [
            converted(column, batch.column(name), position, self.rows + 1)
            for position, (name, column) in enumerate(self.columns.items(), start=1)
        ]
        self._open.write_batch(pa.record_batch(arrays, schema=self._schema()))
        self.rows += batch.num_rows

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def one_file(self) -> Path:
        """Return the table as one file; columns that came later are null before."""
        if not self._parts:
            raise no_rows("data")
        if len(self._parts) == 1:
            return self._parts[0]
        whole = self._folder / "whole.parquet"
        with _parquet(whole, self._schema()) as target:
            for part in self._parts:
                with pq.ParquetFile(part) as source:
                    for batch in source.iter_batches():
                        target.write_batch(self._widened(batch))
                part.unlink()
        return whole

    def _schema(self) -> pa.Schema:
        types = [each.type for each in self.columns.values()]
        return pa.schema([(f"c{position}", kind) for position, kind in enumerate(types)])

    def _widened(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        missing = self._schema().types[batch.num_columns :]
        nulls = [pa.nulls(batch.num_rows, kind) for kind in missing]
        return pa.record_batch([*batch.columns, *nulls], schema=self._schema())


def _parquet(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, schema, compression="lz4", store_schema=False)
