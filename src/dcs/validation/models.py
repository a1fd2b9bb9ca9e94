"""The report's values under the name they had before; `dcs.validation.report` is their home."""

from dcs.validation.report.located import SAMPLES, SUSPECTED, TOLD, PersonalData, Sample
from dcs.validation.report.models import (
    SCHEMA,
    Check,
    ColumnProfile,
    Drift,
    Frequent,
    Kind,
    Operator,
    Outcome,
    Report,
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
