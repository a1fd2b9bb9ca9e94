"""The validation report: its values, its published schema, and how people and machines read it."""

from typing import TYPE_CHECKING

from dcs.core.doors import opens
from dcs.validation.report.located import SAMPLES, PersonalData, Sample
from dcs.validation.report.models import (
    SCHEMA,
    Check,
    ColumnProfile,
    Drift,
    Frequent,
    Kind,
    Outcome,
    Report,
    Severity,
)

if TYPE_CHECKING:
    from dcs.validation.report.figures import number, size
    from dcs.validation.report.html import content_security, to_html
    from dcs.validation.report.outline import (
        Group,
        Outline,
        first_steps,
        look_of,
        outline_of,
        place_of,
    )
    from dcs.validation.report.plots import bar, bars, course, histogram, two_histograms
    from dcs.validation.report.sarif import to_sarif
    from dcs.validation.report.schema import schema_document

__all__ = [
    "SAMPLES",
    "SCHEMA",
    "Check",
    "ColumnProfile",
    "Drift",
    "Frequent",
    "Group",
    "Kind",
    "Outcome",
    "Outline",
    "PersonalData",
    "Report",
    "Sample",
    "Severity",
    "bar",
    "bars",
    "content_security",
    "course",
    "first_steps",
    "histogram",
    "look_of",
    "number",
    "outline_of",
    "place_of",
    "schema_document",
    "size",
    "to_html",
    "to_sarif",
    "two_histograms",
]

_LATER = {
    "Group": "outline",
    "Outline": "outline",
    "bar": "plots",
    "bars": "plots",
    "content_security": "html",
    "course": "plots",
    "first_steps": "outline",
    "histogram": "plots",
    "look_of": "outline",
    "number": "figures",
    "outline_of": "outline",
    "place_of": "outline",
    "schema_document": "schema",
    "size": "figures",
    "to_html": "html",
    "to_sarif": "sarif",
    "two_histograms": "plots",
}

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, _LATER)
