"""The rules that need no person: what must hold before anybody is asked."""

from dataclasses import dataclass

from dcs.core.classification import Classification


@dataclass(frozen=True, slots=True)
class ComplianceFacts:
    """
    What the rules look at.

    Attributes:
        contains_personal_data: Verified or declared; None if nobody knows, which counts as yes.
            A column that is only told by its name and values is for an approver to decide.
    """

    harmless: bool
    classification: Classification
    contains_personal_data: bool | None
    owner_active: bool
    has_contract: bool


def compliance_problems(facts: ComplianceFacts) -> tuple[str, ...]:
    """Return the codes of every rule that is broken; none means that people may be asked."""
    problems = []
    if not facts.harmless:
        problems.append("malware_not_ruled_out")
    if facts.classification is Classification.PUBLIC and facts.contains_personal_data is not False:
        problems.append("personal_data_in_public_dataset")
    if facts.classification is Classification.SECRET and not facts.has_contract:
        problems.append("secret_without_contract")
    if not facts.owner_active:
        problems.append("owner_not_active")
    return tuple(problems)
