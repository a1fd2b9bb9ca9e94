"""The approvals as use cases: open, vote, cancel, show; and the jobs behind them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dcs.audit import AuditTrail
from dcs.auth import Account
from dcs.catalog import Catalog, Dataset, Version, version_resource
from dcs.core.actor import Actor
from dcs.core.clock import Clock, rfc3339
from dcs.core.ids import TenantId, VersionId
from dcs.engines.database import Database, Session
from dcs.engines.durable import Finish, Job, Kind
from dcs.ingestion import UploadRequest
from dcs.policy import Action, Permits
from dcs.workflow import messages, store
from dcs.workflow.ballots import Ballot, Ballots, voice
from dcs.workflow.engine import DEADLINE, Engine, activity_kind
from dcs.workflow.errors import (
    ApprovalNotFoundError,
    AttestationUnknownError,
    CommentMissingError,
    NotCommentableError,
    NotDelegableError,
    NotEscalableError,
    NotExpeditableError,
    NotSubmittableError,
    VoteNotCountedError,
)
from dcs.workflow.host import Host
from dcs.workflow.models import ApprovalView, ComplianceView, LevelView
from dcs.workflow.reading import Loaded, find, load
from dcs.workflow.state import Activity, Level, State
from dcs.workflow.templates import chosen

Conclude = Callable[[Session], messages.Event]
"""Runs in the transaction of the event it returns: keeps what an activity found out beside it."""

ActivityBody = Callable[[TenantId, Dataset, Version], Awaitable[Conclude]]
"""The slow part of an activity; it may run more than once, its conclusion counts once."""


@dataclass(frozen=True, slots=True)
class Approvals:
    """Everything that is done with approvals."""

    database: Database
    host: Host
    engine: Engine
    ballots: Ballots
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
        self.host.open(session, dataset, version, event)

    async def submit(self, actor: Actor, version: Version, attested: Sequence[str] = ()) -> None:
        """
        Ask for the approval of a draft, or of what was returned.

        Args:
            attested: The sentences of the template that the actor confirms.

        Raises:
            AttestationUnknownError: One of them is not asked for.
            NotSubmittableError: It was asked for already, or has ended.
        """
        dataset, version = await self.catalog.load(actor.tenant, version.id)
        await self.permits.require(actor, Action.SUBMIT, version_resource(dataset, version))
        row, asked = await self.database.read(
            actor.tenant,
            lambda session: (
                store.approval_of(session, version.id),
                chosen(session, dataset.classification).template.attestations,
            ),
        )
        if row is None:
            raise ApprovalNotFoundError("There is no such approval.")
        if not set(attested) <= set(asked):
            raise AttestationUnknownError("Confirm the sentences as they are asked for.")
        event = messages.Submitted(self.clock.now(), actor.id, tuple(attested))
        if await self.host.happen(actor.tenant, row.id, event) is not None:
            raise NotSubmittableError(
                "The approval of this version was asked for already, or has ended."
            )

    async def vote(self, actor: Actor, approval: str, ballot: Ballot) -> ApprovalView:
        """
        Decide one level, or return the version for changes.

        Who may vote is asked of policy first and held by the machine again: the
        requester never, nobody twice, and of a group that was asked its members alone.

        Raises:
            ApprovalNotFoundError: There is none, or none the actor may know of.
            DeniedError: Policy says that the actor may not decide on it.
            VoteNotCountedError: It came too late, twice, or on a level nobody asked; or what
                was reviewed has changed, and everybody is asked anew.
            ReasonMissingError: It says no, or not like this, and not why.
            MaskInvalidError: A mask for a column that is not there.
        """
        version = await self._require(actor, approval, Action.APPROVE)
        ballot.check()
        now = self.clock.now()

        event = await self.database.read(
            actor.tenant, lambda s: self.ballots.event(s, actor, now, version, ballot)
        )
        why_not = await self.host.happen(actor.tenant, approval, event, ballot.reason)
        if why_not is not None:
            raise VoteNotCountedError(f"The vote was not counted: {_words(why_not)}.", why=why_not)
        return await self.show(actor, approval)

    async def delegate(
        self, actor: Actor, approval: str, level: Level, to: Account | None
    ) -> ApprovalView:
        """
        Hand a vote to somebody whom policy lets decide as well; whoever gave it has it no more.

        Raises:
            NotDelegableError: They may not decide on it, asked for it, or have decided; or
                the actor has no vote to give.
        """
        version = await self._require(actor, approval, Action.APPROVE)
        if to is None or to.disabled or not await self._may_decide(to.actor(), version):
            raise NotDelegableError("They may not decide on this.", why="may_not_decide")
        now = self.clock.now()

        groups = await self.database.read(actor.tenant, lambda s: voice(s, actor, now))
        event = messages.Delegated(now, actor.id, level, to.id, groups)
        why_not = await self.host.happen(actor.tenant, approval, event)
        if why_not is not None:
            raise NotDelegableError(f"It cannot be delegated: {_words(why_not)}.", why=why_not)
        return await self.show(actor, approval)

    async def escalate(self, actor: Actor, approval: str) -> ApprovalView:
        """
        Have the next group asked now, on every open level that names one.

        Raises:
            NotEscalableError: There is none, or it was asked already.
        """
        await self._require(actor, approval, Action.ESCALATE)
        event = messages.Escalated(self.clock.now(), actor.id)
        why_not = await self.host.happen(actor.tenant, approval, event)
        if why_not is not None:
            raise NotEscalableError(f"It cannot be escalated: {_words(why_not)}.", why=why_not)
        return await self.show(actor, approval)

    async def cancel(self, actor: Actor, approval: str, reason: str) -> ApprovalView:
        """End an approval before its version is being activated; *reason* is for people."""
        del reason  # the record keeps codes; texts of people belong to votes and comments
        await self._require(actor, approval, Action.CANCEL)
        event = messages.Cancelled(self.clock.now(), actor.id)
        why_not = await self.host.happen(actor.tenant, approval, event)
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
        why_not = await self.host.happen(actor.tenant, approval, event)
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

        if await self.host.happen(actor.tenant, approval, event, text) is not None:
            raise NotCommentableError("The approval has ended; nothing more is said about it.")
        return await self.show(actor, approval)

    async def show(self, actor: Actor, approval: str) -> ApprovalView:
        """Return an approval, if *actor* may know of its version."""
        found = await self.database.read(actor.tenant, lambda s: load(s, approval))
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

    async def rules_on(self, actor: Actor, version: Version) -> ComplianceView | None:
        """Return what the rules said of a version that *actor* may know of; None if it has no approval."""
        row = await self.database.read(actor.tenant, lambda s: store.approval_of(s, version.id))
        return None if row is None else ComplianceView.of(State.from_json(row.state))

    async def find(
        self, actor: Actor, *, mine: bool, before: str | None, limit: int
    ) -> Sequence[ApprovalView]:
        """Return approvals *actor* may know of; *mine* those that wait for their vote."""
        moment = None if before is None else datetime.fromisoformat(before)

        def loaded_rows(session: Session) -> Sequence[Loaded]:
            rows = (
                store.open_approvals(session, limit)
                if mine
                else store.approvals(session, moment, limit)
            )
            return [each for row in rows if (each := load(session, row.id)) is not None]

        views = []
        for loaded in await self.database.read(actor.tenant, loaded_rows):
            try:
                view = await self._view(actor, loaded)
            except ApprovalNotFoundError:
                continue
            if not mine or await self.levels_for(actor, view):
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
            conclude = await body(job.tenant, dataset, version)

            def finish(session: Session) -> None:
                self.engine.apply(session, job.payload["approval"], conclude(session))

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

    async def _require(self, actor: Actor, approval: str, action: Action) -> VersionId:
        """Return the version of an approval that *actor* may do something to."""
        found = await self.database.read(actor.tenant, lambda s: find(s, approval))
        if found is None:
            raise ApprovalNotFoundError("There is no such approval.")
        row, dataset, version = found
        resource = version_resource(dataset, version, row.requester)
        resource = replace(resource, kind="approval", id=approval)
        await self.permits.require(actor, action, resource, ApprovalNotFoundError)
        return version.id

    async def _may_decide(self, actor: Actor, version_id: VersionId) -> bool:
        dataset, version = await self.catalog.load(actor.tenant, version_id)
        resource = version_resource(dataset, version, version.uploaded_by)
        return (await self.permits.decide(actor, Action.APPROVE, resource)).allow

    async def levels_for(self, actor: Actor, view: ApprovalView) -> Sequence[LevelView]:
        """Return the open levels on which a vote of *actor* would count."""
        now = self.clock.now()
        groups = await self.database.read(actor.tenant, lambda s: voice(s, actor, now))
        levels = view.levels_for(actor.id, groups)
        return levels if levels and await self.may(actor, view, Action.APPROVE) else ()

    async def may(self, actor: Actor, view: ApprovalView, action: Action) -> bool:
        """Say whether policy would let *actor* do something to an approval, for a page to offer it."""
        dataset, version = await self.catalog.load(actor.tenant, view.version)
        resource = version_resource(dataset, version, view.requester)
        return (await self.permits.decide(actor, action, resource)).allow

    async def _view(self, actor: Actor, found: Loaded) -> ApprovalView:
        resource = version_resource(found.dataset, found.version)
        if not (await self.permits.decide(actor, Action.LIST, resource)).allow:
            raise ApprovalNotFoundError("There is no such approval.")
        return found.view()


def _words(code: str) -> str:
    return code.replace("_", " ")


def _nothing(_session: Session) -> None:
    """Deadlines are tried for ever, so there is nothing to do when they are given up."""


def _ignore_result(_result: object) -> None:
    """An effect returns nothing."""
