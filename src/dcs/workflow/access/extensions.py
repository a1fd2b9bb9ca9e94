"""Ask for more time: whoever has a grant asks, and it is decided like every other request."""

from dataclasses import dataclass
from datetime import timedelta

from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.ids import new_id
from dcs.engines.database import Database, Session
from dcs.policy import Action, Grant, GranteeKind
from dcs.workflow.access import store
from dcs.workflow.access.errors import AccessRequestPendingError, GrantEndedError
from dcs.workflow.access.grants import AccessGrants
from dcs.workflow.access.models import AccessRequest, RequestState
from dcs.workflow.access.record import AccessRecord
from dcs.workflow.access.rules import check_longer, check_reason


@dataclass(frozen=True, slots=True)
class Extensions:
    """Requests for more time."""

    database: Database
    grants: AccessGrants
    record: AccessRecord
    clock: Clock

    async def ask(self, actor: Actor, grant_id: str, days: int, reason: str) -> AccessRequest:
        """
        Ask that a grant of the actor's, or of a group of theirs, ends later.

        Raises:
            GrantNotFoundError: There is none, or none the actor may know of.
            DeniedError: It is somebody else's.
            InvalidAccessRequestError: The reason is missing, or that is no time, or too long.
            GrantEndedError: It has ended; ask for access again.
            AccessRequestPendingError: The actor has asked for the same dataset already.
        """
        grant = await self.grants.allowed(actor, grant_id, Action.REQUEST_ACCESS)
        check_reason(reason)
        now = self.clock.now()
        if grant.state(now) != "active":
            raise GrantEndedError("The grant has ended already. Ask for access again.")
        check_longer(grant.expires_at + timedelta(days=days), days, now)

        def add(session: Session) -> AccessRequest | None:
            request = self._of(session, actor, grant, days, reason)
            if not store.add_access_request(session, request):
                return None
            self.record.opened(session, actor, request)
            return request

        request = await self.database.write(actor.tenant, add)
        if request is None:
            raise AccessRequestPendingError("You have asked for it already. Wait for the decision.")
        return request

    def _of(
        self, session: Session, actor: Actor, grant: Grant, days: int, reason: str
    ) -> AccessRequest:
        """Return the request; the terms are those that came with the grant, if any did."""
        first = None if grant.request is None else store.get_access_request(session, grant.request)
        group = grant.grantee.id if grant.grantee.kind is GranteeKind.GROUP else None
        return AccessRequest(
            id=new_id(),
            dataset=grant.dataset,
            requester=actor.id,
            purpose=reason.strip(),
            actions=grant.actions,
            columns=grant.columns,
            days=days,
            terms_sha256="" if first is None else first.terms_sha256,
            state=RequestState.OPEN,
            created_at=self.clock.now(),
            for_group=group,
            extends=grant.id,
        )
