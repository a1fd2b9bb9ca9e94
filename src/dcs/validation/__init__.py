"""Judge: contract, quality, anomalies and personal data, on every row and in every cell."""

from dcs.validation.archives import Member, member_bytes, members_of
from dcs.validation.caps import Caps, UnpackError
from dcs.validation.contract import Contract, ContractColumn, parse_contract
from dcs.validation.errors import InvalidContractError, ReportNotFoundError
from dcs.validation.formulas import neutralised
from dcs.validation.judging import judge
from dcs.validation.magic import HEAD_BYTES, binary_kind, utf16_kind
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
from dcs.validation.service import Judged, Reports
from dcs.validation.unpacking import Compression, compression_of, unpacked

__all__ = [
    "HEAD_BYTES",
    "Caps",
    "Check",
    "ColumnProfile",
    "Compression",
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
    "UnpackError",
    "binary_kind",
    "compression_of",
    "judge",
    "member_bytes",
    "members_of",
    "neutralised",
    "parse_contract",
    "unpacked",
    "utf16_kind",
]
