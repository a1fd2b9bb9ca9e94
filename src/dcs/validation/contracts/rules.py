"""Read the quality rules of a contract: what is measured, and what it is held against."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dcs.validation.contracts.limits import is_number
from dcs.validation.contracts.problems import Problem, listed, unknown_members
from dcs.validation.contracts.terms import Quality, QualityType, Threshold
from dcs.validation.models import Operator, Severity

PERCENT = frozenset({"percent", "percentage", "%"})
DIMENSIONS = {
    "nullValues": "completeness",
    "missingValues": "completeness",
    "invalidValues": "conformity",
    "duplicateValues": "uniqueness",
    "rowCount": "coverage",
}
# Of the checks that a rule for the engine `dcs` may ask for.
CHECK_DIMENSIONS = {
    "zscore": "accuracy",
    "iqr": "accuracy",
    "psi": "consistency",
    "ks": "consistency",
    "pii": "conformity",
    "freshness": "timeliness",
    "format": "conformity",
    "row": "consistency",
    "duplicates": "uniqueness",
}
_OF_OBJECTS = frozenset({"rowCount", "duplicateValues"})
_OF_COLUMNS = frozenset(DIMENSIONS) - {"rowCount"}
# The names of v3.0, where every one of them could go without an operator.
_OLD_NAMES = {
    "nullCheck": "nullValues",
    "notNull": "nullValues",
    "duplicateCount": "duplicateValues",
    "uniqueCheck": "duplicateValues",
    "validValues": "invalidValues",
}
_COMMON = frozenset(
    {"id", "name", "description", "type", "dimension", "severity", "unit", "tags", "method"}
    | {"businessImpact", "schedule", "scheduler", "authoritativeDefinitions", "customProperties"}
)
_OF_TYPE = {
    QualityType.LIBRARY: frozenset({"metric", "rule", "arguments"}) | frozenset(Operator),
    QualityType.SQL: frozenset({"query"}) | frozenset(Operator),
    QualityType.CUSTOM: frozenset({"engine", "implementation"}),
    QualityType.TEXT: frozenset(),
}
_RANGES = frozenset({Operator.BETWEEN, Operator.NOT_BETWEEN})
_SINGLE = frozenset(Operator) - _RANGES - {Operator.BE, Operator.NOT_BE}  # these two take anything
_MILD = {
    Severity.INFO: frozenset({"info", "low", "minor", "trivial"}),
    Severity.WARNING: frozenset({"warning", "warn"}),
}


def modernised(rule: Any) -> Any:
    """Return a rule of ODCS v3.0 in the words of v3.1; others as they are."""
    if not isinstance(rule, dict) or not isinstance(rule.get("rule"), str) or "metric" in rule:
        return rule
    name = rule["rule"]
    changed = {key: value for key, value in rule.items() if key not in ("rule", "validValues")}
    changed["metric"] = _OLD_NAMES.get(name, name)
    if "validValues" in rule:
        changed["arguments"] = {"validValues": rule["validValues"]} | (rule.get("arguments") or {})
    if name in _OLD_NAMES and not set(changed) & set(Operator):
        changed["mustBe"] = 0
    return changed


def rule_problems(rule: Any, place: str) -> Iterator[Problem]:
    """Find what the JSON schema finds too, but in words that help: members and operators."""
    if not isinstance(rule, Mapping):
        return
    kind = _type(rule)
    if kind is None:
        return
    known = (
        _COMMON | _OF_TYPE[kind] | (_OF_TYPE[QualityType.LIBRARY] if "metric" in rule else set())
    )
    unknown = unknown_members(place, rule, known)
    yield from unknown
    if unknown:
        return  # one of them may be what is missing, misspelt
    operators = [each for each in Operator if each in rule]
    measured = "metric" in rule or "type" in rule
    if kind in (QualityType.LIBRARY, QualityType.SQL) and measured and len(operators) != 1:
        yield Problem(
            place,
            f"needs exactly one operator, has {listed(operators) or 'none'}; "
            f"operators are {listed(Operator)}",
        )
    for each in operators:
        value = rule[each]
        if each in _RANGES and not _are_two_numbers(value):
            yield Problem(f"{place}.{each}", "must be two numbers, the smaller first")
        if each in _SINGLE and not is_number(value):
            yield Problem(f"{place}.{each}", "must be a number")


def read_rule(rule: Mapping[str, Any], path: str, column: str | None) -> Quality:
    """Return a rule as it will be judged; what cannot be judged says why in `unclear`."""
    kind = _type(rule) or QualityType.LIBRARY
    metric = rule.get("metric")
    quality = Quality(
        path=path,
        type=kind,
        column=column,
        id=rule.get("id"),
        text=str(rule.get("name") or rule.get("description") or "").strip(),
        metric=metric,
        arguments=rule.get("arguments"),
        query=rule.get("query"),
        engine=rule.get("engine"),
        implementation=rule.get("implementation"),
        threshold=_threshold(rule),
        unit="percent" if _is_percent(rule) else "rows",
        severity=_severity(rule.get("severity")),
    )
    return replace(
        quality,
        dimension=str(rule.get("dimension") or _dimension(quality)),
        unclear=_unclear(quality, str(rule.get("unit") or "rows")),
    )


def _dimension(quality: Quality) -> str:
    """Return what a rule is about where it does not say so itself."""
    if quality.metric is not None:
        return DIMENSIONS.get(quality.metric, "conformity")
    return CHECK_DIMENSIONS.get(quality.check or "", "conformity")


def _unclear(quality: Quality, unit: str) -> str:
    """Say why a rule cannot be judged as it is written; empty if it can."""
    match quality.type:
        case QualityType.TEXT:
            return "" if quality.text else "it has no text that a person could confirm"
        case QualityType.CUSTOM:
            return _unclear_custom(quality)
        case QualityType.SQL if not quality.query or quality.threshold is None:
            return "it needs a query and an operator"
        case QualityType.SQL:
            return ""
        case QualityType.LIBRARY:
            return _unclear_metric(quality, unit)


def _unclear_custom(quality: Quality) -> str:
    if quality.engine != "dcs":
        return f"it is a rule for the engine {quality.engine!r}, which is not part of this product"
    if quality.check is None:
        return "a rule for the engine 'dcs' has a mapping with `check` as its implementation"
    return ""


def _unclear_metric(quality: Quality, unit: str) -> str:
    metric, arguments = quality.metric, quality.arguments or {}
    if metric not in DIMENSIONS:
        return f"it names none of the metrics {listed(DIMENSIONS)}"
    if metric not in (_OF_OBJECTS if quality.column is None else _OF_COLUMNS):
        level = "an object" if quality.column is None else "a property"
        return f"the metric {metric} does not belong to {level}"
    if quality.threshold is None or not quality.threshold.is_numeric:
        return (
            f"{metric} is a number and needs an operator with a number, or two, the smaller first"
        )
    if unit.lower() not in {"rows", "row"} | PERCENT:
        return f"its unit {unit!r} is neither rows nor percent"
    if metric == "rowCount" and quality.unit == "percent":
        return "rowCount has no percentage"
    if metric == "invalidValues" and not {"validValues", "pattern"} & set(arguments):
        return "invalidValues needs validValues or a pattern as its arguments"
    if metric == "duplicateValues" and quality.column is None and not arguments.get("properties"):
        return "duplicateValues of an object needs the list of its properties as an argument"
    lists = [each for each in ("validValues", "missingValues", "properties") if each in arguments]
    if not all(isinstance(arguments[each], list) for each in lists):
        return f"its arguments {listed(lists)} must be lists"
    return ""


def _type(rule: Mapping[str, Any]) -> QualityType | None:
    try:
        return QualityType(rule.get("type") or QualityType.LIBRARY)
    except ValueError:
        return None


def _threshold(rule: Mapping[str, Any]) -> Threshold | None:
    for each in Operator:
        if rule.get(each) is not None:
            value = _threshold_value(rule[each], each)
            return None if value is None else Threshold(each, value)
    return None


def _threshold_value(value: Any, operator: Operator) -> Any:
    """Return what an operator compares with, or None where it is not what the operator takes."""
    if operator in _RANGES:
        return tuple(value) if _are_two_numbers(value) and value[0] <= value[1] else None
    return value if operator not in _SINGLE or is_number(value) else None


def _are_two_numbers(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(is_number, value))


def _is_percent(rule: Mapping[str, Any]) -> bool:
    return str(rule.get("unit") or "").strip().lower() in PERCENT


def _severity(given: Any) -> Severity:
    """Return a rule's severity; what nobody says, or says in other words, is an error."""
    word = str(given or "").strip().lower()
    return next((each for each, words in _MILD.items() if word in words), Severity.ERROR)
