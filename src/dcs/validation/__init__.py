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
    from dcs.validation.contracts import (
        Contract,
        ContractColumn,
        contract_changes,
        contract_yaml,
        inferred_contract,
        parse_contract,
    )
    from dcs.validation.formulas import neutralised
    from dcs.validation.judging import judge
    from dcs.validation.service import Judged, Reports

__all__ = [
    "HEAD_BYTES",
    "TAIL_BYTES",
    "Caps",
    "Check",
    "ColumnProfile",
    "Compression",
    "Content",
    "Contract",
    "ContractColumn",
    "InvalidContractError",
    "Judged",
    "Kind",
    "Member",
    "Outcome",
    "PersonalData",
    "Report",
    "ReportNotFoundError",
    "Reports",
    "Sample",
    "Severity",
    "Sighting",
    "UnpackError",
    "binary_kind",
    "compression_of",
    "contract_changes",
    "contract_yaml",
    "hidden_pdf",
    "inferred_contract",
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
    "Contract": "contracts",
    "ContractColumn": "contracts",
    "contract_changes": "contracts",
    "contract_yaml": "contracts",
    "inferred_contract": "contracts",
    "Judged": "service",
    "Reports": "service",
    "judge": "judging",
    "neutralised": "formulas",
    "parse_contract": "contracts",
}

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, _LATER)
