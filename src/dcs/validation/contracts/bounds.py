"""The least and the most that a column's values may be, and what they are multiples of."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from dcs.validation.contracts.formats import DateFormat, read_instant
from dcs.validation.contracts.promises import Promise, Rows, not_evaluated
from dcs.validation.contracts.terms import ContractColumn
from dcs.validation.models import Check
from dcs.validation.sql import quoted_text

DIGITS = (
    "DECIMAL(38, 12)"  # in which multiples are exact; what has more digits is measured as a double
)
NEARLY = 1e-9


def bound_promises(
    table: Rows, column: ContractColumn, form: DateFormat | None
) -> Iterator[Promise | Check]:
    """Yield the promises about the size of a column's values."""
    limits = column.limits
    for rule, bound, sign, words in (
        ("minimum", limits.minimum, "<", "below"),
        ("exclusiveMinimum", limits.exclusive_minimum, "<=", "not above"),
        ("maximum", limits.maximum, ">", "above"),
        ("exclusiveMaximum", limits.exclusive_maximum, ">=", "not below"),
    ):
        if bound is not None:
            yield _bound(table, column, form, rule, bound, f"{sign}|{words}")
    if limits.multiple_of is not None:
        yield _multiples(table, column)


def _bound(
    table: Rows, column: ContractColumn, form: DateFormat | None, rule: str, bound: Any, how: str
) -> Promise | Check:
    sign, _, words = how.partition("|")
    path = f"{column.path}.logicalTypeOptions.{rule}"
    sides = _sides(table, column, form, bound)
    if sides is None:
        why = f"its {rule} is neither a number nor a date in the column's format or ISO 8601"
        return not_evaluated(path, rule, column.name, why)
    value, limit = sides
    return Promise(
        path,
        rule,
        (column.name,),
        f"{value} {sign} {limit}",
        f"{words} {bound}: {{count}}",
        f"Correct what is {words} {bound}, or change the contract.",
        "conformity",
    )


def _sides(
    table: Rows, column: ContractColumn, form: DateFormat | None, bound: Any
) -> tuple[str, str] | None:
    """Return SQL of the value and of the bound, both numbers or both instants."""
    if not isinstance(bound, str):
        return table.number(column.name), f"CAST('{bound!r}' AS DOUBLE)"
    instant = read_instant(bound, form)
    if instant is None:
        return None
    return _instant(table, column.name, form), _written(instant)


def _instant(table: Rows, name: str, form: DateFormat | None) -> str:
    """Return SQL of a value as an instant, null where it is none."""
    text = table.text(name)
    plain = f"try_cast({text} AS TIMESTAMP)"
    if form is None or any(table.fits(each, name) == "true" for each in ("date", "timestamp")):
        return plain
    return f"CAST(try_strptime({text}, {quoted_text(form.parse)}) AS TIMESTAMP)"


def _written(instant: datetime) -> str:
    return f"CAST('{instant.isoformat(' ')}' AS TIMESTAMP)"


def _multiples(table: Rows, column: ContractColumn) -> Promise:
    step, number = column.limits.multiple_of, table.number(column.name)
    whole = f"nullif(try_cast('{step}' AS {DIGITS}), 0)"  # too small a step is no divisor
    exact = f"try_cast({table.text(column.name)} AS {DIGITS}) % {whole} <> 0"
    ratio = f"({number} / CAST('{step}' AS DOUBLE))"
    return Promise(
        f"{column.path}.logicalTypeOptions.multipleOf",
        "multipleOf",
        (column.name,),
        f"{number} IS NOT NULL AND coalesce({exact}, abs({ratio} - round({ratio})) > {NEARLY})",
        f"no multiples of {step}: {{count}}",
        f"Correct what is no multiple of {step}, or change the contract.",
        "conformity",
    )
