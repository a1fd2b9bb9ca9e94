"""
Make a version's sketch from its published table, exactly, in bounded memory.

Each column is sorted by DuckDB, which spills to disk, and passes by in
batches; whatever the size, memory holds one batch and one column's sketch.
Versions that were judged by earlier releases, which kept no sketch, get theirs
this way.
"""

import base64
import hashlib
import hmac
import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq

from dcs.validation.drift.models import (
    CATEGORIES,
    KLL_SIZE,
    LENGTH_EDGES,
    MOST_COLUMNS,
    MOST_FREQUENT,
    NUMBERS,
    PERCENTILES,
    ColumnSketch,
    Sketch,
)
from dcs.validation.models import ColumnProfile, Report
from dcs.validation.sql import quoted_name, quoted_text

BATCH = 65_536
MIB = 1024**2
DIGITS = 16  # of a digest; a thousand values share one once in 10^13 columns


def sketch_of(
    parquet: Path, report: Report, key: bytes, *, scratch: Path, memory: int = 512 * MIB
) -> Sketch:
    """
    Return the sketch of a published table.

    Args:
        parquet: The table.
        report: Of the same version: it says the types, and which columns have personal data.
        key: Of the digests; the same for all versions that are to be compared.
        scratch: A folder for spilling, on a disk with room for one sorted column.
        memory: Bytes that DuckDB may use.
    """
    profiles = {each.name: each for each in report.columns}
    entities: dict[str, list[tuple[str, int]]] = {}
    for found in report.established:
        entities.setdefault(found.column, []).append((found.entity, found.cells))
    with pq.ParquetFile(parquet) as source:
        rows, names = source.metadata.num_rows, source.schema_arrow.names
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"SET memory_limit='{max(memory // MIB, 64)}MiB'")
        connection.execute("SET threads=1")
        connection.execute("SET TimeZone='UTC'")
        connection.execute(f"SET temp_directory={quoted_text(str(scratch / 'sorted'))}")
        table = _Table(connection, f"read_parquet({quoted_text(str(parquet))})", key)
        columns = [
            table.column(name, profiles[name].type, tuple(entities.get(name, ())))
            for name in names[:MOST_COLUMNS]
        ]
    finally:
        connection.close()
    counted = [
        _counted(profiles[name], rows, tuple(entities.get(name, ())))
        for name in names[MOST_COLUMNS:]
    ]
    return Sketch(rows, (*columns, *counted))


def _counted(
    profile: ColumnProfile, rows: int, entities: tuple[tuple[str, int], ...]
) -> ColumnSketch:
    """Return what the report knows of a column: enough to compare its type and empty cells."""
    filled = rows - profile.nulls
    return ColumnSketch(
        profile.name, profile.type, profile.nulls, filled, profile.distinct, True, entities=entities
    )


def sketch_table(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """
    Make the sketch of a table that was judged before; a task for the sandbox.

    Args:
        arguments: ``table`` and ``scratch`` paths, the ``report`` document, the ``key`` in
            hexadecimal and ``memory`` in bytes.
    """
    sketch = sketch_of(
        Path(arguments["table"]),
        Report.from_json(arguments["report"]),
        bytes.fromhex(arguments["key"]),
        scratch=Path(arguments["scratch"]),
        memory=arguments["memory"],
    )
    return sketch.to_json()


def digest_of(value: str, key: bytes) -> str:
    """Return the keyed digest by which a value is recognised and nothing else is learnt of it."""
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:DIGITS]


@dataclass(frozen=True, slots=True)
class _Table:
    connection: Any
    source: str
    key: bytes

    def column(self, name: str, kind: str, entities: tuple[tuple[str, int], ...]) -> ColumnSketch:
        """Return the sketch of one column; of personal data only counts."""
        cell = quoted_name(name)
        rows, filled, distinct = self._ask(
            f"SELECT count(*), count({cell}), count(DISTINCT {cell}) FROM {self.source}"  # noqa: S608  # quoted
        )[0]
        told: dict[str, Any] = {}
        if not entities:
            if kind in NUMBERS:
                told |= self._numbers(cell)
            if kind == "text":
                told["lengths"] = self._lengths(cell)
            if kind in CATEGORIES and 0 < distinct <= MOST_FREQUENT:
                told["frequent"] = self._frequent(cell)
        return ColumnSketch(
            name, kind, rows - filled, filled, distinct, True, entities=entities, **told
        )

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        answer: list[tuple[Any, ...]] = self.connection.execute(query).fetchall()
        return answer

    def _numbers(self, cell: str) -> dict[str, Any]:
        """Return the exact quantiles and the quantile sketch of the finite values."""
        from datasketches import kll_doubles_sketch

        count = self._ask(f"SELECT count(*) FROM ({self._finite(cell)})")[0][0]  # noqa: S608  # quoted
        if not count:
            return {}
        kll = kll_doubles_sketch(KLL_SIZE)
        quantiles = _Quantiles(count)
        for values in self._sorted(cell):
            kll.update(values.copy())  # it refuses arrays that cannot be written to
            quantiles.take(values)
        return {
            "quantiles": quantiles.interpolated(),
            "kll": base64.b64encode(kll.serialize()).decode(),
        }

    def _finite(self, cell: str) -> str:
        return (
            f"SELECT value FROM (SELECT CAST({cell} AS DOUBLE) AS value FROM {self.source}) "  # noqa: S608  # quoted
            "WHERE value IS NOT NULL AND isfinite(value)"
        )

    def _sorted(self, cell: str) -> Iterator[np.ndarray[Any, Any]]:
        reader = self.connection.sql(f"{self._finite(cell)} ORDER BY value").to_arrow_reader(BATCH)
        for batch in reader:
            yield batch.column(0).to_numpy()

    def _lengths(self, cell: str) -> tuple[int, ...]:
        counted = self._ask(
            f"SELECT length(CAST({cell} AS VARCHAR)), count(*) FROM {self.source} "  # noqa: S608  # quoted
            f"WHERE {cell} IS NOT NULL GROUP BY 1"
        )
        counts = [0] * len(LENGTH_EDGES)
        for length, count in counted:
            counts[bisect_right(LENGTH_EDGES, length) - 1] += count
        return tuple(counts)

    def _frequent(self, cell: str) -> tuple[tuple[str, int], ...]:
        counted = self._ask(
            f"SELECT CAST({cell} AS VARCHAR), count(*) FROM {self.source} "  # noqa: S608  # quoted
            f"WHERE {cell} IS NOT NULL GROUP BY 1"
        )
        digests = ((digest_of(value, self.key), count) for value, count in counted)
        return tuple(sorted(digests, key=lambda each: (-each[1], each[0])))


class _Quantiles:
    """Pick the values around each percentile out of sorted batches."""

    def __init__(self, count: int) -> None:
        self._places = [place / (PERCENTILES - 1) * (count - 1) for place in range(PERCENTILES)]
        wanted = {math.floor(each) for each in self._places} | {
            math.ceil(each) for each in self._places
        }
        self._wanted = np.array(sorted(wanted))
        self._found: dict[int, float] = {}
        self._seen = 0

    def take(self, values: np.ndarray[Any, Any]) -> None:
        """Look at the next batch."""
        low, high = np.searchsorted(self._wanted, [self._seen, self._seen + len(values)])
        for place in self._wanted[low:high]:
            self._found[int(place)] = float(values[place - self._seen])
        self._seen += len(values)

    def interpolated(self) -> tuple[float, ...]:
        """Return the percentiles, linearly between the two values around each."""
        return tuple(self._between(each) for each in self._places)

    def _between(self, place: float) -> float:
        low, high = self._found[math.floor(place)], self._found[math.ceil(place)]
        part = place - math.floor(place)
        return low if not part or low == high else low * (1 - part) + high * part
