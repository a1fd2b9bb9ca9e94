"""A validation report as values: what was checked, what was found, where."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

SCHEMA = "dcs.validation/v1"
SAMPLES = 20  # located examples of one finding


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
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class Sample:
    """
    Where one problem is.

    Attributes:
        row: Data row, 1 for the first below the header; 0 for the header itself.
        column: The column's name; empty where the whole row is meant.
        masked: The value's shape: letters as ``x``, digits as ``9``. Never the value.
        line: Line of the file, where it is known.
        start: First character within the cell, from 0.
        length: Characters.
    """

    row: int
    column: str
    masked: str
    line: int | None = None
    start: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """
    One rule applied to one column, or to the whole file.

    Attributes:
        id: Stable within the report: kind, rule and column.
        rule: What exactly was checked, for example ``nulls`` or ``pattern``.
        threshold: The limit that *observed* was compared with.
        exact: Whether *observed* is exact; if not, *error_bound* says how far off it can be.
        message: One sentence for people, without any cell's value.
        fix: What would mend it.
        odcs_path: Where the data contract promises it, for example ``schema[0].properties[2].required``.
        operator: How *observed* is held against *threshold*, in ODCS's words.
        error_bound: The most that *observed* can be wrong by, where it is estimated.
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


@dataclass(frozen=True, slots=True)
class PersonalData:
    """
    Personal data of one kind in one column, verified by its structure.

    Attributes:
        entity: For example ``EMAIL_ADDRESS``.
        tier: ``A``: verified by checksum or structure.
        cells: How many cells hold it.
        share: Of the cells that are not empty.
        declared: Whether the data contract says that the column is sensitive.
    """

    column: str
    entity: str
    cells: int
    share: float
    declared: bool
    samples: tuple[Sample, ...] = ()
    tier: str = "A"


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """
    What one column is like.

    Numbers of a column with personal data are left out. *histogram* counts
    values in equal steps from *low* to *high*; for text it counts lengths.
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


@dataclass(frozen=True, slots=True)
class Report:
    """
    Everything validation found out about one file.

    Attributes:
        sketch: What the next version is compared with (``dcs.sketch/v1``); kept beside
            the report, not in its document.
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
    sketch: Mapping[str, Any] | None = None

    @property
    def status(self) -> Outcome:
        """FAILED if a check of severity error failed; WARN if anything was found; else PASSED."""
        failed = any(
            each.outcome is Outcome.FAILED and each.severity is Severity.ERROR
            for each in self.checks
        )
        if failed:
            return Outcome.FAILED
        return Outcome.WARN if self.findings or self.undeclared else Outcome.PASSED

    @property
    def undeclared(self) -> tuple[PersonalData, ...]:
        """Personal data that no data contract declares."""
        return tuple(each for each in self.personal_data if not each.declared)

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
        if self.personal_data:
            counts["personal_data"] = len(self.personal_data)
        return dict(sorted(counts.items()))

    def to_json(self) -> dict[str, Any]:
        """Return the report as the document ``dcs.validation/v1``."""
        return {
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
        }

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
    return ColumnProfile(**{**data, **lists})


def _personal(data: Mapping[str, Any]) -> PersonalData:
    return PersonalData(**{**data, "samples": _samples(data["samples"])})
