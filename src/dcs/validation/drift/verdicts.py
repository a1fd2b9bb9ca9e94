"""Turn one measured difference into a check: its words, its threshold and its outcome."""

from dataclasses import dataclass

from dcs.validation.drift.settings import DriftRule, DriftSettings, Metric
from dcs.validation.models import Check, Kind, Outcome, Severity

OPERATOR = "mustBeLessOrEqualTo"
FIX = "Ask whoever sent it whether this is meant; if it is, say so in the approval."
_DIMENSIONS = {
    Metric.SCHEMA: "conformity",
    Metric.ROWS: "coverage",
    Metric.NULLS: "completeness",
    Metric.PERSONAL_DATA: "conformity",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """
    What was measured of one rule.

    Attributes:
        rule: The check's name, for example ``lengths``.
        observed: None where there is nothing to compare.
        unit: Of *observed*.
        message: What to say if the rule is broken, or why nothing was compared.
        by_chance: How large *observed* may be without meaning anything.
        error_bound: How far off *observed* may be; None where it is exact.
        explained: Whether chance explains it, whatever the threshold.
    """

    metric: Metric
    rule: str
    column: str | None
    observed: float | None
    unit: str
    message: str
    by_chance: float = 0.0
    error_bound: float | None = None
    explained: bool = False
    failed_rows: int = 0


def verdict(difference: Difference, settings: DriftSettings) -> Check:
    """Return the check: broken where *observed* is above its threshold and above chance."""
    rule = settings.rule(difference.metric, difference.column)
    threshold = max(settings.threshold(rule), difference.by_chance)
    outcome = _outcome(difference, rule, threshold)
    told = outcome is not Outcome.PASSED
    broken = told and outcome is not Outcome.EXCLUDED
    return Check(
        id=f"{Kind.DRIFT.value}:{difference.rule}:{difference.column or ''}",
        kind=Kind.DRIFT,
        rule=difference.rule,
        column=difference.column,
        severity=rule.severity,
        outcome=outcome,
        message=difference.message if told else _chance(difference, threshold),
        dimension=_DIMENSIONS.get(difference.metric, "consistency"),
        threshold=threshold,
        observed=difference.observed,
        unit=difference.unit,
        failed_rows=difference.failed_rows if broken else 0,
        fix=FIX if broken else "",
        exact=difference.error_bound is None,
        odcs_path=rule.odcs_path,
        operator=OPERATOR,
        error_bound=difference.error_bound,
    )


def _outcome(difference: Difference, rule: DriftRule, threshold: float) -> Outcome:
    if difference.observed is None:
        return Outcome.EXCLUDED
    if difference.observed <= threshold or difference.explained:
        return Outcome.PASSED
    return Outcome.FAILED if rule.severity is Severity.ERROR else Outcome.WARN


def _chance(difference: Difference, threshold: float) -> str:
    """Say why a check passed although more was observed than its threshold."""
    if difference.observed is None or difference.observed <= threshold:
        return ""
    return "more than the limit, and no more than chance explains"
