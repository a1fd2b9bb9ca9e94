"""Data contracts: read them, judge files by them, write them from files, and tell what a change breaks."""

from typing import TYPE_CHECKING

from dcs.core.doors import opens
from dcs.validation.contracts.terms import (
    Attestation,
    Contract,
    ContractColumn,
    ContractObject,
    Quality,
    QualityType,
    Relationship,
    ServiceLevel,
    Threshold,
)

if TYPE_CHECKING:
    from dcs.validation.contracts.comparing import Change, contract_changes
    from dcs.validation.contracts.inferring import contract_yaml, inferred_contract
    from dcs.validation.contracts.reading import parse_contract, read_contract
    from dcs.validation.contracts.verdicts import contract_checks

__all__ = [
    "Attestation",
    "Change",
    "Contract",
    "ContractColumn",
    "ContractObject",
    "Quality",
    "QualityType",
    "Relationship",
    "ServiceLevel",
    "Threshold",
    "contract_changes",
    "contract_checks",
    "contract_yaml",
    "inferred_contract",
    "parse_contract",
    "read_contract",
]

_LATER = {
    "Change": "comparing",
    "contract_changes": "comparing",
    "contract_yaml": "inferring",
    "inferred_contract": "inferring",
    "contract_checks": "verdicts",
    "parse_contract": "reading",
    "read_contract": "reading",
}

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, _LATER)
