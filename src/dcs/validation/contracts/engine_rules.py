"""
Rules for the engine ``dcs`` that need nothing but the rows: outliers and formats.

::

    quality:
      - type: custom
        engine: dcs
        implementation: {check: zscore, deviations: 3, mustBeLessThan: 1, unit: percent}

Others (``psi``, ``ks``, ``pii``, ``freshness``, ``row``, ``duplicates``) need more than
the rows of one table, and are judged where that is known.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dcs.validation.contracts.conditions import NUMBERS, wrong_format
from dcs.validation.contracts.formats import date_format
from dcs.validation.contracts.limits import is_number
from dcs.validation.contracts.promises import NONE, Promise, Rows, not_evaluated, rule_of
from dcs.validation.contracts.rules import read_rule
from dcs.validation.contracts.terms import Quality
from dcs.validation.models import Check

MOST_DEVIATIONS = 3.0
IQR_FACTOR = 1.5
Condition = Callable[[Rows, str, Mapping[str, Any]], str]


def engine_promise(table: Rows, quality: Quality) -> Promise | Check:
    """Return a rule of the engine ``dcs`` as a promise, or why it is not judged."""
    settings = quality.implementation if isinstance(quality.implementation, Mapping) else {}
    check, column = quality.check or "", quality.column
    why = quality.unclear
    if not why and check not in CONDITIONS:
        why = f"{check!r} is not a check that is made here"
    if not why and column is None:
        why = f"{check} is a rule of a property"
    if not why and column not in table.names:
        why = f"the file has no column {column!r}"
    condition = None if why or column is None else CONDITIONS[check](table, column, settings)
    if not why and not condition:
        why = f"{check} does not fit this column, or what it is given"
    held = read_rule({"metric": "nullValues", **settings}, quality.path, column)
    threshold = held.threshold or NONE
    if not why and not threshold.is_numeric:
        why = "its operator needs a number"
    if why or condition is None or column is None:
        return not_evaluated(
            quality.path, rule_of(quality), column, why, quality.severity, quality.dimension
        )
    return Promise(
        quality.path,
        rule_of(quality),
        (column,),
        condition,
        f"{quality.text or 'found by ' + check}: {{count}}",
        "Check whether they are mistakes.",
        quality.dimension,
        quality.severity,
        threshold,
        held.unit,
    )


def _zscore(table: Rows, name: str, settings: Mapping[str, Any]) -> str:
    """Return SQL that is true further than so many population deviations from the mean."""
    number, most = table.number(name), settings.get("deviations", MOST_DEVIATIONS)
    if table.types.get(name) not in NUMBERS or not is_number(most):
        return ""
    mean = f"(SELECT avg({number}) FROM data)"  # noqa: S608  # our own text
    deviation = f"(SELECT stddev_pop({number}) FROM data)"  # noqa: S608  # our own text
    return f"{deviation} > 0 AND abs({number} - {mean}) > {float(most)!r} * {deviation}"


def _iqr(table: Rows, name: str, settings: Mapping[str, Any]) -> str:
    """Return SQL that is true outside the quartiles by more than so many times their distance."""
    number, factor = table.number(name), settings.get("factor", IQR_FACTOR)
    if table.types.get(name) not in NUMBERS or not is_number(factor):
        return ""
    low, high = (f"(SELECT quantile_cont({number}, {q}) FROM data)" for q in (0.25, 0.75))  # noqa: S608  # ours
    reach = f"{float(factor)!r} * ({high} - {low})"
    return f"{number} < {low} - {reach} OR {number} > {high} + {reach}"


def _format(table: Rows, name: str, settings: Mapping[str, Any]) -> str:
    """Return SQL that is true for what is not in a format of texts, or of dates."""
    wanted = str(settings.get("format"))
    form = date_format(wanted) if table.types.get(name) in ("date", "timestamp", "text") else None
    return (
        wrong_format(table, name, wanted, None, None)
        or (wrong_format(table, name, wanted, None, form) if form else None)
        or ""
    )


CONDITIONS: Mapping[str, Condition] = {"zscore": _zscore, "iqr": _iqr, "format": _format}
