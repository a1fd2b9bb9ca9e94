"""Read single columns and single cells of the published table."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BATCH = 131_072


class Published:
    """A table as it is published, opened once for many questions about single columns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = pq.ParquetFile(path)
        metadata = self._file.metadata
        groups = [metadata.row_group(each).num_rows for each in range(metadata.num_row_groups)]
        self.rows = metadata.num_rows
        self._ends = np.cumsum(groups)

    def __enter__(self) -> "Published":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def arrays(self, name: str) -> Iterator[pa.Array]:
        """Yield a column in order, in batches."""
        for batch in self._file.iter_batches(BATCH, columns=[name], use_threads=False):
            yield batch.column(name)

    def texts_at(self, name: str, rows: Sequence[int]) -> list[str | None]:
        """
        Return the texts of a few cells of one column.

        Args:
            rows: From 1, in any order.
        """
        groups = np.searchsorted(self._ends, np.array(rows) - 1, side="right")
        found: dict[int, str | None] = {}
        for group in dict.fromkeys(groups.tolist()):
            values = self._file.read_row_group(group, columns=[name]).column(name)
            first = int(self._ends[group - 1]) if group else 0
            wanted = [row for row, its in zip(rows, groups, strict=True) if its == group]
            cells = values.take([row - 1 - first for row in wanted])
            found |= {row: _text(each) for row, each in zip(wanted, cells, strict=True)}
        return [found[row] for row in rows]


def _text(scalar: Any) -> str | None:
    """Return a value as text, also one that Python has no type for (years, nanoseconds)."""
    if not scalar.is_valid:
        return None
    return str(scalar.cast("string").as_py())
