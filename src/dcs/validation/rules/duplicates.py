"""
Find rows that repeat an earlier row, exactly and in bounded memory.

A hash of every row narrows the search; what shares a hash is then compared
value by value, so a collision costs time and never a wrong count. Nulls equal
nulls here, and NaN equals NaN: two rows that look the same are the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from dcs.validation.models import SAMPLES, Sample
from dcs.validation.rules.models import MIB
from dcs.validation.rules.names import folded
from dcs.validation.sql import numbers_of, quoted_name, quoted_text

ROW = "place"
HASH = "hash({})"  # of all values of a row


@dataclass(frozen=True, slots=True)
class Repetition:
    """
    A row that repeats another.

    Attributes:
        row: Data row, from 1.
        first: The earliest row that is equal to it.
    """

    row: int
    first: int


@dataclass(frozen=True, slots=True)
class Duplicates:
    """
    What was found.

    Attributes:
        rows: Rows that repeat an earlier one; the first of its kind is not counted.
        of: Rows of the table.
        repetitions: The first of them, in order.
    """

    rows: int
    of: int
    repetitions: tuple[Repetition, ...]

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The repetitions as a report keeps them: places without values."""
        return tuple(Sample(each.row, "", "") for each in self.repetitions)


def duplicates(
    table: Path, columns: Sequence[str] | None, *, scratch: Path, memory: int
) -> Duplicates:
    """
    Count and locate the rows of a Parquet file that repeat an earlier one.

    Args:
        columns: What makes two rows equal; None for all of their columns.
        scratch: A folder to spill into; nothing stays there.
        memory: Bytes that DuckDB may hold.

    Raises:
        ValueError: The table has no such column.
    """
    with _connected(scratch, memory) as connection:
        return _Search(connection, table, columns).found()


def repeated_rows_of(
    table: Path, columns: Sequence[str] | None, *, scratch: Path, memory: int
) -> Iterator[np.ndarray]:
    """
    Yield the numbers of all rows that `duplicates` counts, ascending, part after part.

    Raises:
        ValueError: The table has no such column.
    """
    with _connected(scratch, memory) as connection:
        search = _Search(connection, table, columns)
        search.found()
        yield from search.all()


def _connected(scratch: Path, memory: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit='{max(memory // MIB, 64)}MiB'")
    connection.execute("SET threads=1")  # keeps the order of rows without sorting them
    connection.execute(f"SET temp_directory={quoted_text(str(scratch / 'spill'))}")
    return connection


class _Search:
    """One search; each step leaves a smaller table for the next."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, table: Path, columns: Sequence[str] | None
    ) -> None:
        self._connection = connection
        source = f"read_parquet({quoted_text(str(table))})"
        given = [row[0] for row in self._ask(f"DESCRIBE SELECT * FROM {source}")]  # noqa: S608  # quoted
        names = given if columns is None else _chosen(columns, given)
        self._count = len(names)
        inner = ", ".join(f"{quoted_name(name)} AS c{place}" for place, name in enumerate(names))
        self._plain = f"(SELECT {inner} FROM {source})"  # noqa: S608  # quoted
        self._rows = f"(SELECT row_number() OVER () AS {ROW}, {inner} FROM {source})"  # noqa: S608  # quoted
        self._cells = ", ".join(f"c{place}" for place in range(self._count))
        self._hash = HASH.format(self._cells)
        self._of: int = self._ask(f"SELECT count(*) FROM {source}")[0][0]  # noqa: S608  # quoted

    def found(self) -> Duplicates:
        """Narrow by hash, compare exactly, locate the first."""
        self._connection.execute(
            f"CREATE TEMP TABLE hashes AS SELECT {self._hash} AS h FROM {self._plain} "  # noqa: S608  # ours
            "GROUP BY h HAVING count(*) > 1"
        )
        self._connection.execute(
            f"CREATE TEMP TABLE firsts AS SELECT min({ROW}) AS first, count(*) AS n, "  # noqa: S608  # ours
            f"any_value(h) AS h FROM {self._candidates} GROUP BY {self._cells}"
        )
        rows = self._ask("SELECT coalesce(sum(n - 1), 0) FROM firsts")[0][0]
        return Duplicates(int(rows), self._of, self._located() if rows else ())

    def all(self) -> Iterator[np.ndarray]:
        """Yield the rows that repeat another, once `found` has narrowed the search."""
        rows = self._connection.sql(
            f"SELECT {ROW} FROM {self._candidates} AS c "  # noqa: S608  # ours
            f"ANTI JOIN firsts ON c.{ROW} = firsts.first ORDER BY {ROW}"
        )
        yield from numbers_of(rows)

    @property
    def _candidates(self) -> str:
        """SQL of the rows that share their hash with another."""
        hashed = f"SELECT *, {self._hash} AS h FROM {self._rows}"  # noqa: S608  # ours
        return f"(SELECT * FROM ({hashed}) SEMI JOIN hashes USING (h))"  # noqa: S608  # ours

    def _located(self) -> tuple[Repetition, ...]:
        """
        Return the first repetitions.

        Every candidate that is not the first of its kind is one, so numbers are enough to
        find them, and where only one kind has the hash, to find what they repeat too.
        """
        pairs = self._ask(
            f"WITH repeated AS (SELECT {ROW}, h FROM {self._candidates} AS c "  # noqa: S608  # ours
            f"ANTI JOIN firsts ON c.{ROW} = firsts.first ORDER BY {ROW} LIMIT {SAMPLES}) "
            f"SELECT {ROW}, count(*), min(first) FROM repeated JOIN firsts USING (h) "
            "GROUP BY 1 ORDER BY 1"
        )
        return tuple(
            Repetition(row, first if kinds == 1 else self._first_of(row))
            for row, kinds, first in pairs
        )

    def _first_of(self, row: int) -> int:
        """Return the earliest row that is equal to one row, value by value."""
        same = " AND ".join(f"r.c{n} IS NOT DISTINCT FROM c.c{n}" for n in range(self._count))
        first: int = self._ask(
            f"SELECT min(c.{ROW}) FROM {self._rows} AS c "  # noqa: S608  # ours
            f"JOIN (SELECT * FROM {self._rows} WHERE {ROW} = {row}) AS r ON {same}"
        )[0][0]
        return first

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()


def _chosen(columns: Sequence[str], given: Sequence[str]) -> list[str]:
    known = {folded(name): name for name in given}
    missing = [name for name in columns if folded(name) not in known]
    if missing or not columns:
        raise ValueError(f"no such columns: {', '.join(missing) or 'none were named'}")
    return [known[folded(name)] for name in columns]
