"""List the rows of a published table that fail one check: the sandbox's task."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dcs.validation import kernels
from dcs.validation.failing import cells, promised
from dcs.validation.failing.asked import Asked
from dcs.validation.models import Kind
from dcs.validation.published import Published
from dcs.validation.rules.duplicates import repeated_rows_of

Rows = Iterator[np.ndarray]
"""Row numbers from 1, ascending, part after part."""


def list_rows(arguments: Mapping[str, Any]) -> list[int] | None:
    """
    List the rows that fail a check; None for one that does not come from rows.

    Args:
        arguments: ``table``, the published Parquet file; ``contract``, its document or null;
            ``check``, its kind, rule, column and odcs_path; ``after`` and ``limit``: at most
            so many rows behind that one; ``scratch``, ``memory`` and ``kernels`` as a judge
            has them.
    """
    kernels.use(lambda: Path(arguments["kernels"]))
    asked = Asked(
        table=Path(arguments["table"]),
        contract=arguments["contract"],
        scratch=Path(arguments["scratch"]),
        memory=arguments["memory"],
        **arguments["check"],
    )
    rows = _rows(asked)
    return None if rows is None else _first(rows, arguments["after"], arguments["limit"])


def _rows(asked: Asked) -> Rows | None:
    if asked.kind == Kind.CONTRACT:
        return promised.rows_of(asked)
    if asked.column is None:
        if (asked.kind, asked.rule) != (Kind.UNIQUENESS, "repeated_rows"):
            return None
        return repeated_rows_of(asked.table, None, scratch=asked.scratch, memory=asked.memory)
    finder = FINDERS.get((asked.kind, asked.rule))
    return None if finder is None else _of_column(finder, asked.table, asked.column)


def _of_column(finder: cells.Finder, table: Path, column: str) -> Rows:
    with Published(table) as published:
        yield from finder(published, column)


def _first(parts: Rows, after: int, limit: int) -> list[int]:
    found: list[int] = []
    for part in parts:
        if not len(part) or part[-1] <= after:
            continue
        found += part[np.searchsorted(part, after, "right") :][: limit - len(found)].tolist()
        if len(found) >= limit:
            break
    return found


FINDERS: Mapping[tuple[str, str], Callable[[Published, str], Rows]] = {
    (Kind.COMPLETENESS, "nulls"): cells.empty,
    (Kind.FORMULA, "injection"): cells.formulas,
    (Kind.FORMAT, "mixed_types"): cells.strays,
    (Kind.FORMAT, "email"): cells.no_emails,
    (Kind.FORMAT, "phone"): cells.no_phones,
    (Kind.ZSCORE, "outliers"): cells.far,
    (Kind.IQR, "outliers"): cells.outside,
}
