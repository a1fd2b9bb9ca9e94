"""An approval with everything that belongs to it, read in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from dcs.catalog import Dataset, Version, find_version
from dcs.engines.database import Session
from dcs.workflow import store
from dcs.workflow.models import ApprovalView, CommentView, LevelView, VoteView
from dcs.workflow.state import State


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rows of one approval, and the version it is about."""

    row: Row[Any]
    dataset: Dataset
    version: Version
    requests: Sequence[Row[Any]]
    votes: Sequence[Row[Any]]
    comments: Sequence[Row[Any]]

    def view(self) -> ApprovalView:
        """Return it as people and programs see it."""
        return ApprovalView(
            id=self.row.id,
            version=self.version.id,
            dataset=self.dataset.id,
            dataset_name=self.dataset.name,
            number=self.version.number,
            requester=self.row.requester,
            state=State.from_json(self.row.state),
            version_status=self.version.status.value,
            levels=tuple(self._level(each) for each in self.requests),
            comments=tuple(CommentView(each.author, each.text, each.at) for each in self.comments),
            created_at=self.row.created_at,
            finished_at=self.row.finished_at,
        )

    def _level(self, request: Row[Any]) -> LevelView:
        votes = tuple(_vote(each) for each in self.votes if each.level == request.level)
        return LevelView(request.level, request.state, request.deadline, votes)


def load(session: Session, approval: str) -> Loaded | None:
    """Return an approval by its id, or None if there is none in the session's tenant."""
    row = store.get_approval(session, approval)
    found = None if row is None else find_version(session, row.version)
    if row is None or found is None:
        return None
    requests, votes = store.requests(session, approval), store.votes(session, approval)
    return Loaded(row, *found, requests, votes, store.comments(session, approval))


def _vote(row: Row[Any]) -> VoteView:
    return VoteView(
        by=row.voter,
        decision=row.decision,
        round=row.round,
        reason=row.reason,
        at=row.at,
        masks=row.masks or {},
        confirmed=tuple(row.confirmed or ()),
    )
