"""What was given: written by a durable job, extended by the owner, taken back with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.ids import new_id
from dcs.engines.database import Database, Session
from dcs.engines.durable import Finish, Job
from dcs.policy import Action, Grant, Grantee, GranteeKind, Grants
from dcs.workflow.access import store
from dcs.workflow.access.ends import GrantEnds
from dcs.workflow.access.errors import GrantEndedError, GrantNotFoundError
from dcs.workflow.access.models import AccessRequest, RequestState
from dcs.workflow.access.record import AccessRecord
from dcs.workflow.access.rules import LONGEST, check_longer, check_reason, gone
from dcs.workflow.access.sight import Sight, seen

GRANT = "access.grant"
"""The kind of the job that writes the grant of an approved request."""

TOO_LATE = "The grant had ended before it could be extended."


@dataclass(frozen=True, slots=True)
class AccessGrants:
    """The tenant's grants, as far as each caller may know of them."""

    database: Database
    grants: Grants
    sight: Sight
    record: AccessRecord
    ends: GrantEnds
    clock: Clock

    async def find(self, actor: Actor, before: str | None, limit: int) -> Sequence[Grant]:
        """Return grants *actor* has or may see, newest first, behind the id *before*."""

        async def rows(behind: str | None) -> Sequence[Grant]:
            return await self.grants.newest(actor.tenant, behind, limit)

        return await seen(rows, self.sight.look(actor).sees, before, limit)

    async def revoke(self, actor: Actor, grant_id: str, reason: str) -> Grant:
        """
        Take a grant back: no decision counts it from now on.

        Raises:
            GrantNotFoundError: There is none, or none the actor may know of.
            InvalidAccessRequestError: The reason is missing.
            GrantEndedError: It was taken back before.
        """
        grant = await self.allowed(actor, grant_id, Action.REVOKE_GRANT)
        check_reason(reason)
        now = self.clock.now()

        def revoke(session: Session) -> Grant | None:
            if not self.grants.revoke(session, grant.id, actor.id, reason, now):
                return None
            self.ends.drop(session, grant)
            self.record.revoked(session, actor, grant)
            return self.grants.get(session, grant.id)

        return _changed(await self.database.write(actor.tenant, revoke))

    async def extend(self, actor: Actor, grant_id: str, days: int) -> Grant:
        """
        Let an active grant end later, at most a year from now.

        Raises:
            GrantNotFoundError: There is none, or none the actor may know of.
            InvalidAccessRequestError: That is no time, or too long.
            GrantEndedError: It has ended; ask for access again.
        """
        await self.allowed(actor, grant_id, Action.DECIDE_ACCESS)

        def extend(session: Session) -> Grant | None:
            now = self.clock.now()
            current = self.grants.get(session, grant_id, lock=True)
            if current is None or current.state(now) != "active":
                return None
            until = current.expires_at + timedelta(days=days)
            check_longer(until, days, now)
            longer = self._lengthen(session, grant_id, until)
            self.record.extended(session, actor, longer)
            return longer

        return _changed(await self.database.write(actor.tenant, extend))

    async def write(self, job: Job) -> Finish:
        """Write what an approved request gives, the job's work; the two change together."""
        name = job.payload["request"]
        asked = await self.database.read(job.tenant, lambda s: store.get_access_request(s, name))
        if asked is None:
            return _nothing
        who = await self.sight.permits.identity.account(job.tenant, asked.requester)

        def finish(session: Session) -> None:
            request = store.get_access_request(session, name, lock=True)
            if request is None or request.state is not RequestState.APPROVED:
                return
            why = gone(request, who)
            if why is None:
                why = self._give(session, request)
            if why is not None:
                self._refuse(session, request, why)

        return finish

    async def allowed(self, actor: Actor, grant_id: str, action: Action) -> Grant:
        """Return a grant, if *actor* may know of it and do *action* with it."""
        grant = await self.database.read(actor.tenant, lambda s: self.grants.get(s, grant_id))
        resource = None if grant is None else await self.sight.of_grant(actor, grant)
        if grant is None or resource is None or not await self.sight.sees(actor, resource):
            raise GrantNotFoundError("There is no such grant.")
        await self.sight.permits.require(actor, action, resource, GrantNotFoundError)
        return grant

    def _give(self, session: Session, request: AccessRequest) -> str | None:
        """Write the grant, or let the one that is there end later; else return why not."""
        if request.extends is None:
            grant = self._of(session, request)
            self.grants.add(session, grant)
            self.ends.plan(session, grant)
            _granted(session, request)
            self.record.granted(session, request, grant)
            return None
        now = self.clock.now()
        current = self.grants.get(session, request.extends, lock=True)
        if current is None or current.state(now) != "active":
            return TOO_LATE
        until = current.expires_at + timedelta(days=request.days)
        longer = self._lengthen(session, current.id, min(until, now + timedelta(days=LONGEST)))
        _granted(session, request)
        self.record.moved(session, None, request, RequestState.GRANTED)
        self.record.extended(session, None, longer)
        return None

    def _lengthen(self, session: Session, grant_id: str, until: datetime) -> Grant:
        self.grants.extend(session, grant_id, until)
        longer = self.grants.get(session, grant_id)
        assert longer is not None  # noqa: S101  # its row is locked by the same transaction
        self.ends.move(session, longer)
        return longer

    def _refuse(self, session: Session, request: AccessRequest, why: str) -> None:
        """End a request that was approved and cannot be granted."""
        denied = {"state": RequestState.DENIED.value, "pending": None, "reason": why}
        store.change_access_request(session, request.id, **denied)
        self.record.moved(session, None, request, RequestState.DENIED)

    def _of(self, session: Session, request: AccessRequest) -> Grant:
        now = self.clock.now()
        grantee = Grantee(GranteeKind.USER, request.requester)
        if request.for_group is not None:
            grantee = Grantee(GranteeKind.GROUP, request.for_group)
        return Grant(
            id=new_id(),
            tenant=session.tenant,
            dataset=request.dataset,
            grantee=grantee,
            actions=request.actions,
            columns=request.columns,
            request=request.id,
            given_by=request.decided_by or request.requester,
            given_at=now,
            expires_at=now + timedelta(days=request.days),
        )


def _granted(session: Session, request: AccessRequest) -> None:
    granted = RequestState.GRANTED.value
    store.change_access_request(session, request.id, state=granted, pending=None)


def _changed(grant: Grant | None) -> Grant:
    if grant is None:
        raise GrantEndedError("The grant has ended already.")
    return grant


def _nothing(_session: Session) -> None:
    """There is nothing to grant."""
