"""
Approval templates as values: validated data, never code.

A tenant may have one for each classification; where there is none the
built-in one holds: one person of L1 within a day, and where the data is
sensitive one person of L2 within two days, both asked at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dcs.core.classification import Classification
from dcs.workflow.state import Level
from dcs.workflow.templates.errors import ApprovalTemplateInvalidError

LARGEST_QUORUM = 20
LONGEST = 24 * 366
"""Hours a level may have at most: a year."""
MOST_ATTESTATIONS = 20
LONGEST_ATTESTATION = 500
"""Characters of a sentence somebody has to confirm."""


@dataclass(frozen=True, slots=True)
class LevelRule:
    """
    How one level is asked.

    Attributes:
        quorum: How many people have to approve.
        hours: How long they have.
        expedited_hours: How long where it is urgent, by the clock; never longer.
        group: Only its members are asked and may vote; None leaves it to policy alone.
        escalate_to: The group that is asked as well when time runs short.
        escalate_hours: How long before the deadline that is.
    """

    quorum: int = 1
    hours: float = 24.0
    expedited_hours: float = 1.0
    group: str | None = None
    escalate_to: str | None = None
    escalate_hours: float = 4.0

    def to_json(self) -> dict[str, Any]:
        """Return the rule as it is stored and shown."""
        return {
            "quorum": self.quorum,
            "hours": self.hours,
            "expedited_hours": self.expedited_hours,
            "group": self.group,
            "escalate_to": self.escalate_to,
            "escalate_hours": self.escalate_hours,
        }

    def check(self, level: Level, groups: frozenset[str]) -> None:
        """Raise `ApprovalTemplateInvalidError` if nobody could follow it; *groups* are those there are."""
        name = level.value
        if not 1 <= self.quorum <= LARGEST_QUORUM:
            raise ApprovalTemplateInvalidError(f"{name} needs a quorum of 1 to {LARGEST_QUORUM}.")
        if not 0 < self.hours <= LONGEST:
            raise ApprovalTemplateInvalidError(
                f"{name} needs more than 0 and at most {LONGEST} hours."
            )
        if not 0 < self.expedited_hours <= self.hours:
            raise ApprovalTemplateInvalidError(f"{name} cannot have more time where it is urgent.")
        if self.escalate_to is not None and not 0 < self.escalate_hours < self.hours:
            raise ApprovalTemplateInvalidError(f"{name} has to be escalated before its deadline.")
        if not {self.group, self.escalate_to} - {None} <= groups:
            raise ApprovalTemplateInvalidError(f"{name} names a group that does not exist.")


FIRST = LevelRule()
SECOND = LevelRule(hours=48.0, expedited_hours=2.0)


@dataclass(frozen=True, slots=True)
class ApprovalTemplate:
    """
    How versions of one classification are decided on.

    Attributes:
        first: How L1 is asked, always.
        second: How L2 is asked, where the data is sensitive.
        business_hours: Count deadlines in the tenant's working time.
        contract_required: A version without a data contract does not comply.
        attestations: What whoever submits has to confirm, each a sentence.
    """

    first: LevelRule = FIRST
    second: LevelRule = SECOND
    business_hours: bool = False
    contract_required: bool = False
    attestations: tuple[str, ...] = ()

    def rule(self, level: Level) -> LevelRule:
        """Return the rule of a level."""
        return self.first if level is Level.L1 else self.second

    def check(self, groups: frozenset[str]) -> None:
        """
        Make sure that it can be followed.

        Args:
            groups: The names of the tenant's groups.

        Raises:
            ApprovalTemplateInvalidError: It cannot; the text says why.
        """
        for level in Level:
            self.rule(level).check(level, groups)
        different = len(set(self.attestations)) == len(self.attestations)
        if len(self.attestations) > MOST_ATTESTATIONS or not different:
            raise ApprovalTemplateInvalidError(
                f"There can be {MOST_ATTESTATIONS} different attestations."
            )
        if any(not 0 < len(each.strip()) <= LONGEST_ATTESTATION for each in self.attestations):
            raise ApprovalTemplateInvalidError(
                f"An attestation is a sentence of at most {LONGEST_ATTESTATION} characters."
            )

    def to_json(self) -> dict[str, Any]:
        """Return the template as it is stored and shown."""
        return {
            "levels": {level.value: self.rule(level).to_json() for level in Level},
            "business_hours": self.business_hours,
            "contract_required": self.contract_required,
            "attestations": list(self.attestations),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ApprovalTemplate":
        """Read a stored template."""
        return cls(
            first=LevelRule(**data["levels"]["L1"]),
            second=LevelRule(**data["levels"]["L2"]),
            business_hours=data["business_hours"],
            contract_required=data["contract_required"],
            attestations=tuple(data["attestations"]),
        )


def built_in(classification: Classification) -> ApprovalTemplate:
    """Return what holds where a tenant chose nothing: closed data needs a data contract."""
    closed = classification in {Classification.CONFIDENTIAL, Classification.SECRET}
    return ApprovalTemplate(contract_required=closed)
