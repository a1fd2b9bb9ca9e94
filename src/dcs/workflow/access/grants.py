"""What was given: written by a durable job, extended by the owner, taken back with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.ids import new_id
from dcs.engines.database import Database, Session
from dcs.engines.durable import Finish, Job
from dcs.policy import Action, Grant, Grantee, GranteeKind, Grants
from dcs.workflow.access import store
from dcs.workflow.access.errors import (
    GrantEndedError,
    GrantNotFoundError,
    InvalidAccessRequestError,
)
from dcs.workflow.access.models import AccessRequest, RequestState
from dcs.workflow.access.record import AccessRecord
from dcs.workflow.access.rules import LONGEST, check_reason
from dcs.workflow.access.sight import Sight, seen

GRANT = "access.grant"
"""The kind of the job that writes the grant of an approved request."""


@dataclass(frozen=True, slots=True)
class AccessGrants:
    """The tenant's grants, as far as each caller may know of them."""

    database: Database
    grants: Grants
    sight: Sight
    record: AccessRecord
    clock: Clock

    async def find(self, actor: Actor, before: str | None, limit: int) -> Sequence[Grant]:
        """Return grants *actor* has or may see, newest first, behind the id *before*."""

        async def rows(behind: str | None) -> Sequence[Grant]:
            return await self.grants.newest(actor.tenant, behind, limit)

        async def sees(grant: Grant) -> bool:
            return await self.sight.sees(actor, await self.sight.of_grant(actor, grant))

        return await seen(rows, sees, before, limit)

    async def revoke(self, actor: Actor, grant_id: str, reason: str) -> Grant:
        """
        Take a grant back: no decision counts it from now on.

        Raises:
            GrantNotFoundError: There is none, or none the actor may know of.
            InvalidAccessRequestError: The reason is missing.
            GrantEndedError: It was taken back before.
        """
        grant = await self._allowed(actor, grant_id, Action.REVOKE_GRANT)
        check_reason(reason)
        now = self.clock.now()

        def revoke(session: Session) -> Grant | None:
            if not self.grants.revoke(session, grant.id, actor.id, reason, now):
                return None
            self.record.grant(session, actor, grant, "revoked")
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
        await self._allowed(actor, grant_id, Action.DECIDE_ACCESS)

        def extend(session: Session) -> Grant | None:
            now = self.clock.now()
            current = self.grants.get(session, grant_id, lock=True)
            if current is None or current.state(now) != "active":
                return None
            until = current.expires_at + timedelta(days=days)
            if days < 1 or until > now + timedelta(days=LONGEST):
                raise InvalidAccessRequestError("A grant lasts a year from now at most.")
            self.grants.extend(session, grant_id, until)
            self.record.grant(session, actor, current, "extended")
            return self.grants.get(session, grant_id)

        return _changed(await self.database.write(actor.tenant, extend))

    async def write(self, job: Job) -> Finish:
        """Write the grant of an approved request, the job's work; the two change together."""

        def finish(session: Session) -> None:
            request = store.get_access_request(session, job.payload["request"], lock=True)
            if request is None or request.state is not RequestState.APPROVED:
                return
            grant = self._of(job, request)
            self.grants.add(session, grant)
            granted = RequestState.GRANTED.value
            store.change_access_request(session, request.id, state=granted, pending=None)
            self.record.granted(session, request, grant)

        return finish

    def _of(self, job: Job, request: AccessRequest) -> Grant:
        now = self.clock.now()
        return Grant(
            id=new_id(),
            tenant=job.tenant,
            dataset=request.dataset,
            grantee=Grantee(GranteeKind.USER, request.requester),
            actions=request.actions,
            columns=request.columns,
            request=request.id,
            given_by=request.decided_by or request.requester,
            given_at=now,
            expires_at=now + timedelta(days=request.days),
        )

    async def _allowed(self, actor: Actor, grant_id: str, action: Action) -> Grant:
        grant = await self.database.read(actor.tenant, lambda s: self.grants.get(s, grant_id))
        resource = None if grant is None else await self.sight.of_grant(actor, grant)
        if grant is None or resource is None or not await self.sight.sees(actor, resource):
            raise GrantNotFoundError("There is no such grant.")
        await self.sight.permits.require(actor, action, resource, GrantNotFoundError)
        return grant


def _changed(grant: Grant | None) -> Grant:
    if grant is None:
        raise GrantEndedError("The grant has ended already.")
    return grant
