"""
The table in DuckDB: loaded strictly as text, typed by all of its values, written as Parquet.

Memory stays within a limit however large the file is: the text goes straight
into a Parquet file in the scratch folder, and every question is asked of that.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dcs.validation.structure import MAX_CELL, Structure, StructureError

MIB = 1024**2
ROW_GROUP = 131_072
BATCH = 65_536
REJECTS = 1_000  # rejected records that are counted
WIDE = 100  # columns asked about in one statement

INTEGER = r"-?(0|[1-9][0-9]{0,17})"
NUMBER = r"-?((0|[1-9][0-9]{0,14})(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"
DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
TIME = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"

# How each type is recognised in a text, and what it becomes in the published table.
_FITS = {
    "integer": "regexp_full_match(CELL, '" + INTEGER + "')",
    "number": "regexp_full_match(CELL, '" + NUMBER + "')",
    "boolean": "lower(CELL) IN ('true', 'false')",
    "date": "regexp_full_match(CELL, '" + DATE + "') AND try_cast(CELL AS DATE) IS NOT NULL",
    "timestamp": "regexp_full_match(CELL, '" + DATE + "[T ]" + TIME + "') "
    "AND try_cast(CELL AS TIMESTAMP) IS NOT NULL",
}
SQL_TYPES = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "text": "VARCHAR",
}


def fits(kind: str, cell: str) -> str:
    """Return SQL that is true where the text in *cell* is a value of this type."""
    return f"({_FITS[kind].replace('CELL', cell)})"


class Table:
    """
    One file's rows, ready to be asked about.

    Inside, columns are called ``c0``, ``c1`` and so on, so that no name a sender
    chose ever meets SQL before the published table is written.
    """

    def __init__(self, path: Path, structure: Structure, scratch: Path, memory: int) -> None:
        self.names = structure.names
        self.rows = structure.rows
        self.types: dict[str, str] = {}
        self._texts = scratch / "texts.parquet"
        self._connection = duckdb.connect(":memory:")
        self._connection.execute(f"SET memory_limit='{max(memory // MIB, 64)}MiB'")
        self._connection.execute("SET threads=2")
        self._connection.execute(f"SET temp_directory={quoted_text(str(scratch / 'spill'))}")
        self._load(path, structure)
        self._find_types()

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def cell(self, name: str) -> str:
        """Return what a column is called inside."""
        return f"c{self.names.index(name)}"

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """
        Run a query over ``data``: every column as text, and ``row`` from 1.

        *query* is our own text, with columns named by `cell` and values quoted
        by `quoted_text`.
        """
        source = f"read_parquet({quoted_text(str(self._texts))}, file_row_number=true)"
        data = f"WITH data AS (SELECT *, file_row_number + 1 AS row FROM {source}) "  # noqa: S608  # ours
        return self._connection.execute(data + query).fetchall()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield all rows as texts, in order."""
        with pq.ParquetFile(self._texts) as source:
            yield from source.iter_batches(batch_size=BATCH)

    def publish(self, target: Path) -> None:
        """Write the table with its types, the order of its rows kept."""
        columns = ", ".join(
            f"CAST(c{position} AS {SQL_TYPES[self.types[name]]}) AS {quoted_name(name)}"
            for position, name in enumerate(self.names)
        )
        self._connection.execute(
            f"COPY (SELECT {columns} FROM read_parquet({quoted_text(str(self._texts))})) "  # noqa: S608  # quoted
            f"TO {quoted_text(str(target))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )

    def _load(self, path: Path, structure: Structure) -> None:
        """
        Load every record as texts, exactly as the structure says, or refuse the file.

        Raises:
            StructureError: A record the loader rejects, or another number of records.
        """
        cells = (f"c{position}" for position in range(len(self.names)))
        names = ", ".join(
            f"nullif(ltrim({cell}, ' '), '') AS {cell}" if structure.trim else cell
            for cell in cells
        )
        try:
            self._connection.execute(
                f"COPY (SELECT {names} FROM {_source(path, structure)}) "  # noqa: S608  # quoted
                f"TO {quoted_text(str(self._texts))} "
                f"(FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE {ROW_GROUP})"
            )
            rejects = self._connection.execute(
                "SELECT error_type, line, byte_position, count(*) OVER () FROM reject_errors "
                "ORDER BY line, byte_position LIMIT 1"
            ).fetchall()
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            raise StructureError(
                "not_loadable",
                "The file's quoting or line ends are mixed in a way that two readers understand "
                "differently.",
                "Write it again with one kind of line end and quotes doubled inside quotes.",
            ) from error
        with pq.ParquetFile(self._texts) as loaded:
            found = loaded.metadata.num_rows
        if rejects:
            raise _rejected(*rejects[0])
        if found != self.rows:
            raise StructureError(
                "counts_differ",
                f"One reader counts {self.rows:,} rows and another {found:,}; nothing is guessed.",
                "Look for quotes and line ends inside cells, and write the file again.",
            )

    def _find_types(self) -> None:
        """Give each column the narrowest type that every one of its values has."""
        for start in range(0, len(self.names), WIDE):
            names = self.names[start : start + WIDE]
            questions = [
                f"count({self.cell(name)})"
                if kind is None
                else f"count_if({fits(kind, self.cell(name))})"
                for name in names
                for kind in (None, *_FITS)
            ]
            answers = self.ask(f"SELECT {', '.join(questions)} FROM data")[0]  # noqa: S608  # quoted
            width = 1 + len(_FITS)
            for position, name in enumerate(names):
                counts = answers[position * width : (position + 1) * width]
                self.types[name] = _type(counts)


def _source(path: Path, structure: Structure) -> str:
    """Return SQL that reads a text strictly, with nothing left to be detected."""
    columns = ", ".join(f"c{position}: 'VARCHAR'" for position in range(len(structure.names)))
    return (
        f"read_csv({quoted_text(str(path))}, auto_detect=false, header=true, strict_mode=true, "
        f"delim={quoted_text(structure.delimiter)}, quote={quoted_text(structure.quote)}, "
        f"escape={quoted_text(structure.escape)}, nullstr='', null_padding=false, "
        f"store_rejects=true, rejects_limit={REJECTS}, parallel={not structure.multiline}, "
        f"max_line_size={4 * MAX_CELL}, columns={{{columns}}})"
    )


def _rejected(what: str, line: int, position: int | None, count: int) -> StructureError:
    """Say where the loader did not understand what the strict reader had."""
    place = f"line {line:,}" if position is None else f"line {line:,} (byte {position - 1:,})"
    return StructureError(
        "not_loadable",
        f"Two readers understand {place} differently: {what.lower()}.",
        "Look for quotes and line ends inside cells, and write the file again.",
        count,
    )


def _type(counts: Sequence[int]) -> str:
    filled, *fitting = counts
    if filled == 0:
        return "text"
    return next(
        (kind for kind, count in zip(_FITS, fitting, strict=True) if count == filled), "text"
    )


def quoted_name(name: str) -> str:
    """Quote a column's name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"
