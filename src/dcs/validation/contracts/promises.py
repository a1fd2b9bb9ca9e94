"""One promise as a question to the rows, and the check that its answer becomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dcs.validation.contracts.terms import Quality, Threshold
from dcs.validation.models import Check, Kind, Operator, Outcome, Sample, Severity

NONE = Threshold(Operator.BE, 0)
# Where these are missed from above, the rows that were counted are the ones to mend.
_CEILINGS = frozenset({Operator.BE, Operator.LESS, Operator.AT_MOST, Operator.BETWEEN})


class Rows(Protocol):
    """What promises ask of a table; `ask` runs a query over ``data``, in which rows are numbered."""

    names: tuple[str, ...]
    types: dict[str, str]
    rows: int

    def cell(self, name: str) -> str:
        """Return SQL of a column's value, null where a cell is empty."""
        ...

    def text(self, name: str) -> str:
        """Return SQL of a column's value as a text."""
        ...

    def number(self, name: str) -> str:
        """Return SQL of a column's value as a DOUBLE, null where it is no number."""
        ...

    def fits(self, kind: str, name: str) -> str:
        """Return SQL that is true where a column's value is of a type."""
        ...

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Run a query over ``data``."""
        ...


@dataclass(frozen=True, slots=True)
class Promise:
    """
    A promise that rows keep or break.

    Attributes:
        path: Where the contract says so.
        rule: A stable name, for example ``required``.
        columns: The columns it is about, as the file calls them; none for the whole file.
        broken: SQL that is true in a row that breaks it.
        message: What to say if it is broken, without any cell's value.
        threshold: How many rows may break it.
        groups: Whether not rows but values that occur more than once are counted.
    """

    path: str
    rule: str
    columns: tuple[str, ...]
    broken: str
    message: str
    fix: str
    dimension: str
    severity: Severity = Severity.ERROR
    threshold: Threshold = NONE
    unit: str = "rows"
    groups: bool = False

    @property
    def column(self) -> str | None:
        """The one column it is about, if it is one."""
        return self.columns[0] if len(self.columns) == 1 else None


@dataclass(frozen=True, slots=True)
class Counted:
    """What the rows answered: how much was counted, and in how many rows."""

    amount: int
    rows: int


def check_of(
    promise: Promise, counted: Counted, rows: int, samples: Sequence[Sample] = ()
) -> Check:
    """Return the check of a promise whose rows were counted; samples only where it is broken."""
    observed = observed_of(promise, counted, rows)
    broken = not promise.threshold.holds(observed)
    mendable = broken and is_exceeded(promise.threshold, observed)
    return Check(
        id=_id(promise.rule, promise.column),
        kind=Kind.CONTRACT,
        rule=promise.rule,
        column=promise.column,
        severity=promise.severity,
        outcome=_outcome(promise.severity) if broken else Outcome.PASSED,
        message=promise.message.format(count=_amount(promise, counted, observed)) if broken else "",
        dimension=promise.dimension,
        threshold=promise.threshold.bound(observed),
        observed=observed,
        unit=promise.unit,
        failed_rows=counted.rows if mendable else 0,
        failed_share=counted.rows / rows if mendable and rows else 0.0,
        fix=promise.fix if broken else "",
        samples=tuple(samples) if mendable else (),
        samples_truncated=mendable and counted.rows > len(samples),
        odcs_path=promise.path,
        operator=promise.threshold.operator.value,
    )


def observed_of(promise: Promise, counted: Counted, rows: int) -> float:
    """Return what is held against the threshold, in the promise's unit."""
    if promise.unit == "percent":
        return 100.0 * counted.amount / rows if rows else 0.0
    return float(counted.amount)


def is_exceeded(threshold: Threshold, observed: float) -> bool:
    """Say whether there is too much, rather than too little, of what is counted."""
    return threshold.operator in _CEILINGS and observed > threshold.bound(observed)


def not_evaluated(
    path: str,
    rule: str,
    column: str | None,
    why: str,
    severity: Severity = Severity.WARNING,
    dimension: str = "conformity",
) -> Check:
    """Return the check of a promise that nobody judged, with the reason."""
    return Check(
        id=_id(rule, column),
        kind=Kind.CONTRACT,
        rule=rule,
        column=column,
        severity=severity,
        outcome=Outcome.NOT_EVALUATED,
        message=f"the contract promises {rule}, which is not checked: {why}",
        dimension=dimension,
        fix="Check it by other means before you rely on it, or mend the contract.",
        odcs_path=path,
    )


def rule_of(quality: Quality) -> str:
    """Return the stable name of a quality rule: its id, else what it measures."""
    if quality.id:
        return quality.id
    return quality.metric or quality.check or quality.type.value


def _outcome(severity: Severity) -> Outcome:
    return Outcome.FAILED if severity is Severity.ERROR else Outcome.WARN


def _id(rule: str, column: str | None) -> str:
    return f"{Kind.CONTRACT.value}:{rule}:{column or ''}"


def _amount(promise: Promise, counted: Counted, observed: float) -> str:
    if promise.unit == "percent":
        return f"{observed:.3g} % ({counted.amount:,})"
    return f"{counted.amount:,}"
