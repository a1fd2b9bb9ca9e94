"""Run a row rule: count the rows that break it and locate the first of them, masked."""

from typing import Any

import duckdb

from dcs.validation.models import SAMPLES, Sample
from dcs.validation.rules.locked import ROWS, LockedTable
from dcs.validation.rules.models import RowRule, Verdict
from dcs.validation.rules.names import folded
from dcs.validation.rules.queries import Query, read_expression
from dcs.validation.rules.refusal import RefusedError
from dcs.validation.shapes import LONGEST, shape
from dcs.validation.sql import quoted_name

SHOWN_COLUMNS = 8  # of a row that breaks a rule


def judge_rows(table: LockedTable, cursor: duckdb.DuckDBPyConnection, rule: RowRule) -> Verdict:
    """
    Hold every row against an expression.

    A row breaks the rule where the expression is false. Where it is null nothing is
    known of the row and it counts as kept: ``amount > 0`` says nothing of a missing amount.

    Raises:
        RefusedError: It is not one boolean expression over the table's columns.
        duckdb.Error: It failed; the error's text may quote the table.
    """
    query, condition = _condition(table, cursor, rule)
    broken = cursor.execute(
        f"SELECT count(*) FROM {quoted_name(ROWS)} WHERE NOT {condition}"  # noqa: S608  # read above
    ).fetchall()[0][0]
    samples = _located(table, cursor, query, condition) if broken else ()
    return Verdict(broken > 0, observed=float(broken), rows=broken, of=table.rows, samples=samples)


def broken_rows(
    table: LockedTable, cursor: duckdb.DuckDBPyConnection, rule: RowRule, after: int, limit: int
) -> list[int]:
    """
    Return the numbers of the first rows behind *after* that break a rule, ascending.

    Raises:
        RefusedError: It is not one boolean expression over the table's columns.
        duckdb.Error: It failed; the error's text may quote the table.
    """
    _, condition = _condition(table, cursor, rule)
    place = _free_name(table)
    found = cursor.execute(
        f"SELECT {place} FROM (SELECT *, row_number() OVER () AS {place} FROM {quoted_name(ROWS)}) "  # noqa: S608  # quoted
        f"WHERE NOT {condition} AND {place} > ? ORDER BY {place} LIMIT ?",
        [after, limit],
    ).fetchall()
    return [row[0] for row in found]


def _condition(
    table: LockedTable, cursor: duckdb.DuckDBPyConnection, rule: RowRule
) -> tuple[Query, str]:
    """Return a rule's expression as it was read, and as SQL that is true, false or null of a row."""
    query = read_expression(cursor, rule.expression)
    table.require(query.words)
    condition = f"(\n{query.text}\n)"
    kind = cursor.sql(f"SELECT {condition} FROM {quoted_name(ROWS)}").types[0]  # noqa: S608  # read above
    if str(kind) != "BOOLEAN":
        raise RefusedError("is neither true nor false of a row")
    return query, condition


def _located(
    table: LockedTable, cursor: duckdb.DuckDBPyConnection, query: Query, condition: str
) -> tuple[Sample, ...]:
    """Return the cells that the rule uses, of the first rows that break it."""
    names = [each for each in table.columns if folded(each) in query.words.first][:SHOWN_COLUMNS]
    place = _free_name(table)
    texts = "".join(
        f", left(CAST({quoted_name(name)} AS VARCHAR), {LONGEST + 1}), length(CAST({quoted_name(name)} AS VARCHAR))"
        for name in names
    )
    rows = cursor.execute(
        f"SELECT {place}{texts} FROM (SELECT *, row_number() OVER () AS {place} FROM {quoted_name(ROWS)}) "  # noqa: S608  # quoted
        f"WHERE NOT {condition} ORDER BY {place} LIMIT {SAMPLES}"
    ).fetchall()
    return tuple(each for row in rows for each in _samples(row, names))


def _samples(row: tuple[Any, ...], names: list[str]) -> list[Sample]:
    number, *texts = row
    if not names:
        return [Sample(number, "", "")]
    return [
        Sample(number, name, shape(text or ""), length=length or 0)
        for name, text, length in zip(names, texts[::2], texts[1::2], strict=True)
    ]


def _free_name(table: LockedTable) -> str:
    """Return a name for the number of a row that no column has."""
    name = "row"
    while name in table.known:
        name += "_"
    return quoted_name(name)
