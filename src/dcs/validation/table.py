"""
The published table in DuckDB, for questions that a data contract asks.

Inside, columns are called ``c0``, ``c1`` and so on, so that no name a sender
chose ever meets SQL unquoted. Memory stays within a limit however large the
table is.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq

from dcs.validation.passes.layout import NUMERIC
from dcs.validation.sql import numbers_of, quoted_name, quoted_text

MIB = 1024**2
WIDE = 100  # columns asked about in one statement
ROW_NUMBER = "file_row_number"  # what DuckDB calls the number of a row in its file

INTEGER = r"-?(0|[1-9][0-9]{0,17})"
NUMBER = r"-?((0|[1-9][0-9]{0,14})(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"
DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
TIME = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"

# How each type is recognised in a text; the same forms as `kernels.cells` knows.
_FITS = {
    "integer": "regexp_full_match(CELL, '" + INTEGER + "')",
    "number": "regexp_full_match(CELL, '" + NUMBER + "')",
    "boolean": "lower(CELL) IN ('true', 'false')",
    "date": "regexp_full_match(CELL, '" + DATE + "') AND try_cast(CELL AS DATE) IS NOT NULL",
    "timestamp": "regexp_full_match(CELL, '" + DATE + "[T ]" + TIME + "') "
    "AND try_cast(CELL AS TIMESTAMP) IS NOT NULL",
}
WIDER: Mapping[str, frozenset[str]] = {
    "number": frozenset({"integer"}),
    "timestamp": frozenset({"date"}),
}


class Table:
    """One file's published rows, ready to be asked about."""

    def __init__(
        self, path: Path, kinds: Mapping[str, str], rows: int, scratch: Path, memory: int
    ) -> None:
        self.names = tuple(kinds)
        self._places = {name: place for place, name in enumerate(self.names)}
        self.types = dict(kinds)
        self.rows = rows
        self._path = path
        if any(name.lower() == ROW_NUMBER for name in kinds):
            self._path = _renamed(path, scratch / "renamed.parquet")
        self._connection = duckdb.connect(":memory:")
        self._connection.execute(f"SET memory_limit='{max(memory // MIB, 64)}MiB'")
        self._connection.execute("SET threads=2")
        self._connection.execute("SET TimeZone='UTC'")
        self._connection.execute(f"SET temp_directory={quoted_text(str(scratch / 'spill'))}")

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def cell(self, name: str) -> str:
        """Return SQL of a column's value: with the column's own type, null where empty."""
        return f"c{self._places[name]}"

    def text(self, name: str) -> str:
        """Return SQL of a column's value as text."""
        cell = self.cell(name)
        return cell if self.types[name] == "text" else f"CAST({cell} AS VARCHAR)"

    def number(self, name: str) -> str:
        """Return SQL of a column's value as a double, null where it is no number."""
        cell = self.cell(name)
        if self.types[name] in NUMERIC:
            return f"CAST({cell} AS DOUBLE)"
        return f"CASE WHEN {self.fits('number', name)} THEN try_cast({cell} AS DOUBLE) END"

    def fits(self, kind: str, name: str) -> str:
        """Return SQL that is true where a column's value is of a type, by its own type or its text."""
        own = self.types[name]
        if own == kind or own in WIDER.get(kind, ()):
            return "true"
        if kind == "integer" and own == "number":
            return f"({self.number(name)} = trunc({self.number(name)}))"
        if own != "text":
            return "false"
        kinds = (kind, *WIDER.get(kind, ()))
        return (
            "(" + " OR ".join(_FITS[each].replace("CELL", self.cell(name)) for each in kinds) + ")"
        )

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """
        Run a query over ``data``: every column by its inner name, and ``row`` from 1.

        *query* is our own text, with columns named by `cell` and values quoted
        by `quoted_text`.
        """
        return self._connection.execute(self._over_data(query)).fetchall()

    def numbers(self, query: str) -> Iterator[np.ndarray]:
        """Run a query that gives whole numbers, and yield them part after part."""
        yield from numbers_of(self._connection.sql(self._over_data(query)))

    def _over_data(self, query: str) -> str:
        columns = ", ".join(
            f"{self._value(name)} AS c{position}" for position, name in enumerate(self.names)
        )
        source = f"read_parquet({quoted_text(str(self._path))}, file_row_number=true)"
        return f"WITH data AS (SELECT {columns}, {ROW_NUMBER} + 1 AS row FROM {source}) {query}"  # noqa: S608  # quoted

    def _value(self, name: str) -> str:
        position = self._places[name]
        column = quoted_name(name) if self._is_original else f"c{position}"
        return f"nullif({column}, '')" if self.types[name] == "text" else column

    @property
    def _is_original(self) -> bool:
        return self._path.name != "renamed.parquet"


def _renamed(path: Path, target: Path) -> Path:
    """Copy a table whose column is called like DuckDB's row number, with inner names."""
    with pq.ParquetFile(path) as source:
        names = [f"c{position}" for position in range(len(source.schema_arrow))]
        schema = source.schema_arrow
        for position, name in enumerate(names):
            schema = schema.set(position, schema.field(position).with_name(name))
        with pq.ParquetWriter(target, schema, compression="lz4") as copy:
            for batch in source.iter_batches():
                copy.write_batch(batch.rename_columns(names))
    return target
