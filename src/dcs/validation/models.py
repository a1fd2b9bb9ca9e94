"""The report's values under the name they had before; `dcs.validation.report` is their home."""

from dcs.validation.report.models import (
    SAMPLES,
    SCHEMA,
    SUSPECTED,
    TOLD,
    Check,
    ColumnProfile,
    Drift,
    Frequent,
    Kind,
    Operator,
    Outcome,
    PersonalData,
    Report,
    Sample,
    Severity,
)

__all__ = [
    "SAMPLES",
    "SCHEMA",
    "SUSPECTED",
    "TOLD",
    "Check",
    "ColumnProfile",
    "Drift",
    "Frequent",
    "Kind",
    "Operator",
    "Outcome",
    "PersonalData",
    "Report",
    "Sample",
    "Severity",
]
