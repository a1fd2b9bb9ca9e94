"""The approvals as use cases: open, vote, cancel, show; and the jobs behind them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from dcs.audit import AuditTrail
from dcs.catalog import Catalog, Dataset, Version, find_version, version_resource
from dcs.core.actor import Actor
from dcs.core.clock import Clock, rfc3339
from dcs.core.ids import TenantId, new_id
from dcs.engines.database import Database, Session
from dcs.engines.durable import Finish, Job, Kind
from dcs.ingestion import UploadRequest
from dcs.policy import Action, Permits
from dcs.workflow import messages, store
from dcs.workflow.engine import DEADLINE, Engine, activity_kind
from dcs.workflow.errors import (
    ApprovalNotFoundError,
    CommentMissingError,
    NotCommentableError,
    NotExpeditableError,
    NotSubmittableError,
    VoteNotCountedError,
    require_reason,
)
from dcs.workflow.messages import Ignored
from dcs.workflow.models import ApprovalView, CommentView, LevelView, VoteView
from dcs.workflow.state import Activity, Level, State


@dataclass(frozen=True, slots=True)
class ActivityResult:
    """What an activity found out, and what else is to be kept together with it."""

    event: messages.Event
    keep: Finish


ActivityBody = Callable[[TenantId, Dataset, Version], Awaitable[ActivityResult]]
"""The slow part of an activity; it may run more than once, its result counts once."""


@dataclass(frozen=True, slots=True)
class Approvals:
    """Everything that is done with approvals."""

    database: Database
    engine: Engine
    catalog: Catalog
    permits: Permits
    audit: AuditTrail
    clock: Clock

    def open(
        self, session: Session, dataset: Dataset, version: Version, request: UploadRequest
    ) -> None:
        """Open the approval of a version that was just received, in its transaction."""
        event = messages.Opened(
            at=version.created_at,
            requester=version.uploaded_by,
            classification=dataset.classification.value,
            submit=request.submit,
            sensitive=request.sensitive,
        )
        self.engine.open(session, new_id(), version.id, dataset.id, event)

    async def submit(self, actor: Actor, version: Version) -> None:
        """
        Ask for the approval of a draft.

        Raises:
            NotSubmittableError: It was asked for already, or has ended.
        """
        dataset, version = await self.catalog.load(actor.tenant, version.id)
        await self.permits.require(actor, Action.SUBMIT, version_resource(dataset, version))
        event = messages.Submitted(self.clock.now(), actor.id)

        def submit(session: Session) -> Sequence[messages.Effect]:
            row = store.approval_of(session, version.id)
            if row is None:
                raise ApprovalNotFoundError("There is no such approval.")
            return self.engine.apply(session, row.id, event, actor.id)[1]

        for effect in await self.database.write(actor.tenant, submit):
            if isinstance(effect, Ignored):
                raise NotSubmittableError(
                    "The approval of this version was asked for already, or has ended."
                )

    async def vote(
        self, actor: Actor, approval: str, level: str, decision: str, reason: str
    ) -> ApprovalView:
        """
        Decide one level, or return the version for changes.

        Who may vote is asked of policy first and held by the machine again: the
        requester never, and nobody on two levels.

        Raises:
            ApprovalNotFoundError: There is none, or none the actor may know of.
            DeniedError: Policy says that the actor may not decide on it.
            VoteNotCountedError: It came too late, twice, or on a level nobody asked.
            ReasonMissingError: It says no, or not like this, and not why.
        """
        await self._require(actor, approval, Action.APPROVE)
        chosen = Level(level)
        if decision != "approve":
            require_reason(reason)
        event = _event(self.clock.now(), actor.id, chosen, decision)

        def cast(session: Session, state: State) -> None:
            store.add_vote(
                session,
                id=new_id(),
                approval=approval,
                level=chosen.value,
                round=state.round - (decision == "return"),  # it has begun the next one
                voter=actor.id,
                decision=decision,
                reason=reason,
                at=event.at,
            )

        why_not = await self._happen(actor, approval, event, cast)
        if why_not is not None:
            raise VoteNotCountedError(f"The vote was not counted: {_words(why_not)}.", why=why_not)
        return await self.show(actor, approval)

    async def cancel(self, actor: Actor, approval: str, reason: str) -> ApprovalView:
        """End an approval before its version is being activated; *reason* is for people."""
        del reason  # the record keeps codes; texts of people belong to votes and comments
        await self._require(actor, approval, Action.CANCEL)
        event = messages.Cancelled(self.clock.now(), actor.id)
        why_not = await self._happen(actor, approval, event)
        if why_not is not None:
            raise VoteNotCountedError(f"It cannot be cancelled: {_words(why_not)}.", why=why_not)
        return await self.show(actor, approval)

    async def expedite(self, actor: Actor, approval: str) -> ApprovalView:
        """
        Ask for haste: deadlines that run become short, and so do those still to come.

        Raises:
            NotExpeditableError: It is urgent already, is being activated, or has ended.
        """
        await self._require(actor, approval, Action.EXPEDITE)
        event = messages.Expedited(self.clock.now(), actor.id)
        why_not = await self._happen(actor, approval, event)
        if why_not is not None:
            raise NotExpeditableError(f"It cannot be expedited: {_words(why_not)}.", why=why_not)
        return await self.show(actor, approval)

    async def comment(self, actor: Actor, approval: str, text: str) -> ApprovalView:
        """
        Say something about an approval that is open; whoever sees it can read it.

        Raises:
            CommentMissingError: There are no words.
            NotCommentableError: The approval has ended.
        """
        await self._require(actor, approval, Action.COMMENT)
        if not text.strip():
            raise CommentMissingError("Say something: a comment has words.")
        event = messages.Commented(self.clock.now(), actor.id)

        def say(session: Session, _state: State) -> None:
            store.add_comment(
                session, id=new_id(), approval=approval, author=actor.id, text=text, at=event.at
            )

        if await self._happen(actor, approval, event, say) is not None:
            raise NotCommentableError("The approval has ended; nothing more is said about it.")
        return await self.show(actor, approval)

    async def show(self, actor: Actor, approval: str) -> ApprovalView:
        """Return an approval, if *actor* may know of its version."""
        found = await self.database.read(actor.tenant, lambda s: _load(s, approval))
        if found is None:
            raise ApprovalNotFoundError("There is no such approval.")
        return await self._view(actor, found)

    async def story(self, actor: Actor, approval: str) -> dict[str, Any]:
        """Return an approval with its history from the audit trail."""
        view = await self.show(actor, approval)
        history = await self.audit.about(actor.tenant, approval)
        return view.to_json() | {
            "history": [
                {
                    "at": rfc3339(each.at),
                    "action": each.action,
                    "actor": each.actor,
                    "outcome": each.outcome,
                    "reasons": list(each.reasons),
                    "details": dict(each.details),
                }
                for each in history
                if each.action.startswith("approval.")
            ]
        }

    async def find(
        self, actor: Actor, *, mine: bool, before: str | None, limit: int
    ) -> Sequence[ApprovalView]:
        """Return approvals *actor* may know of; *mine* those that wait for their vote."""
        moment = None if before is None else datetime.fromisoformat(before)

        def load(session: Session) -> Sequence[_Loaded]:
            rows = (
                store.open_approvals(session, limit)
                if mine
                else store.approvals(session, moment, limit)
            )
            return [each for row in rows if (each := _load(session, row.id)) is not None]

        views = []
        for loaded in await self.database.read(actor.tenant, load):
            try:
                view = await self._view(actor, loaded)
            except ApprovalNotFoundError:
                continue
            if not mine or await self.waits_for(actor, view):
                views.append(view)
        return views

    async def open_by_level(self, tenant: TenantId) -> Mapping[str, int]:
        """Count the tenant's requests that wait for a vote, for every level."""
        counts = await self.database.read(tenant, store.open_by_level)
        return {level.value: counts.get(level.value, 0) for level in Level}

    def kinds(self, bodies: Mapping[Activity, ActivityBody]) -> Mapping[str, Kind]:
        """Return how the jobs of approvals are done, given the bodies of the activities."""
        kinds = {
            activity_kind(activity): self._activity(activity, body)
            for activity, body in bodies.items()
        }
        kinds[DEADLINE] = Kind(self._deadline, lambda job, reason: _nothing, quick=True)
        return kinds

    def _activity(self, activity: Activity, body: ActivityBody) -> Kind:
        async def run(job: Job) -> Finish:
            dataset, version = await self.catalog.load(job.tenant, job.payload["version"])
            result = await body(job.tenant, dataset, version)

            def finish(session: Session) -> None:
                result.keep(session)
                self.engine.apply(session, job.payload["approval"], result.event)

            return finish

        def exhausted(job: Job, _reason: str) -> Finish:
            event = messages.ActivityFailed(self.clock.now(), activity)
            return lambda session: _ignore_result(
                self.engine.apply(session, job.payload["approval"], event)
            )

        return Kind(
            run,
            exhausted,
            lease=lambda job: activity.time_allowed(job.get("size", 0)),
            quick=activity in {Activity.CHECK_COMPLIANCE, Activity.ACTIVATE},
        )

    async def _deadline(self, job: Job) -> Finish:
        event = messages.DeadlinePassed(self.clock.now(), Level(job.payload["level"]))
        return lambda session: _ignore_result(
            self.engine.apply(session, job.payload["approval"], event)
        )

    async def _happen(
        self,
        actor: Actor,
        approval: str,
        event: messages.Event,
        keep: Callable[[Session, State], None] | None = None,
    ) -> str | None:
        """Let what a person did happen, with what is kept beside it; return why it did not, if so."""

        def happen(session: Session) -> str | None:
            state, effects = self.engine.apply(session, approval, event, actor.id)
            why_not = next((each.why for each in effects if isinstance(each, Ignored)), None)
            if why_not is None and keep is not None:
                keep(session, state)
            return why_not

        return await self.database.write(actor.tenant, happen)

    async def _require(self, actor: Actor, approval: str, action: Action) -> None:
        found = await self.database.read(actor.tenant, lambda s: _find(s, approval))
        if found is None:
            raise ApprovalNotFoundError("There is no such approval.")
        row, dataset, version = found
        resource = version_resource(dataset, version, row.requester)
        resource = replace(resource, kind="approval", id=approval)
        await self.permits.require(actor, action, resource, ApprovalNotFoundError)

    async def waits_for(self, actor: Actor, view: ApprovalView) -> bool:
        """Say whether a vote of *actor* on one of the open levels would count."""
        if actor.id in view.voters:
            return False
        return await self.may(actor, view, Action.APPROVE)

    async def may(self, actor: Actor, view: ApprovalView, action: Action) -> bool:
        """Say whether policy would let *actor* do something to an approval, for a page to offer it."""
        dataset, version = await self.catalog.load(actor.tenant, view.version)
        resource = version_resource(dataset, version, view.requester)
        return (await self.permits.decide(actor, action, resource)).allow

    async def _view(self, actor: Actor, found: "_Loaded") -> ApprovalView:
        resource = version_resource(found.dataset, found.version)
        if not (await self.permits.decide(actor, Action.LIST, resource)).allow:
            raise ApprovalNotFoundError("There is no such approval.")
        votes = found.votes
        return ApprovalView(
            id=found.row.id,
            version=found.version.id,
            dataset=found.dataset.id,
            dataset_name=found.dataset.name,
            number=found.version.number,
            requester=found.row.requester,
            state=State.from_json(found.row.state),
            version_status=found.version.status.value,
            levels=tuple(
                LevelView(
                    each.level,
                    each.state,
                    each.deadline,
                    tuple(
                        VoteView(vote.voter, vote.decision, vote.round, vote.reason, vote.at)
                        for vote in votes
                        if vote.level == each.level
                    ),
                )
                for each in found.requests
            ),
            comments=tuple(CommentView(each.author, each.text, each.at) for each in found.comments),
            created_at=found.row.created_at,
            finished_at=found.row.finished_at,
        )


def _words(code: str) -> str:
    return code.replace("_", " ")


def _event(at: datetime, by: str, level: Level, decision: str) -> messages.Event:
    if decision == "return":
        return messages.Returned(at, by, level)
    return messages.Voted(at, by, level, decision == "approve")


@dataclass(frozen=True, slots=True)
class _Loaded:
    row: Row[Any]
    dataset: Dataset
    version: Version
    requests: Sequence[Row[Any]]
    votes: Sequence[Row[Any]]
    comments: Sequence[Row[Any]]


def _find(session: Session, approval: str) -> tuple[Row[Any], Dataset, Version] | None:
    row = store.get_approval(session, approval)
    found = None if row is None else find_version(session, row.version)
    return None if row is None or found is None else (row, *found)


def _load(session: Session, approval: str) -> _Loaded | None:
    found = _find(session, approval)
    if found is None:
        return None
    requests, votes = store.requests(session, approval), store.votes(session, approval)
    return _Loaded(*found, requests, votes, store.comments(session, approval))


def _nothing(_session: Session) -> None:
    """Deadlines are tried for ever, so there is nothing to do when they are given up."""


def _ignore_result(_result: object) -> None:
    """An effect returns nothing."""
