"""Judge: contract, quality, anomalies and personal data, on every row and in every cell."""

from typing import TYPE_CHECKING

from dcs.core.doors import opens
from dcs.validation.errors import InvalidContractError, ReportNotFoundError
from dcs.validation.packed.archives import Member, member_bytes, members_of, nested
from dcs.validation.packed.caps import Caps, UnpackError
from dcs.validation.packed.magic import (
    HEAD_BYTES,
    TAIL_BYTES,
    Content,
    Sighting,
    binary_kind,
    hidden_pdf,
    sight,
    utf16_kind,
)
from dcs.validation.packed.unpacking import Compression, compression_of, unpacked
from dcs.validation.report import (
    Check,
    ColumnProfile,
    Drift,
    Frequent,
    Kind,
    Outcome,
    PersonalData,
    Report,
    Sample,
    Severity,
)

if TYPE_CHECKING:
    from dcs.validation.comparisons import Comparisons
    from dcs.validation.contracts import (
        Contract,
        ContractColumn,
        contract_changes,
        contract_yaml,
        inferred_contract,
        parse_contract,
    )
    from dcs.validation.drift import Diff
    from dcs.validation.failing import Failing, FailingRows
    from dcs.validation.formulas import neutralised
    from dcs.validation.history import History, Point
    from dcs.validation.judging import judge
    from dcs.validation.report import (
        Group,
        Outline,
        bar,
        content_security,
        course,
        first_steps,
        histogram,
        look_of,
        number,
        outline_of,
        place_of,
        schema_document,
        size,
        to_html,
        to_sarif,
        two_histograms,
    )
    from dcs.validation.service import Judged, Reports

__all__ = [
    "HEAD_BYTES",
    "TAIL_BYTES",
    "Caps",
    "Check",
    "ColumnProfile",
    "Comparisons",
    "Compression",
    "Content",
    "Contract",
    "ContractColumn",
    "Diff",
    "Drift",
    "Failing",
    "FailingRows",
    "Frequent",
    "Group",
    "History",
    "InvalidContractError",
    "Judged",
    "Kind",
    "Member",
    "Outcome",
    "Outline",
    "PersonalData",
    "Point",
    "Report",
    "ReportNotFoundError",
    "Reports",
    "Sample",
    "Severity",
    "Sighting",
    "UnpackError",
    "bar",
    "binary_kind",
    "compression_of",
    "content_security",
    "contract_changes",
    "contract_yaml",
    "course",
    "first_steps",
    "hidden_pdf",
    "histogram",
    "inferred_contract",
    "judge",
    "look_of",
    "member_bytes",
    "members_of",
    "nested",
    "neutralised",
    "number",
    "outline_of",
    "parse_contract",
    "place_of",
    "schema_document",
    "sight",
    "size",
    "to_html",
    "to_sarif",
    "two_histograms",
    "unpacked",
    "utf16_kind",
]

_LATER = {
    "Contract": "contracts",
    "contract_changes": "contracts",
    "contract_yaml": "contracts",
    "ContractColumn": "contracts",
    "Group": "report",
    "inferred_contract": "contracts",
    "Judged": "service",
    "Outline": "report",
    "Reports": "service",
    "bar": "report",
    "content_security": "report",
    "course": "report",
    "first_steps": "report",
    "histogram": "report",
    "Comparisons": "comparisons",
    "Diff": "drift",
    "Failing": "failing",
    "FailingRows": "failing",
    "History": "history",
    "Point": "history",
    "judge": "judging",
    "look_of": "report",
    "neutralised": "formulas",
    "number": "report",
    "outline_of": "report",
    "parse_contract": "contracts",
    "place_of": "report",
    "schema_document": "report",
    "size": "report",
    "to_html": "report",
    "to_sarif": "report",
    "two_histograms": "report",
}

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, _LATER)
