"""From which distance on two versions count as different, and how much that matters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dcs.validation.models import Severity

STRONG_PSI = 0.25


class Metric(StrEnum):
    """What is compared; also the name of the check in ``custom: {engine: dcs}``."""

    SCHEMA = "schema"
    ROWS = "rows"
    NULLS = "null_share"
    PSI = "psi"
    KS = "ks"
    PERSONAL_DATA = "new_personal_data"


DEFAULTS: Mapping[Metric, float] = {
    Metric.SCHEMA: 0.0,  # columns
    Metric.ROWS: 0.5,  # of the previous number of rows
    Metric.NULLS: 0.05,  # of the rows
    Metric.PSI: 0.1,
    Metric.KS: 0.1,
    Metric.PERSONAL_DATA: 0.0,  # cells
}


@dataclass(frozen=True, slots=True)
class DriftRule:
    """
    What a data contract says of one comparison.

    Attributes:
        column: None for the whole table, and then for every column without a rule of its own.
        threshold: None for the default; of an error about PSI that is 0.25.
        odcs_path: Where the contract says so.
    """

    metric: Metric
    column: str | None = None
    threshold: float | None = None
    severity: Severity = Severity.ERROR
    odcs_path: str | None = None


@dataclass(frozen=True, slots=True)
class DriftSettings:
    """The rules of a data contract over the defaults: everything is compared, and warns."""

    rules: tuple[DriftRule, ...] = ()

    def rule(self, metric: Metric, column: str | None) -> DriftRule:
        """Return the rule for a comparison: the column's, the table's, or the default."""
        found = [each for each in self.rules if each.metric is metric]
        for wanted in (column, None):
            for each in found:
                if each.column == wanted:
                    return each
        return DriftRule(metric, column, severity=Severity.WARNING)

    def threshold(self, rule: DriftRule) -> float:
        """Return the distance from which on a rule is broken."""
        if rule.threshold is not None:
            return rule.threshold
        strict = rule.metric is Metric.PSI and rule.severity is Severity.ERROR
        return STRONG_PSI if strict else DEFAULTS[rule.metric]


def drift_rule(
    implementation: Mapping[str, Any],
    *,
    column: str | None,
    severity: Severity,
    odcs_path: str | None = None,
) -> DriftRule | None:
    """
    Read the implementation of a custom rule of the engine ``dcs``, such as ``{check: psi}``.

    Args:
        implementation: ``check``, and ``mustBeLessThan`` or ``mustBeLessOrEqualTo`` for
            another threshold than the default.

    Returns:
        The rule, or None where the check is none of those that compare versions.

    Raises:
        ValueError: The threshold is not a number of at least 0.
    """
    name = implementation.get("check")
    if name not in set(Metric):
        return None
    limits = [
        implementation[each]
        for each in ("mustBeLessThan", "mustBeLessOrEqualTo")
        if each in implementation
    ]
    return DriftRule(Metric(name), column, _limit(limits), severity, odcs_path)


def _limit(limits: Iterable[Any]) -> float | None:
    for limit in limits:
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit >= 0:
            raise ValueError("the threshold of a comparison is a number of at least 0")
        return float(limit)
    return None
