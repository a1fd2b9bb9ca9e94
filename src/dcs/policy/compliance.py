"""What is known of a version before people are asked about it, and what the rules say to that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dcs.core.classification import Classification
from dcs.engines.decisions import PolicyFailedError


@dataclass(frozen=True, slots=True)
class FoundPersonalData:
    """
    One sort of personal data that was found, without where.

    Attributes:
        tier: ``A``: verified; ``B``: told by a whole column; ``C``: suspected in free text.
        declared: Whether the data contract says that it is there.
        excluded: Whether it was suppressed with a reason.
        classification: What it asks for at least.
    """

    tier: str
    declared: bool
    excluded: bool
    classification: str


@dataclass(frozen=True, slots=True)
class ComplianceFacts:
    """
    Everything that the rules of compliance look at; they decide, nothing here does.

    Attributes:
        malware: The verdict of the last scan.
        released: Whether somebody let it out of quarantine.
        scanned_here: Whether files are scanned here at all.
        contract: Whether the version has a data contract.
        contract_required: Whether the template asks for one.
        judged_by_contract: Whether the report says that it was held to it.
        failed_promises: How many promises of severity error the file breaks.
        personal_data: What was found; None if nobody has looked.
        dataset_retention: Days; None if the dataset does not say.
        tenant_retention: Days; None if the organisation does not say either.
        attestations: The sentences that the template wants attested.
        attested: The sentences that the requester has attested.
    """

    classification: Classification
    malware: str
    released: bool
    scanned_here: bool
    contract: bool
    contract_required: bool
    judged_by_contract: bool
    failed_promises: int
    personal_data: Sequence[FoundPersonalData] | None
    dataset_retention: int | None
    tenant_retention: int | None
    owner_active: bool
    attestations: Sequence[str] = ()
    attested: Sequence[str] = ()

    def document(self) -> dict[str, Any]:
        """Return the document the rules look at."""
        found = self.personal_data
        return {
            "classification": self.classification.value,
            "malware": {
                "verdict": self.malware,
                "released": self.released,
                "scanned_here": self.scanned_here,
            },
            "contract": {
                "present": self.contract,
                "required": self.contract_required,
                "judged": self.judged_by_contract,
                "failed_promises": self.failed_promises,
            },
            "personal_data": None if found is None else [_found(each) for each in found],
            "retention_days": {"dataset": self.dataset_retention, "tenant": self.tenant_retention},
            "owner_active": self.owner_active,
            "attestations": {"required": list(self.attestations), "given": list(self.attested)},
        }


def _found(found: FoundPersonalData) -> dict[str, Any]:
    return {
        "tier": found.tier,
        "declared": found.declared,
        "excluded": found.excluded,
        "classification": found.classification,
    }


@dataclass(frozen=True, slots=True)
class Compliance:
    """
    What the rules say of a version.

    Attributes:
        passed: Whether people may be asked about it.
        problems: The codes of the rules that are broken; any of them ends it.
        shown: The codes of what whoever decides has to see; it refuses nothing.
        unanswered: The sentences that the requester has to attest first.
    """

    passed: bool
    problems: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()


def read_compliance(answer: Mapping[str, Any]) -> Compliance:
    """
    Turn the policy's answer into what the rules say.

    Raises:
        PolicyFailedError: Anything is missing or of another type than expected, or it
            contradicts itself: passed although a rule is broken, or the other way round.
    """
    try:
        problems, shown = _texts(answer["problems"]), _texts(answer["shown"])
        passed, unanswered = answer["passed"], _texts(answer["unanswered"])
    except (KeyError, TypeError) as error:
        raise PolicyFailedError("The answer of the compliance rules is malformed.") from error
    if not isinstance(passed, bool) or passed != (not problems and not unanswered):
        raise PolicyFailedError("The answer of the compliance rules contradicts itself.")
    return Compliance(passed, problems, shown, unanswered)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError("a list of texts was expected")
    return tuple(sorted(value))
