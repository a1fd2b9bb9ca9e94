"""
The quality rules of the standard's library, as questions to the rows.

Of ``duplicateValues`` those values are counted that occur more than once, not
the rows that hold them; a missing value repeats nothing.
"""

from collections.abc import Sequence
from typing import Any

from dcs.validation.contracts.conditions import NUMBERS, among, is_number
from dcs.validation.contracts.promises import Promise, Rows, not_evaluated, rule_of
from dcs.validation.contracts.properties import as_text, is_pattern
from dcs.validation.contracts.terms import ContractObject, Quality, Threshold
from dcs.validation.models import Check
from dcs.validation.sql import quoted_text

_COUNTED = {
    "nullValues": "missing",
    "missingValues": "missing, or what the contract counts as missing",
    "invalidValues": "invalid",
    "duplicateValues": "values that occur more than once",
    "rowCount": "rows",
}


def library_promise(table: Rows, quality: Quality, of: ContractObject) -> Promise | Check:
    """Return a library rule as a promise, or as a check with the reason why it is not made."""
    columns = _columns(quality, of)
    absent = [each for each in columns if each not in table.names]
    why = quality.unclear
    if not why and absent:
        why = f"the file has no column {absent[0]!r}"
    if not why and not _pattern_is_sound(quality):
        why = "its pattern is not one that RE2 understands"
    if why or quality.threshold is None or quality.metric is None:
        return not_evaluated(
            quality.path, rule_of(quality), quality.column, why, quality.severity, quality.dimension
        )
    return Promise(
        quality.path,
        rule_of(quality),
        columns,
        _broken(table, quality.metric, quality.arguments or {}, columns),
        f"{quality.text + ': ' if quality.text else ''}{_COUNTED[quality.metric]}: {{count}}, "
        f"and the contract says {_words(quality.threshold, quality.unit)}",
        _fix(quality.metric),
        quality.dimension,
        quality.severity,
        quality.threshold,
        quality.unit,
        groups=quality.metric == "duplicateValues",
    )


def _columns(quality: Quality, of: ContractObject) -> tuple[str, ...]:
    """Return the columns a rule is about, as the file calls them."""
    if quality.column is not None:
        return (quality.column,)
    names = (quality.arguments or {}).get("properties") if quality.metric != "rowCount" else None
    listed = names if isinstance(names, list) else []
    return tuple(
        column.name if (column := of.named(str(each))) is not None else str(each) for each in listed
    )


def _pattern_is_sound(quality: Quality) -> bool:
    pattern = (quality.arguments or {}).get("pattern")
    return pattern is None or is_pattern(pattern)


def _broken(table: Rows, metric: str, arguments: Any, columns: Sequence[str]) -> str:
    """Return SQL that is true in a row that is counted."""
    match metric:
        case "nullValues":
            return f"{table.cell(columns[0])} IS NULL"
        case "missingValues":
            return _missing(table, columns[0], arguments.get("missingValues") or [])
        case "invalidValues":
            return _invalid(table, columns[0], arguments)
        case "duplicateValues":
            return repeated(table, columns)
        case _:
            return "true"


def repeated(table: Rows, columns: Sequence[str]) -> str:
    """Return SQL that is true in a row whose value occurs in another one too."""
    from dcs.validation.contracts.counting import key, repetitions

    texts = [table.text(name) for name in columns]
    return f"{key(texts)} IN (SELECT value FROM ({repetitions(table, columns)}))"  # noqa: S608  # our own text


def _missing(table: Rows, name: str, values: Sequence[Any]) -> str:
    empty = f"{table.cell(name)} IS NULL"
    given = [each for each in values if each is not None]
    return f"({empty} OR {_is_one_of(table, name, given)})" if given else empty


def _invalid(table: Rows, name: str, arguments: Any) -> str:
    """Return SQL that is true for a value that is not valid; a missing one is not invalid."""
    terms = []
    if "validValues" in arguments:
        valid = [each for each in arguments["validValues"] if each is not None]
        terms.append(f"NOT {_is_one_of(table, name, valid)}" if valid else "true")
    if arguments.get("pattern") is not None:
        pattern = quoted_text(str(arguments["pattern"]))
        terms.append(f"NOT regexp_matches({table.text(name)}, {pattern})")
    return f"{table.cell(name)} IS NOT NULL AND ({' OR '.join(terms)})"


def _is_one_of(table: Rows, name: str, values: Sequence[Any]) -> str:
    """Return SQL that is true for one of the values; numbers are the same however written."""
    texts = [as_text(each) for each in values]
    whole = f"{table.text(name)} IN ({among([quoted_text(each) for each in texts])})"
    if table.types.get(name) in NUMBERS and any(map(is_number, texts)):
        numbers = [f"CAST({quoted_text(each)} AS DOUBLE)" for each in texts if is_number(each)]
        whole = f"({whole} OR {table.number(name)} IN ({among(numbers)}))"
    return f"coalesce({whole}, false)"


def _words(threshold: Threshold, unit: str) -> str:
    return f"{threshold.operator.value} {threshold}{' percent' if unit == 'percent' else ''}"


def _fix(metric: str) -> str:
    if metric == "rowCount":
        return "Check whether the file is whole."
    return "Correct these values, or change the rule in the contract."
