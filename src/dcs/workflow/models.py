"""Approvals as people and programs see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dcs.core.clock import rfc3339
from dcs.policy import explain
from dcs.workflow.state import State


@dataclass(frozen=True, slots=True)
class VoteView:
    """A vote that counted, in the round in which it did."""

    by: str
    decision: str
    round: int
    reason: str
    at: datetime


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
            "approved": None if outcome is None else outcome.value == "active",
            "error": self.state.reason,
            "levels": [
                {
                    "level": each.level,
                    "state": each.state,
                    "deadline": rfc3339(each.deadline),
                    "votes": [
                        {
                            "by": vote.by,
                            "decision": vote.decision,
                            "round": vote.round,
                            "reason": vote.reason,
                            "at": rfc3339(vote.at),
                        }
                        for vote in each.votes
                    ],
                }
                for each in self.levels
            ],
            "comments": [each.to_json() for each in self.comments],
            "created_at": rfc3339(self.created_at),
            "finished_at": None if self.finished_at is None else rfc3339(self.finished_at),
        }
