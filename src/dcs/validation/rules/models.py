"""Rules and verdicts as values: what crosses between the contract, the child and the report."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from dcs.validation.models import Operator, Outcome, Sample, Severity

MIB = 1024**2


Threshold = float | tuple[float, float]


@dataclass(frozen=True, slots=True)
class SqlRule:
    """
    A query that gives one number, and what the number must be.

    Attributes:
        id: What the report calls it; unique in a contract.
        odcs_path: Where the data contract asks for it.
        query: One SELECT in DuckDB's dialect. ``${table}``, ``{table}`` and ``${object}`` stand
            for the table, ``${column}``, ``{column}`` and ``${property}`` for *column*.
        threshold: A number, or two where *operator* is about an interval.
        unit: ``percent`` compares 100 times the number by the table's rows.
        message: What to say when it is broken; empty to say what was compared.
        column: The property the rule belongs to, by its name in the file.
        table: What the contract calls the table; a query may use this name too.
    """

    id: str
    odcs_path: str
    query: str
    operator: Operator
    threshold: Threshold
    unit: Literal["rows", "percent"] = "rows"
    dimension: str = "conformity"
    severity: Severity = Severity.ERROR
    message: str = ""
    column: str | None = None
    table: str = "data"


@dataclass(frozen=True, slots=True)
class RowRule:
    """
    A condition that every row must meet.

    Attributes:
        id: What the report calls it; unique in a contract.
        odcs_path: Where the data contract asks for it.
        expression: One boolean expression over the columns of a row. A row breaks the rule
            where it is false; where it is null nothing is known, and the row does not.
        message: What to say when it is broken; empty to count the rows.
        fix: What would mend it.
    """

    id: str
    odcs_path: str
    expression: str
    dimension: str = "conformity"
    severity: Severity = Severity.ERROR
    message: str = ""
    fix: str = ""


Rule = SqlRule | RowRule


@dataclass(frozen=True, slots=True)
class RuleLimits:
    """
    What rules may use.

    Attributes:
        rule_seconds: Wall-clock time of one rule.
        seconds: Wall-clock time of all of them.
        memory: Bytes that DuckDB may hold; beyond them it spills.
        spill: Bytes it may spill into the scratch folder.
        threads: One, so that sums of fractions come out the same every time.
    """

    rule_seconds: float = 60
    seconds: float = 300
    memory: int = 512 * MIB
    spill: int = 4096 * MIB
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    How a rule ended: what the child says of it.

    Attributes:
        broken: Whether it is broken; None if that could not be found out.
        reason: Why it could not be found out.
        observed: The number that was compared; None if it may not be shown either.
        rows: Rows that break it, where the rule is about rows.
        of: Rows of the table.
    """

    broken: bool | None
    reason: str = ""
    observed: float | None = None
    rows: int = 0
    of: int = 0
    samples: tuple[Sample, ...] = ()

    def outcome(self, severity: Severity) -> Outcome:
        """Return the outcome of a check of this severity."""
        match self.broken:
            case None:
                return Outcome.NOT_EVALUATED
            case False:
                return Outcome.PASSED
            case True:
                return Outcome.FAILED if severity is Severity.ERROR else Outcome.WARN

    def to_json(self) -> dict[str, Any]:
        """Return it as the child answers it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Verdict":
        """Read what `to_json` wrote."""
        return cls(**{**data, "samples": tuple(Sample(**each) for each in data["samples"])})


def rule_to_json(rule: Rule) -> dict[str, Any]:
    """Return a rule as a child process is given it."""
    kind = "sql" if isinstance(rule, SqlRule) else "row"
    return {"kind": kind, **asdict(rule)}


def rule_from_json(data: Mapping[str, Any]) -> Rule:
    """Read what `rule_to_json` wrote."""
    values = {key: value for key, value in data.items() if key != "kind"}
    values["severity"] = Severity(values["severity"])
    if data["kind"] == "row":
        return RowRule(**values)
    threshold = values["threshold"]
    values["threshold"] = tuple(threshold) if isinstance(threshold, list | tuple) else threshold
    values["operator"] = Operator(values["operator"])
    return SqlRule(**values)
