"""Judge: contract, quality, anomalies and personal data, on every row and in every cell."""

from typing import TYPE_CHECKING

from dcs.core.doors import opens
from dcs.validation.archives import Member, member_bytes, members_of, nested
from dcs.validation.caps import Caps, UnpackError
from dcs.validation.errors import InvalidContractError, ReportNotFoundError
from dcs.validation.magic import (
    HEAD_BYTES,
    TAIL_BYTES,
    Content,
    Sighting,
    binary_kind,
    hidden_pdf,
    sight,
    utf16_kind,
)
from dcs.validation.models import (
    Check,
    ColumnProfile,
    Kind,
    Outcome,
    PersonalData,
    Report,
    Sample,
    Severity,
)
from dcs.validation.unpacking import Compression, compression_of, unpacked

if TYPE_CHECKING:
    from dcs.validation.comparisons import Comparisons
    from dcs.validation.contract import Contract, ContractColumn, parse_contract
    from dcs.validation.drift import Diff
    from dcs.validation.failing import FailingRows, failing_rows
    from dcs.validation.formulas import neutralised
    from dcs.validation.history import History, Point
    from dcs.validation.judging import judge
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
    "FailingRows",
    "History",
    "InvalidContractError",
    "Judged",
    "Kind",
    "Member",
    "Outcome",
    "PersonalData",
    "Point",
    "Report",
    "ReportNotFoundError",
    "Reports",
    "Sample",
    "Severity",
    "Sighting",
    "UnpackError",
    "binary_kind",
    "compression_of",
    "failing_rows",
    "hidden_pdf",
    "judge",
    "member_bytes",
    "members_of",
    "nested",
    "neutralised",
    "parse_contract",
    "sight",
    "unpacked",
    "utf16_kind",
]

_LATER = {
    "Comparisons": "comparisons",
    "Contract": "contract",
    "ContractColumn": "contract",
    "Diff": "drift",
    "FailingRows": "failing",
    "History": "history",
    "Judged": "service",
    "Point": "history",
    "Reports": "service",
    "failing_rows": "failing",
    "judge": "judging",
    "neutralised": "formulas",
    "parse_contract": "contract",
}

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, _LATER)
