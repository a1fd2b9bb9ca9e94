"""A validation report as values: what was checked, what was found, where."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from dcs.validation.report.located import PersonalData, Sample

SCHEMA = "dcs.validation/v1"


class Severity(StrEnum):
    """How much a failed check matters: only an error keeps a version back."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "PASSED"
    WARN = "WARN"
    FAILED = "FAILED"
    NOT_EVALUATED = "NOT_EVALUATED"
    EXCLUDED = "EXCLUDED"


class Operator(StrEnum):
    """How a measured number is held against a threshold, in the words of ODCS."""

    BE = "mustBe"
    NOT_BE = "mustNotBe"
    GREATER = "mustBeGreaterThan"
    AT_LEAST = "mustBeGreaterOrEqualTo"
    LESS = "mustBeLessThan"
    AT_MOST = "mustBeLessOrEqualTo"
    BETWEEN = "mustBeBetween"
    NOT_BETWEEN = "mustNotBeBetween"


class Kind(StrEnum):
    """What a check looks at; also the word findings are counted by."""

    STRUCTURE = "structure"
    COMPLETENESS = "completeness"
    UNIQUENESS = "uniqueness"
    FORMAT = "format"
    FORMULA = "formula"
    ZSCORE = "zscore"
    IQR = "iqr"
    CONTRACT = "contract"
    RULE = "rule"
    DRIFT = "drift"
    PERSONAL_DATA = "personal_data"


@dataclass(frozen=True, slots=True)
class Check:
    """
    One rule applied to one column, or to the whole file.

    Attributes:
        id: Stable within the report: kind, rule and column.
        rule: What exactly was checked, for example ``nulls`` or ``pattern``.
        threshold: The limit that *observed* was compared with; None where there are two or none.
        exact: Whether *observed* is exact; if not, *error_bound* says how far off it can be.
        message: One sentence for people, without any cell's value.
        fix: What would mend it.
        odcs_path: Where the data contract promises it, for example ``schema[0].properties[2].required``.
        operator: How *observed* is held against *threshold*, in ODCS's words.
        error_bound: The most that *observed* can be wrong by, where it is estimated.
        metric: What was measured, in ODCS's words, for example ``nullValues``.
    """

    id: str
    kind: Kind
    rule: str
    column: str | None
    severity: Severity
    outcome: Outcome
    message: str
    dimension: str
    threshold: float | None = None
    observed: float | None = None
    unit: str = "rows"
    failed_rows: int = 0
    failed_share: float = 0.0
    fix: str = ""
    exact: bool = True
    samples: tuple[Sample, ...] = ()
    samples_truncated: bool = False
    odcs_path: str | None = None
    operator: str | None = None
    error_bound: float | None = None
    metric: str | None = None

    @property
    def keeps_back(self) -> bool:
        """
        Whether the file may not go on for it: what failed with severity error.

        So does a business rule of that severity that could not be run: nobody knows whether it holds.
        """
        if self.severity is not Severity.ERROR:
            return False
        unknown = self.kind is Kind.RULE and self.outcome is Outcome.NOT_EVALUATED
        return unknown or self.outcome is Outcome.FAILED

    @property
    def excess(self) -> float:
        """How far *observed* is beyond *threshold*; orders findings of one rule by weight."""
        if self.observed is None or self.threshold is None:
            return 0.0
        return abs(self.observed - self.threshold)


@dataclass(frozen=True, slots=True)
class Frequent:
    """
    A value that a column has often.

    Attributes:
        masked: Its shape; never the value.
        digest: The value under the installation's key, so that two reports can be compared.
        count: How many cells have it.
    """

    masked: str
    digest: str
    count: int


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """
    What one column is like.

    Numbers of a column with personal data are left out. *histogram* counts
    values in equal steps from *low* to *high*; for text it counts lengths.

    Attributes:
        minimum_length: Characters of the shortest text; the lengths are None where the
            column is not text.
        distinct_exact: Whether *distinct* was counted, not estimated.
        frequent: The most frequent values, the most frequent first.
        formats: Cells by the type they were recognised as.
        proposed_classification: What the column should at least be classified as.
    """

    name: str
    type: str
    nulls: int
    null_share: float
    distinct: int
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    deviation: float | None = None
    quartiles: tuple[float, ...] = ()
    histogram: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    method: str = "redact"
    minimum_length: int | None = None
    maximum_length: int | None = None
    mean_length: float | None = None
    distinct_exact: bool = True
    frequent: tuple[Frequent, ...] = ()
    formats: Mapping[str, int] = field(default_factory=dict)
    proposed_classification: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """
    How far one thing has moved since the previous version.

    Attributes:
        column: None where the whole file is meant.
        metric: ``psi``, ``ks``, ``null_share``, ``rows``, ``schema`` or ``personal_data``.
        value: The distance; None where nothing is measured, as for a new column.
        threshold: The distance from which *outcome* is no longer PASSED.
        exact: Whether *value* is exact; if not, *error_bound* says how far off it can be.
        message: One sentence for people, without any cell's value.
    """

    column: str | None
    metric: str
    value: float | None
    threshold: float | None
    exact: bool
    error_bound: float | None
    outcome: Outcome
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """
    Everything validation found out about one file.

    Attributes:
        drift: What has moved since the previous version, and what was compared and has not.
        attestations: Sentences of the data contract that a person has to confirm.
        sketch: What the next version is compared with; kept beside the report, not in its
            document.
    """

    filename: str
    bytes: int
    sha256: str
    rows: int | None
    checks: tuple[Check, ...]
    columns: tuple[ColumnProfile, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    contract: Mapping[str, str] | None = None
    engine: Mapping[str, Any] = field(default_factory=dict)
    drift: tuple[Drift, ...] = ()
    attestations: tuple[str, ...] = ()
    sketch: Mapping[str, Any] | None = None

    @property
    def status(self) -> Outcome:
        """FAILED if a check keeps the file back; WARN if anything was found; else PASSED."""
        if any(each.keeps_back for each in self.checks) or any(
            each.outcome is Outcome.FAILED for each in self.drift
        ):
            return Outcome.FAILED
        found = self.findings or self.undeclared or self.moved
        return Outcome.WARN if found else Outcome.PASSED

    @property
    def established(self) -> tuple[PersonalData, ...]:
        """Personal data that is more than suspected: what rules act on."""
        return tuple(
            each for each in self.personal_data if not (each.excluded or each.is_suspected)
        )

    @property
    def certain(self) -> tuple[PersonalData, ...]:
        """Personal data that was verified or declared: what a version may be refused for."""
        return tuple(each for each in self.established if each.declared or not each.is_told)

    @property
    def undeclared(self) -> tuple[PersonalData, ...]:
        """Personal data that no data contract declares; what is only suspected is not among it."""
        return tuple(each for each in self.established if not each.declared)

    @property
    def suspected(self) -> tuple[PersonalData, ...]:
        """Personal data that a person should look for: recognised in free text, not verified."""
        return tuple(each for each in self.personal_data if each.is_suspected and not each.excluded)

    @property
    def broken_promises(self) -> tuple[Check, ...]:
        """The promises of the data contract for which the file may not go on."""
        return tuple(each for each in self.checks if each.odcs_path and each.keeps_back)

    @property
    def moved(self) -> tuple[Drift, ...]:
        """What has drifted beyond its threshold."""
        return tuple(each for each in self.drift if each.outcome in {Outcome.FAILED, Outcome.WARN})

    @property
    def findings(self) -> tuple[Check, ...]:
        """The checks that did not pass or were not made, the most severe first."""
        order = [Severity.ERROR, Severity.WARNING, Severity.INFO]
        quiet = {Outcome.PASSED, Outcome.EXCLUDED}
        found = [each for each in self.checks if each.outcome not in quiet]
        return tuple(sorted(found, key=lambda each: order.index(each.severity)))

    def findings_by_kind(self) -> dict[str, int]:
        """Count the findings by their kind; personal data counts by column and entity."""
        counts = Counter(each.kind.value for each in self.findings)
        counts["personal_data"] = sum(not each.excluded for each in self.personal_data)
        counts["drift"] += len(self.moved)
        return {kind: count for kind, count in sorted(counts.items()) if count}

    def to_json(self) -> dict[str, Any]:
        """Return the report as the document ``dcs.validation/v1``; what is no number is null."""
        document = {
            "schema": SCHEMA,
            "status": self.status.value,
            "file": {
                "filename": self.filename,
                "bytes": self.bytes,
                "sha256": self.sha256,
                "rows": self.rows,
                "columns": len(self.columns),
            },
            "contract": None if self.contract is None else dict(self.contract),
            "engine": dict(self.engine),
            "findings": self.findings_by_kind(),
            "checks": [asdict(each) for each in self.checks],
            "columns": [asdict(each) for each in self.columns],
            "personal_data": [asdict(each) for each in self.personal_data],
            "drift": [asdict(each) for each in self.drift],
            "attestations": list(self.attestations),
        }
        finite: dict[str, Any] = _finite(document)
        return finite

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Report":
        """Read a stored report."""
        if data["schema"] != SCHEMA:
            raise ValueError(f"{data['schema']} is not {SCHEMA}")
        file = data["file"]
        return cls(
            filename=file["filename"],
            bytes=file["bytes"],
            sha256=file["sha256"],
            rows=file["rows"],
            checks=tuple(_check(each) for each in data["checks"]),
            columns=tuple(_profile(each) for each in data["columns"]),
            personal_data=tuple(_personal(each) for each in data["personal_data"]),
            contract=data["contract"],
            engine=data["engine"],
            drift=tuple(_drift(each) for each in data.get("drift", ())),
            attestations=tuple(data.get("attestations", ())),
            sketch=data.get("sketch"),
        )


def _samples(data: Sequence[Mapping[str, Any]]) -> tuple[Sample, ...]:
    return tuple(Sample(**each) for each in data)


def _check(data: Mapping[str, Any]) -> Check:
    changed = {
        "kind": Kind(data["kind"]),
        "severity": Severity(data["severity"]),
        "outcome": Outcome(data["outcome"]),
        "samples": _samples(data["samples"]),
    }
    return Check(**{**data, **changed})


def _profile(data: Mapping[str, Any]) -> ColumnProfile:
    lists = {key: tuple(data[key]) for key in ("quartiles", "histogram", "tags")}
    frequent = tuple(Frequent(**each) for each in data.get("frequent", ()))
    return ColumnProfile(**{**data, **lists, "frequent": frequent})


def _personal(data: Mapping[str, Any]) -> PersonalData:
    return PersonalData(**{**data, "samples": _samples(data["samples"])})


def _drift(data: Mapping[str, Any]) -> Drift:
    return Drift(**{**data, "outcome": Outcome(data["outcome"])})


def _finite(value: Any) -> Any:
    """Return *value* as JSON can carry it: infinities and NaN do not exist there."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value
