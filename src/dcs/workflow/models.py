"""Approvals as people and programs see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dcs.core.clock import rfc3339
from dcs.policy import explain
from dcs.workflow.state import Level, RequestState, State


@dataclass(frozen=True, slots=True)
class VoteView:
    """
    A vote that counted, in the round in which it did.

    Attributes:
        masks: The columns that nobody is to see as they are, and how each is masked.
        confirmed: The columns whose undeclared personal data the voter confirmed.
    """

    by: str
    decision: str
    round: int
    reason: str
    at: datetime
    masks: Mapping[str, str] = field(default_factory=dict)
    confirmed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the vote as the API shows it."""
        return {
            "by": self.by,
            "decision": self.decision,
            "round": self.round,
            "reason": self.reason,
            "masks": dict(self.masks),
            "confirmed_personal_data": list(self.confirmed),
            "at": rfc3339(self.at),
        }


@dataclass(frozen=True, slots=True)
class LevelView:
    """One level of an approval: ``open``, ``approved``, ``rejected``, ``returned`` or ``closed``."""

    level: str
    state: str
    deadline: datetime
    votes: tuple[VoteView, ...]


@dataclass(frozen=True, slots=True)
class CommentView:
    """What somebody said about an approval."""

    by: str
    text: str
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return the comment as the API shows it."""
        return {"by": self.by, "text": self.text, "at": rfc3339(self.at)}


@dataclass(frozen=True, slots=True)
class ComplianceView:
    """
    What the rules say of a version, in codes and in words.

    Attributes:
        problems: The rules that it broke: it ended with them.
        shown: What those who decide have to see.
        unanswered: The sentences that the requester has to attest before anybody is asked.
    """

    problems: tuple[tuple[str, str], ...]
    shown: tuple[tuple[str, str], ...]
    unanswered: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what the rules say as the API shows it."""
        return {
            "problems": [{"code": code, "reason": reason} for code, reason in self.problems],
            "shown": [{"code": code, "reason": reason} for code, reason in self.shown],
            "unanswered": list(self.unanswered),
        }

    @classmethod
    def of(cls, state: State) -> "ComplianceView":
        """Return what the rules said when they were last asked about an approval."""
        return cls(
            tuple((code, explain(code)) for code in state.problems),
            tuple((code, explain(code)) for code in state.shown),
            state.unanswered,
        )


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """An approval with everything that was decided so far."""

    id: str
    version: str
    dataset: str
    dataset_name: str
    number: int
    requester: str
    state: State
    version_status: str
    levels: tuple[LevelView, ...]
    comments: tuple[CommentView, ...]
    created_at: datetime
    finished_at: datetime | None

    @property
    def position(self) -> str:
        """Where a list continues behind this approval."""
        return self.created_at.isoformat()

    @property
    def compliance(self) -> ComplianceView:
        """What the rules said when they were last asked."""
        return ComplianceView.of(self.state)

    @property
    def voters(self) -> frozenset[str]:
        """Who has voted in this round."""
        now = self.state.round
        return frozenset(
            vote.by for level in self.levels for vote in level.votes if vote.round == now
        )

    @property
    def open_levels(self) -> tuple[LevelView, ...]:
        """The levels that wait for a vote."""
        return tuple(each for each in self.levels if each.state == "open")

    def levels_for(self, person: str, groups: tuple[str, ...]) -> tuple[LevelView, ...]:
        """Return the open levels that let somebody vote who is in *groups*, as far as policy does."""
        if person in self.voters or person == self.requester:
            return ()
        asked = ((each, self.asked(each.level)) for each in self.open_levels)
        return tuple(
            level
            for level, request in asked
            if request is not None
            and request.admits(person, groups)
            and not request.has_handed_over(person)
        )

    @property
    def escalates(self) -> bool:
        """Whether a level that is open has a further group to ask."""
        requests = (self.asked(each.level) for each in self.open_levels)
        return any(each is not None and each.escalate_to is not None for each in requests)

    @property
    def seen(self) -> str:
        """Changes whenever somebody can do something else about it than before."""
        open_levels = "".join(each.level for each in self.open_levels)
        return f"{self.state.stage.value}-{self.state.round}-{open_levels}"

    def asked(self, level: str) -> RequestState | None:
        """Return how a level is asked in this round; None if it is not."""
        return self.state.request(Level(level))

    def _asked(self, level: str) -> dict[str, Any]:
        """Return how a level is asked in this round: how many of whom, and who stands in."""
        request = self.asked(level)
        return {
            "quorum": 1 if request is None else request.quorum,
            "groups": [] if request is None else list(request.groups),
            "escalates_to": None if request is None else request.escalate_to,
            "escalates_at": _instant(None if request is None else request.escalate_at),
            "delegated": [] if request is None else [list(each) for each in request.delegated],
        }

    def to_json(self) -> dict[str, Any]:
        """Return the approval as the API shows it."""
        outcome = self.state.outcome
        return {
            "id": self.id,
            "version": self.version,
            "dataset": self.dataset,
            "dataset_name": self.dataset_name,
            "number": self.number,
            "requester": self.requester,
            "status": self.version_status,
            "stage": self.state.stage.value,
            "progress": self.state.progress,
            "details": {
                "sensitivity": "HIGH" if self.state.is_sensitive else "NORMAL",
                "compliance": self.compliance.to_json(),
            },
            "expedited": self.state.expedited,
            "round": self.state.round,
            "attested": list(self.state.attested),
            "masks": dict(self.state.masks),
            "approved": None if outcome is None else outcome.value == "active",
            "error": self.state.reason,
            "levels": [
                {
                    "level": each.level,
                    "state": each.state,
                    "deadline": rfc3339(each.deadline),
                    **self._asked(each.level),
                    "votes": [vote.to_json() for vote in each.votes],
                }
                for each in self.levels
            ],
            "comments": [each.to_json() for each in self.comments],
            "created_at": rfc3339(self.created_at),
            "finished_at": _instant(self.finished_at),
        }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
