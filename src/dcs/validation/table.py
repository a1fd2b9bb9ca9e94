"""
The table in DuckDB: every column as text to be asked about, and typed to be published.

Memory stays within a limit however large the file is: the texts go straight
into a Parquet file in the scratch folder, and every question is asked of that.
The rows of CSV are texts from the beginning; those of other formats come as a
Parquet file of their own values, from which the texts are made and which is
published.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dcs.validation.models import Check
from dcs.validation.readers import Reader, Written, write_rows
from dcs.validation.readers.reading import note
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
# What the values of a column of texts may become, by the kinds of values it held.
_NARROWER: Mapping[frozenset[str], tuple[str, ...]] = {
    frozenset({"number"}): ("integer", "number"),
    frozenset({"boolean"}): ("boolean",),
    frozenset({"date"}): ("date",),
    frozenset({"timestamp"}): ("timestamp",),
}
SURE_DIGITS = 15  # of a number, which a double always keeps
MOST_DIGITS = 24  # characters of a longer number that is compared digit by digit
MOST_MEASURED = 1e100  # larger numbers have no deviation that fits a double
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
        self._open(structure.names, structure.rows, scratch, memory)
        self._load(path, structure)
        self._find_types({})

    @classmethod
    def of(cls, reader: Reader, scratch: Path, memory: int) -> "Table":
        """
        Return the table of a file that a reader has opened.

        Raises:
            StructureError: It cannot be read to its end, or two counts of its rows differ.
        """
        written = write_rows(reader, scratch / "rows")
        table = cls.__new__(cls)
        table._open(written.names, written.rows, scratch, memory)
        table._take_over(written, reader.kinds)
        table.notes = (*reader.notes, *table.notes)
        return table

    def _open(self, names: tuple[str, ...], rows: int, scratch: Path, memory: int) -> None:
        self.names = names
        self.rows = rows
        self.types: dict[str, str] = {}
        self.notes: tuple[Check, ...] = ()
        self._given: dict[str, str] = {}
        self._typed: Path | None = None
        self._texts = scratch / "texts.parquet"
        self._connection = duckdb.connect(":memory:")
        self._connection.execute(f"SET memory_limit='{max(memory // MIB, 64)}MiB'")
        self._connection.execute("SET threads=2")
        self._connection.execute("SET TimeZone='UTC'")
        self._connection.execute(f"SET temp_directory={quoted_text(str(scratch / 'spill'))}")

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def cell(self, name: str) -> str:
        """Return what a column is called inside."""
        return f"c{self.names.index(name)}"

    def text(self, name: str) -> str:
        """Return SQL of a column's value as a text, null where a cell is empty."""
        return self.cell(name)

    def number(self, name: str) -> str:
        """Return SQL of a column's value as a DOUBLE, null where it is no number."""
        numeric = f"({self.fits('integer', name)} OR {self.fits('number', name)})"
        return f"CASE WHEN {numeric} THEN try_cast({self.cell(name)} AS DOUBLE) END"

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

    def fits(self, kind: str, name: str) -> str:
        """Return SQL that is true where a column's value is of a type, by its own type or its text."""
        return "true" if self._given.get(name) == kind else fits(kind, self.cell(name))

    def publish(self, target: Path) -> None:
        """Write the table with its types, the order of its rows kept."""
        source = self._texts if self._typed is None else self._typed
        columns = ", ".join(
            f"{self._published(position, name)} AS {quoted_name(name)}"
            for position, name in enumerate(self.names)
        )
        self._connection.execute(
            f"COPY (SELECT {columns} FROM read_parquet({quoted_text(str(source))})) "  # noqa: S608  # quoted
            f"TO {quoted_text(str(target))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )

    def _published(self, position: int, name: str) -> str:
        """Return SQL of a column as it is published: with the type it came with, or the one found."""
        if name in self._given:
            return f"c{position}"
        return f"CAST(c{position} AS {SQL_TYPES[self.types[name]]})"

    def _take_over(self, written: Written, kinds: Mapping[str, frozenset[str]] | None) -> None:
        """Make the texts of a table that came with its own values."""
        self._typed = written.path
        if kinds is None:
            self._given = {name: column.kind for name, column in written.columns.items()}
        source = f"read_parquet({quoted_text(str(written.path))})"
        texts = ", ".join(
            f"{_as_text(self._given.get(name, 'text'), f'c{position}', str(column.type))} AS c{position}"
            for position, (name, column) in enumerate(written.columns.items())
        )
        self._connection.execute(
            f"COPY (SELECT {texts} FROM {source}) TO {quoted_text(str(self._texts))} "  # noqa: S608  # ours
            f"(FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        if self.ask("SELECT count(*) FROM data") != [(self.rows,)]:
            raise StructureError(
                "counts_differ",
                f"{self.rows:,} rows were read and another number was written; nothing is guessed.",
                "Send the file again.",
            )
        if kinds is None:
            self._note_numbers(source, written)
        else:
            self._find_types({name: _NARROWER.get(kinds[name], ()) for name in self.names})
            self._keep_exact()

    def _note_numbers(self, source: str, written: Written) -> None:
        """Take the types the columns came with, and say which numbers cannot be measured."""
        for start in range(0, len(self.names), WIDE):
            names = self.names[start : start + WIDE]
            measures = ", ".join(
                _measures(self.cell(name), written.columns[name].type) for name in names
            )
            answers = self._connection.execute(f"SELECT {measures} FROM {source}").fetchall()[0]  # noqa: S608  # ours
            for position, name in enumerate(names):
                filled, endless, most = answers[position * 3 : position * 3 + 3]
                if endless:
                    self.notes += (_endless(name, endless),)
                if most > MOST_MEASURED:
                    self.notes += (_immense(name),)
                measured = filled > endless and most <= MOST_MEASURED
                self.types[name] = self._given[name] if measured else "text"

    def _keep_exact(self) -> None:
        """Leave a column of numbers as text where a double would round one of them."""
        for name in self.names:
            cell = self.cell(name)
            if self.types[name] == "number" and self.ask(
                f"SELECT count(*) FROM data WHERE {cell} IS NOT NULL AND NOT {_is_exact(cell)}"  # noqa: S608  # ours
            ) != [(0,)]:
                self.types[name] = "text"

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

    def _find_types(self, among: Mapping[str, tuple[str, ...]]) -> None:
        """
        Give each column the narrowest type that every one of its values has.

        Args:
            among: The types that are possible, for the columns where not all are.
        """
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
                self.types[name] = _type(counts, among.get(name, tuple(_FITS)))


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


def _type(counts: Sequence[int], among: Sequence[str]) -> str:
    filled, *fitting = counts
    if filled == 0:
        return "text"
    fits_all = (kind for kind, count in zip(_FITS, fitting, strict=True) if count == filled)
    return next((kind for kind in fits_all if kind in among), "text")


def _as_text(kind: str, cell: str, arrow_type: str) -> str:
    """Return SQL of a value's text: null where nothing can be said about it."""
    match kind:
        case "text":
            return f"nullif({cell}, '')"
        case "number" if not arrow_type.startswith("decimal"):
            return f"CASE WHEN isfinite({cell}) THEN CAST({cell} AS VARCHAR) END"
        case _:
            return f"CAST({cell} AS VARCHAR)"


def _measures(cell: str, arrow_type: pa.DataType) -> str:
    """Return SQL of three figures: values, those that are not finite, and the largest size of others."""
    if not pa.types.is_floating(arrow_type):
        return f"count({cell}), 0, 0"
    finite = f"coalesce(max(abs({cell})) FILTER (isfinite({cell})), 0)"
    return f"count({cell}), count({cell}) FILTER (NOT isfinite({cell})), {finite}"


def _is_exact(cell: str) -> str:
    """Return SQL that is true where a number is what its nearest double is written as."""
    digits = f"length(regexp_replace(regexp_replace({cell}, '[eE].*', ''), '[^0-9]', '', 'g'))"
    exact = "try_cast({} AS DECIMAL(38, 22))"
    double = f"CAST(CAST({cell} AS DOUBLE) AS VARCHAR)"
    same = f"coalesce({exact.format(cell)} = {exact.format(double)}, false)"
    return f"({digits} <= {SURE_DIGITS} OR (length({cell}) <= {MOST_DIGITS} AND {same}))"


def _endless(name: str, count: int) -> Check:
    return note(
        "not_finite",
        f"{count:,} values are NaN or infinite; they count as missing here and are published as they are",
        "Leave missing numbers empty.",
        column=name,
        rows=count,
    )


def _immense(name: str) -> Check:
    return note(
        "immense_numbers",
        f"some numbers are beyond {MOST_MEASURED:g}; the column is not measured",
        "Check whether they are mistakes.",
        column=name,
    )


def quoted_name(name: str) -> str:
    """Quote a column's name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"
