"""Read single cells of the published table."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq


class Published:
    """A table as it is published, for looking up a few cells."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with pq.ParquetFile(path) as source:
            metadata = source.metadata
            groups = [metadata.row_group(each).num_rows for each in range(metadata.num_row_groups)]
        self._ends = np.cumsum(groups)

    def texts_at(self, name: str, rows: Sequence[int]) -> list[str | None]:
        """
        Return the texts of a few cells of one column.

        Args:
            rows: From 1, in order.
        """
        found: list[str | None] = []
        with pq.ParquetFile(self.path) as source:
            groups = np.searchsorted(self._ends, np.array(rows) - 1, side="right")
            for group in dict.fromkeys(groups.tolist()):
                values = source.read_row_group(group, columns=[name]).column(name)
                first = int(self._ends[group - 1]) if group else 0
                inside = [
                    row - 1 - first for row, g in zip(rows, groups, strict=True) if g == group
                ]
                found += [_text(each) for each in values.take(inside)]
        return found


def _text(scalar: Any) -> str | None:
    """Return a value as text, also one that Python has no type for (years, nanoseconds)."""
    if not scalar.is_valid:
        return None
    return str(scalar.cast("string").as_py())
