"""The rows that break a promise of the data contract."""

from collections.abc import Iterator

import numpy as np
import pyarrow.parquet as pq

from dcs.validation.contracts import read_contract
from dcs.validation.contracts.beyond_rows import DUPLICATES, FRESHNESS, repeated_columns
from dcs.validation.contracts.promises import Promise, rule_of
from dcs.validation.contracts.terms import Contract, Quality
from dcs.validation.contracts.verdicts import promises
from dcs.validation.failing.asked import Asked
from dcs.validation.readers.columns import column_of
from dcs.validation.rules.duplicates import repeated_rows_of
from dcs.validation.table import Table

AT_ONCE = 131_072


def rows_of(asked: Asked) -> Iterator[np.ndarray] | None:
    """Return the rows that break what stands at a place of a contract; None if rows do not tell."""
    if asked.contract is None or asked.odcs_path is None:
        return None
    contract = read_contract(asked.contract.encode())
    if asked.rule == FRESHNESS:
        return _all(asked)
    quality = next((each for each in contract.quality if each.path == asked.odcs_path), None)
    if quality is not None and quality.check == DUPLICATES and rule_of(quality) == asked.rule:
        return _repeated(asked, quality)
    return _broken(asked, contract)


def _all(asked: Asked) -> Iterator[np.ndarray]:
    """Yield every row: a table is too old as a whole."""
    with pq.ParquetFile(asked.table) as source:
        rows = source.metadata.num_rows
    yield from (
        np.arange(first, min(first + AT_ONCE, rows + 1)) for first in range(1, rows + 1, AT_ONCE)
    )


def _repeated(asked: Asked, quality: Quality) -> Iterator[np.ndarray]:
    return repeated_rows_of(
        asked.table, repeated_columns(quality), scratch=asked.scratch, memory=asked.memory
    )


def _broken(asked: Asked, contract: Contract) -> Iterator[np.ndarray] | None:
    with pq.ParquetFile(asked.table) as source:
        schema, rows = source.schema_arrow, source.metadata.num_rows
    kinds = {each.name: column_of(each.type, n).kind for n, each in enumerate(schema, 1)}
    table = Table(asked.table, kinds, rows, asked.scratch, asked.memory)
    found = next((each for each in promises(table, contract) if _is(each, asked)), None)
    if found is None:
        table.close()
        return None
    return _answers(table, found)


def _is(promise: Promise, asked: Asked) -> bool:
    return (promise.path, promise.rule, promise.column) == (
        asked.odcs_path,
        asked.rule,
        asked.column,
    )


def _answers(table: Table, promise: Promise) -> Iterator[np.ndarray]:
    try:
        yield from table.numbers(f"SELECT row FROM data WHERE {promise.broken} ORDER BY row")  # noqa: S608  # our own text
    finally:
        table.close()
