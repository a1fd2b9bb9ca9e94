"""Run a SQL rule: one query, one number, one comparison."""

import math
from decimal import Decimal
from typing import Any

import duckdb

from dcs.validation.rules.allowed import names
from dcs.validation.rules.locked import LockedTable
from dcs.validation.rules.models import SqlRule, Verdict
from dcs.validation.rules.operators import Number, holds
from dcs.validation.rules.placeholders import filled
from dcs.validation.rules.queries import Query, read_query
from dcs.validation.rules.refusal import RefusedError

NUMBERS = names("""
    TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT
    FLOAT DOUBLE DECIMAL BIGNUM
""")
LARGEST = 1e300  # a number a report can hold


def judge_figure(
    table: LockedTable, cursor: duckdb.DuckDBPyConnection, rule: SqlRule, hidden: frozenset[str]
) -> Verdict:
    """
    Run a query and compare its number.

    Args:
        cursor: A connection to *table*, for this rule alone.
        hidden: Folded names of columns whose values are never shown. The number is compared
            all the same; it is shown only if it is a count, or leaves these columns alone.

    Raises:
        RefusedError: The query may not be run, or gave something that is no number.
        duckdb.Error: It failed; the error's text may quote the table.
    """
    query = read_query(cursor, filled(rule.query, rule.table, rule.column), rule.table)
    table.require(query.words)
    number = _in_unit(_number(cursor, query), rule, table.rows)
    try:
        broken = not holds(rule.operator, number, rule.threshold)
    except ValueError as error:
        raise RefusedError(f"is incomplete: {error}") from error
    shown = query.counts or not query.words.may_show(hidden)
    return Verdict(broken, observed=float(number) if shown else None, of=table.rows)


def _number(cursor: duckdb.DuckDBPyConnection, query: Query) -> Number:
    """Run a query that can only give a number, and read two rows of it at most."""
    relation = cursor.sql(query.text)
    if len(relation.types) != 1:
        raise RefusedError(f"gives {len(relation.types)} columns; a rule gives one number")
    kind = str(relation.types[0]).partition("(")[0].strip('"')
    if kind == "NULL":
        raise RefusedError("gives no value")
    if kind not in NUMBERS:
        raise RefusedError("gives something that is no number; count rows, or cast it")
    rows: list[tuple[Any, ...]] = relation.limit(2).fetchall()
    if len(rows) != 1:
        raise RefusedError("gives several rows; a rule gives one" if rows else "gives no row")
    return _finite(rows[0][0])


def _finite(value: Any) -> Number:
    if value is None:
        raise RefusedError("gives no value")
    if math.isnan(value) or abs(value) > LARGEST:
        raise RefusedError("gives a number without an end, or none at all")
    number: Number = value
    return number


def _in_unit(number: Number, rule: SqlRule, rows: int) -> Number:
    """Return what is compared: the number itself, or its share of the table's rows."""
    if rule.unit == "rows":
        return number
    if not rows:
        raise RefusedError("is about a share of the rows, and there are none")
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    return exact * 100 / rows
