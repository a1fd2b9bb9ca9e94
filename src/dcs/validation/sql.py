"""Write names and texts so that SQL reads exactly the same ones, and take over the numbers it answers."""

from collections.abc import Iterator

import duckdb
import numpy as np

AT_ONCE = 131_072


def quoted_name(name: str) -> str:
    """Quote a column's name."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """Quote a text."""
    return "'" + text.replace("'", "''") + "'"


def numbers_of(relation: duckdb.DuckDBPyRelation) -> Iterator[np.ndarray]:
    """Yield the one column of whole numbers that a query gives, part after part, as it is computed."""
    for batch in relation.to_arrow_reader(AT_ONCE):
        yield np.asarray(batch.column(0)).astype(np.int64, copy=False)
