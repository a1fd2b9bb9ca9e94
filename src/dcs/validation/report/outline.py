"""
Put a report in the order a person acts on: what failed, what to look at, what to know.

The same rule broken in many columns is one thing to decide, so it is one group
that names its worst column. The terminal, the HTML document and the studio's
pages all show this outline.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from dcs.validation.report.located import PersonalData, Sample
from dcs.validation.report.models import Check, Drift, Kind, Outcome, Report, Severity

MANY = {Severity.ERROR: 8, Severity.WARNING: 3, Severity.INFO: 3}  # columns that make a group
STEPS = 5  # things to do first


@dataclass(frozen=True, slots=True)
class Group:
    """
    The same finding in one or many columns.

    Attributes:
        checks: The worst first; never empty.
    """

    checks: tuple[Check, ...]

    @property
    def worst(self) -> Check:
        """The finding that the group is shown by."""
        return self.checks[0]

    @property
    def others(self) -> tuple[Check, ...]:
        """The same finding in other columns."""
        return self.checks[1:]

    @property
    def subject(self) -> str:
        """Which column it is about, and how many others; empty where the file is meant."""
        column = self.worst.column or ""
        if not self.others:
            return column
        columns = "column" if len(self.others) == 1 else "columns"
        return f"{column} and {len(self.others):,} more {columns}"

    @property
    def message(self) -> str:
        """What is wrong in the worst column."""
        said = self.worst.message or self.worst.rule.replace("_", " ")
        open_ = self.worst.outcome is Outcome.NOT_EVALUATED
        return f"{said} (not evaluated)" if open_ else said

    @property
    def headline(self) -> str:
        """Subject and message in one line."""
        return f"{self.subject}: {self.message}" if self.subject else self.message


@dataclass(frozen=True, slots=True)
class Outline:
    """
    A report in the order a person acts on.

    Attributes:
        failures: What keeps the file back.
        warnings: What somebody should look at.
        personal: Personal data that was verified, or told by its column; undeclared first.
        suspected: Personal data that was recognised in free text.
        excluded: Personal data that was suppressed, each with its reason.
        drift: What has moved since the previous version, the worst first.
        steady: How many comparisons with it stayed within their limits.
    """

    failures: tuple[Group, ...]
    warnings: tuple[Group, ...]
    personal: tuple[PersonalData, ...]
    suspected: tuple[PersonalData, ...]
    excluded: tuple[PersonalData, ...]
    drift: tuple[Drift, ...]
    steady: int
    attestations: tuple[str, ...]


def outline_of(report: Report, *, whole: bool = False) -> Outline:
    """
    Return the outline of a report.

    Args:
        whole: Keep every finding by itself instead of grouping by rule.
    """
    least = dict.fromkeys(Severity, 2**63) if whole else MANY
    failed = [each for each in report.findings if each.keeps_back]
    others = [
        each for each in report.findings if not each.keeps_back and each.kind is not Kind.DRIFT
    ]
    verified = [each for each in report.personal_data if not (each.is_suspected or each.excluded)]
    compared = movements(report)
    return Outline(
        failures=grouped(failed, least),
        warnings=grouped(others, least),
        personal=tuple(sorted(verified, key=lambda each: (each.declared, each.tier))),
        suspected=report.suspected,
        excluded=tuple(each for each in report.personal_data if each.excluded),
        drift=tuple(
            each for each in compared if each.outcome not in {Outcome.PASSED, Outcome.EXCLUDED}
        ),
        steady=sum(each.outcome is Outcome.PASSED for each in compared),
        attestations=report.attestations,
    )


def grouped(checks: Iterable[Check], least: dict[Severity, int]) -> tuple[Group, ...]:
    """Group findings of one rule, severity and outcome; fewer than *least* stay single."""
    ordered = sorted(checks, key=lambda each: list(Severity).index(each.severity), reverse=True)
    by_rule: dict[tuple[str, ...], list[Check]] = {}
    for check in ordered:
        key = (check.severity.value, check.kind.value, check.rule, check.outcome.value)
        by_rule.setdefault(key, []).append(check)
    groups: list[Group] = []
    for found in by_rule.values():
        worst_first = sorted(found, key=lambda each: (-each.failed_share, -each.excess))
        many = len(found) >= least[found[0].severity] and all(each.column for each in found)
        together = [tuple(worst_first)] if many else [(each,) for each in worst_first]
        groups += [Group(each) for each in together]
    return tuple(groups)


def movements(report: Report) -> tuple[Drift, ...]:
    """Return what was compared with the previous version, what has moved most first."""
    from_checks = [_as_drift(each) for each in report.checks if each.kind is Kind.DRIFT]
    weight = {Outcome.FAILED: 0, Outcome.WARN: 1}
    return tuple(
        sorted(
            (*report.drift, *from_checks),
            key=lambda each: (weight.get(each.outcome, 2), -(each.value or 0.0)),
        )
    )


def first_steps(report: Report) -> tuple[str, ...]:
    """Return what to do first, most urgent first; empty where there is nothing to do."""
    shown = outline_of(report)
    steps = [f"{group.headline}{_at(group.worst)}. {group.worst.fix}" for group in shown.failures]
    steps += [each.message for each in report.drift if each.outcome is Outcome.FAILED]
    undeclared = sorted(report.undeclared, key=lambda each: each.column)
    steps += [
        _declare(column, list(found))
        for column, found in groupby(undeclared, key=lambda each: each.column)
    ]
    if shown.attestations:
        steps.append(f"Confirm what the data contract leaves to people: {len(shown.attestations)}.")
    steps += _looks(shown.warnings)
    return tuple(step.replace("..", ".").strip() for step in steps[:STEPS])


def place_of(sample: Sample) -> str:
    """Say where a sample is: row, and line where it is known."""
    row = f"row {sample.row:,}" if sample.row else "header"
    return row if sample.line is None else f"{row}, line {sample.line:,}"


def look_of(sample: Sample) -> str:
    """Say what a sample looks like; an empty cell has no shape."""
    return sample.masked or "empty"


def _looks(warnings: tuple[Group, ...]) -> list[str]:
    """Say what to look at; what is mended in the same way is one step."""
    by_fix = {
        group.worst.fix: group
        for group in reversed(warnings)
        if group.worst.severity is Severity.WARNING
    }
    return [f"{group.headline}. {fix}" for fix, group in reversed(by_fix.items())]


def _at(check: Check) -> str:
    return f" (first in {place_of(check.samples[0])})" if check.samples else ""


def _declare(column: str, found: list[PersonalData]) -> str:
    entities = ", ".join(each.entity for each in found)
    asked = next((each.classification for each in found if each.classification), "")
    as_what = f" as {asked}" if asked else ""
    return f"{column} holds {entities}: classify it{as_what} in the data contract, or leave it out."


def _as_drift(check: Check) -> Drift:
    shown = Drift(
        column=check.column,
        metric=check.rule,
        value=check.observed,
        threshold=check.threshold,
        exact=check.exact,
        error_bound=check.error_bound,
        outcome=check.outcome,
        message=check.message,
    )
    failed_softly = check.outcome is Outcome.FAILED and check.severity is not Severity.ERROR
    return replace(shown, outcome=Outcome.WARN) if failed_softly else shown
