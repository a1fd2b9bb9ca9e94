"""
Decide by rules: hand a document to a policy, get a document back.

``tests/engines/test_decisions.py`` is the contract. An engine never guesses:
an undefined, malformed or failed answer is an error, and whoever asked treats
an error as a denial.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from dcs.core.errors import UnavailableError

__all__ = [
    "AUTHORIZATION",
    "COMPLIANCE",
    "DecisionEngine",
    "PolicyFailedError",
    "PolicyRefusedError",
]

AUTHORIZATION = "dcs/authz/decision"
"""May this actor do this to that thing?"""

COMPLIANCE = "dcs/compliance/decision"
"""May people be asked about this version?"""


class PolicyFailedError(UnavailableError):
    """The policy gave no usable answer, which means no."""

    code = "policy_failed"


class PolicyRefusedError(UnavailableError):
    """The policy uses something that a policy must not."""

    code = "policy_refused"


class DecisionEngine(Protocol):
    """Answer a policy's questions over many inputs, from any thread."""

    revision: str
    """SHA-256 over the policy's rules and data: two engines with the same one decide alike."""

    def evaluate(
        self, document: Mapping[str, Any], question: str = AUTHORIZATION
    ) -> Mapping[str, Any]:
        """
        Return the policy's answer to a question about one input.

        Safe to call from many threads at once; each call sees its own input only.

        Args:
            document: The facts.
            question: The rule that answers: ``<package>/decision``, the package alone
                with its own rules and the data.

        Raises:
            PolicyFailedError: The answer is undefined or is not a document, or nobody
                answers this question.
        """
        ...
