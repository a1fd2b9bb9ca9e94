"""
Rules of a contract that need more than a look at each row: queries, conditions on rows, repetition, age.

Queries and conditions are the contract's own words and run in a child of their
own (`rules`); what is asked here is ours.

::

    quality:
      - type: sql
        query: SELECT count(*) FROM ${table} WHERE ends < begins
        mustBe: 0
      - type: custom
        engine: dcs
        implementation: {check: row, expression: ends >= begins}
      - type: custom
        engine: dcs
        implementation: {check: duplicates, columns: [customer, day]}
    slaProperties:
      - {property: freshness, value: 2, unit: d, element: orders.created_at}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dcs.validation.contracts.promises import not_evaluated, rule_of
from dcs.validation.contracts.terms import Contract, Quality, QualityType
from dcs.validation.contracts.verdicts import Judge
from dcs.validation.drift import DriftRule, DriftSettings, drift_rule
from dcs.validation.models import Check, Kind, Outcome, Sample, Severity
from dcs.validation.rules import RowRule, Rule, SqlRule
from dcs.validation.rules.duplicates import duplicates
from dcs.validation.rules.freshness import age_of, dates_of, is_fresh

FRESHNESS, DUPLICATES, ROW = "freshness", "duplicates", "row"


@dataclass(frozen=True, slots=True)
class Asked:
    """
    The table that is asked, and the moment it is asked at.

    Attributes:
        table: The published Parquet file.
        scratch: A folder to spill into.
        memory: Bytes that DuckDB may hold.
        now: With its time zone.
    """

    table: Path
    rows: int
    scratch: Path
    memory: int
    now: datetime


def business_rules(contract: Contract) -> tuple[Rule, ...]:
    """Return the rules that are written in SQL, for a child of their own to run."""
    name = contract.objects[0].name
    found = (_business_rule(each, name) for each in contract.quality)
    return tuple(each for each in found if each is not None)


def judges(asked: Asked) -> Mapping[str, Judge]:
    """
    Return who judges the rules that `verdicts.contract_checks` leaves to others.

    Business rules are not among them: they stay NOT_EVALUATED until their child has run.
    """
    return {
        DUPLICATES: lambda quality: [_repetition(asked, quality)],
        FRESHNESS: lambda quality: [_age_rule(asked, quality)],
    }


def drift_settings(contract: Contract | None) -> DriftSettings:
    """Return what a contract says about the comparison with the previous version."""
    if contract is None:
        return DriftSettings()
    found = (_drift_rule(each) for each in contract.quality if not each.unclear)
    return DriftSettings(tuple(each for each in found if each is not None))


def _drift_rule(quality: Quality) -> DriftRule | None:
    settings = _settings(quality)
    if quality.check is None:
        return None
    try:
        return drift_rule(
            settings, column=quality.column, severity=quality.severity, odcs_path=quality.path
        )
    except ValueError:
        return None  # it stays NOT_EVALUATED, as a rule that nobody judges


def _business_rule(quality: Quality, table: str) -> Rule | None:
    if quality.unclear:
        return None
    if quality.type is QualityType.SQL and quality.query and quality.threshold is not None:
        if not quality.threshold.is_numeric:
            return None
        return SqlRule(
            id=quality.id or quality.path,
            odcs_path=quality.path,
            query=quality.query,
            operator=quality.threshold.operator,
            threshold=quality.threshold.value,
            unit="percent" if quality.unit == "percent" else "rows",
            dimension=quality.dimension,
            severity=quality.severity,
            message=quality.text,
            column=quality.column,
            table=table,
        )
    settings = _settings(quality)
    if quality.check == ROW and isinstance(settings.get("expression"), str):
        return RowRule(
            id=quality.id or quality.path,
            odcs_path=quality.path,
            expression=settings["expression"],
            dimension=quality.dimension,
            severity=quality.severity,
            message=quality.text,
            fix=str(settings.get("fix") or ""),
        )
    return None


def repeated_columns(quality: Quality) -> Any:
    """Return what makes two rows equal by a rule on repetition, as the contract has it; None for all."""
    columns = _settings(quality).get("columns")
    return [quality.column] if columns is None and quality.column is not None else columns


def _repetition(asked: Asked, quality: Quality) -> Check:
    columns = repeated_columns(quality)
    if columns is not None and not _is_texts(columns):
        return _not_evaluated(quality, "its columns are no list of names")
    try:
        found = duplicates(asked.table, columns, scratch=asked.scratch, memory=asked.memory)
    except ValueError:
        return _not_evaluated(quality, "the file has no such column")
    message = f"rows that repeat an earlier one: {found.rows:,}"
    return _check(
        quality.path, rule_of(quality), quality.column, quality.severity, quality.dimension,
        found.rows, found.of, message, "Remove the repetitions.", found.samples,
    )  # fmt: skip


def _age_rule(asked: Asked, quality: Quality) -> Check:
    settings = _settings(quality)
    column = settings.get("column") or quality.column
    return _age(asked, quality.path, column, settings, quality.severity)


def _age(
    asked: Asked, path: str, column: Any, given: Mapping[str, Any], severity: Severity
) -> Check:
    """Hold the newest value of a column against the age it may have."""
    value, unit = given.get("value"), given.get("unit")
    if not isinstance(column, str) or not column:
        return _no_age(path, None, "it names no column", severity)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isinstance(unit, str):
        return _no_age(path, column, "it names no age with a unit", severity)
    try:
        dates, limit = dates_of(asked.table, column, asked.now), age_of(value, unit)
    except ValueError as error:
        return _no_age(path, column, str(error), severity)
    fresh = is_fresh(dates, limit, asked.now)
    if fresh is None:
        return _no_age(path, column, "no value says how old the data is", severity)
    message = f"the newest value is older than {value:g} {unit}"
    return _check(
        path, FRESHNESS, column, severity, "timeliness",
        0 if fresh else asked.rows, asked.rows, message,
        "Send newer data, or promise less.", (),
    )  # fmt: skip


def _check(
    path: str,
    rule: str,
    column: str | None,
    severity: Severity,
    dimension: str,
    failed: int,
    rows: int,
    message: str,
    fix: str,
    samples: tuple[Sample, ...],
) -> Check:
    broken = failed > 0
    outcome = Outcome.FAILED if severity is Severity.ERROR else Outcome.WARN
    return Check(
        id=f"{Kind.CONTRACT.value}:{rule}:{column or ''}",
        kind=Kind.CONTRACT,
        rule=rule,
        column=column,
        severity=severity,
        outcome=outcome if broken else Outcome.PASSED,
        message=message if broken else "",
        dimension=dimension,
        threshold=0.0,
        observed=float(failed),
        failed_rows=failed,
        failed_share=failed / rows if rows else 0.0,
        fix=fix if broken else "",
        samples=samples,
        samples_truncated=failed > len(samples),
        odcs_path=path,
        operator="mustBe",
    )


def _not_evaluated(quality: Quality, why: str) -> Check:
    return not_evaluated(
        quality.path, rule_of(quality), quality.column, why, quality.severity, quality.dimension
    )


def _no_age(path: str, column: str | None, why: str, severity: Severity) -> Check:
    return not_evaluated(path, FRESHNESS, column, why, severity, "timeliness")


def _settings(quality: Quality) -> Mapping[str, Any]:
    return quality.implementation if isinstance(quality.implementation, Mapping) else {}


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
