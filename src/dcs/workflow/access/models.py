"""Access requests as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from dcs.core.clock import rfc3339
from dcs.core.ids import UserId

TERMS = (
    "I use the data for the purpose I named alone, pass it on to nobody, and delete every copy "
    "when my access ends."
)
"""What everybody accepts who asks for access."""


class RequestState(StrEnum):
    """Where an access request is; what was granted has a state of its own."""

    OPEN = "open"
    ASKED_BACK = "asked_back"
    APPROVED = "approved"
    GRANTED = "granted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NewAccessRequest:
    """What somebody asks for; *columns* None is all of them, *for_group* a group they are of."""

    dataset: str
    purpose: str
    days: int
    accepted_terms: bool
    columns: tuple[str, ...] | None = None
    actions: tuple[str, ...] = ("list", "report", "preview", "read")
    for_group: str | None = None


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """
    What somebody asked for, and what came of it.

    Attributes:
        columns: As asked; as decided once it is approved. None for all.
        days: As asked; as decided once it is approved.
        terms_sha256: Of the terms that were accepted; empty for more time of a grant that
            nobody had asked for.
        for_group: The group it is asked for; None for whoever asks.
        extends: The grant that is to end later; None where a new one is asked for.
    """

    id: str
    dataset: str
    requester: UserId
    purpose: str
    actions: tuple[str, ...]
    columns: tuple[str, ...] | None
    days: int
    terms_sha256: str
    state: RequestState
    created_at: datetime
    question: str | None = None
    answer: str | None = None
    decided_by: UserId | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    for_group: str | None = None
    extends: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the request as the API shows it."""
        return {
            "id": self.id,
            "dataset": self.dataset,
            "kind": "access" if self.extends is None else "extension",
            "grant": self.extends,
            "requester": self.requester,
            "for_group": self.for_group,
            "purpose": self.purpose,
            "actions": list(self.actions),
            "columns": None if self.columns is None else list(self.columns),
            "days": self.days,
            "terms_sha256": self.terms_sha256,
            "state": self.state.value,
            "question": self.question,
            "answer": self.answer,
            "decided_by": self.decided_by,
            "decided_at": None if self.decided_at is None else rfc3339(self.decided_at),
            "reason": self.reason,
            "created_at": rfc3339(self.created_at),
        }
