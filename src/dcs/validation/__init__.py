"""Judge: contract, quality, anomalies and personal data, on every row and in every cell."""

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

__all__ = [
    "HEAD_BYTES",
    "Check",
    "ColumnProfile",
    "Contract",
    "ContractColumn",
    "InvalidContractError",
    "Judged",
    "Kind",
    "Outcome",
    "PersonalData",
    "Report",
    "ReportNotFoundError",
    "Reports",
    "Sample",
    "Severity",
    "binary_kind",
    "judge",
    "neutralised",
    "parse_contract",
    "utf16_kind",
]
