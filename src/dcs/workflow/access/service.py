"""Ask for access, decide it, and take it back; what is approved is granted by a durable job."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from dcs.audit import AuditTrail
from dcs.catalog import Catalog, dataset_resource
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.events import Event
from dcs.core.ids import new_id
from dcs.engines.database import Database, Session
from dcs.engines.durable import Finish, Job, JobQueue
from dcs.engines.events import EventBus
from dcs.policy import (
    GRANTABLE,
    Action,
    Grant,
    Grantee,
    GranteeKind,
    Grants,
    Permits,
    Resource,
)
from dcs.workflow.access import store
from dcs.workflow.access.errors import (
    AccessRequestMovedError,
    AccessRequestNotFoundError,
    AccessRequestPendingError,
    GrantEndedError,
    GrantNotFoundError,
    InvalidAccessRequestError,
)
from dcs.workflow.access.models import TERMS, AccessRequest, NewAccessRequest, RequestState

GRANT = "access.grant"
FOREVER = 1_000_000  # attempts: what was approved is granted in the end
LONGEST = 365  # days
SHORTEST_PURPOSE = 10  # characters
SHORTEST_REASON = 5
UNDECIDED = frozenset({RequestState.OPEN, RequestState.ASKED_BACK})

NEWS = {RequestState.ASKED_BACK: "asked_back", RequestState.OPEN: "answered"}
BEFORE: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.OPEN: frozenset({RequestState.ASKED_BACK}),
    RequestState.ASKED_BACK: frozenset({RequestState.OPEN}),
    RequestState.APPROVED: UNDECIDED,
    RequestState.DENIED: UNDECIDED,
    RequestState.WITHDRAWN: UNDECIDED,
}
"""From which states a person moves a request to each state."""


@dataclass(frozen=True, slots=True)
class AccessRequests:
    """The tenant's access requests and grants, as far as each caller may know of them."""

    database: Database
    catalog: Catalog
    permits: Permits
    grants: Grants
    audit: AuditTrail
    events: EventBus
    jobs: JobQueue
    clock: Clock

    async def ask(self, actor: Actor, new: NewAccessRequest) -> AccessRequest:
        """
        Ask for access to a dataset.

        Raises:
            DatasetNotFoundError: There is none, or none the actor may know of.
            InvalidAccessRequestError: Purpose, days, terms, actions or columns are not right.
            AccessRequestPendingError: The actor has asked already.
        """
        dataset = await self.catalog.dataset_for(actor, new.dataset, Action.REQUEST_ACCESS)
        found = await self.catalog.find_active(actor.tenant, dataset.id)
        _check(new, () if found is None else [each.name for each in found[1].columns])
        digest = hashlib.sha256(TERMS.encode()).hexdigest()
        request = AccessRequest(
            new_id(), dataset.id, actor.id, new.purpose.strip(), new.actions, new.columns,
            new.days, digest, RequestState.OPEN, self.clock.now(),
        )  # fmt: skip

        def add(session: Session) -> bool:
            added = store.add_access_request(session, request)
            if added:
                self._note(session, actor, "access_request.open", request, "opened")
            return added

        if not await self.database.write(actor.tenant, add):
            raise AccessRequestPendingError("You have asked for it already. Wait for the decision.")
        return request

    async def show(self, actor: Actor, request_id: str) -> AccessRequest:
        """Return a request, if *actor* asked for it or may see the grants of its dataset."""
        return (await self._visible(actor, request_id))[0]

    async def find(self, actor: Actor, before: str | None, limit: int) -> Sequence[AccessRequest]:
        """Return requests *actor* may know of, newest first."""
        found: list[AccessRequest] = []
        while True:
            rows = await self.database.read(
                actor.tenant, partial(store.access_requests, before=before, limit=limit)
            )
            for each in rows:
                if await self._sees(actor, await self._resource(actor, each)):
                    found.append(each)
                if len(found) == limit:
                    return found
            if len(rows) < limit:
                return found
            before = rows[-1].id

    async def approve(
        self,
        actor: Actor,
        request_id: str,
        columns: tuple[str, ...] | None = None,
        days: int | None = None,
        reason: str = "",
    ) -> AccessRequest:
        """
        Give what was asked for, or less: fewer columns, fewer days.

        Raises:
            InvalidAccessRequestError: It would be more than was asked for.
            AccessRequestMovedError: It was decided already.
        """
        request = await self._decidable(actor, request_id, Action.DECIDE_ACCESS)
        kept = request.columns if columns is None else columns
        if (
            columns is not None
            and request.columns is not None
            and not set(columns) <= set(request.columns)
        ):
            raise InvalidAccessRequestError("These are not columns that were asked for.")
        if kept == () or not 1 <= (days or request.days) <= request.days:
            raise InvalidAccessRequestError(
                "Give at least one column and day, and no more than was asked for."
            )
        changes = {
            "columns": None if kept is None else list(kept),
            "days": days or request.days,
            "reason": reason,
        }

        def grant(session: Session, moved: AccessRequest) -> None:
            self.jobs.add(session, GRANT, moved.id, {"request": moved.id}, attempts=FOREVER)

        return await self._decide(actor, request_id, RequestState.APPROVED, changes, grant)

    async def deny(self, actor: Actor, request_id: str, reason: str) -> AccessRequest:
        """Refuse a request; the requester sees the reason."""
        await self._decidable(actor, request_id, Action.DECIDE_ACCESS)
        _owed(reason)
        return await self._decide(actor, request_id, RequestState.DENIED, {"reason": reason})

    async def ask_back(self, actor: Actor, request_id: str, question: str) -> AccessRequest:
        """Put a question to the requester; an open request waits for the answer."""
        await self._decidable(actor, request_id, Action.DECIDE_ACCESS)
        _owed(question)
        changes = {"question": question, "answer": None}
        return await self._decide(actor, request_id, RequestState.ASKED_BACK, changes)

    async def answer(self, actor: Actor, request_id: str, text: str) -> AccessRequest:
        """Answer what was asked back, as the requester; the request is open again."""
        await self._decidable(actor, request_id, Action.REQUEST_ACCESS)
        _owed(text)
        return await self._decide(actor, request_id, RequestState.OPEN, {"answer": text})

    async def withdraw(self, actor: Actor, request_id: str) -> AccessRequest:
        """End a request that is not decided, as whoever made it."""
        await self._decidable(actor, request_id, Action.REQUEST_ACCESS)
        return await self._decide(actor, request_id, RequestState.WITHDRAWN, {})

    async def found_grants(self, actor: Actor, before: str | None, limit: int) -> Sequence[Grant]:
        """Return grants *actor* has or may see, newest first."""
        rows = await self.grants.newest(actor.tenant, before, limit)
        return [each for each in rows if await self._sees(actor, await self._of_grant(actor, each))]

    async def revoke(self, actor: Actor, grant_id: str, reason: str) -> Grant:
        """
        Take a grant back: no decision counts it from now on.

        Raises:
            GrantEndedError: It was taken back before.
        """
        grant = await self._grant_for(actor, grant_id, Action.REVOKE_GRANT)
        _owed(reason)
        now = self.clock.now()

        def revoke(session: Session) -> Grant | None:
            if not self.grants.revoke(session, grant.id, actor.id, reason, now):
                return None
            self._note_grant(session, actor, grant, "revoked")
            return self.grants.get(session, grant.id)

        return _still(await self.database.write(actor.tenant, revoke))

    async def extend(self, actor: Actor, grant_id: str, days: int) -> Grant:
        """
        Let an active grant end later, at most a year from now.

        Raises:
            InvalidAccessRequestError: That is no time, or too long.
            GrantEndedError: It has ended; ask for access again.
        """
        await self._grant_for(actor, grant_id, Action.DECIDE_ACCESS)
        now = self.clock.now()

        def extend(session: Session) -> Grant | None:
            current = self.grants.get(session, grant_id, lock=True)
            if current is None or current.state(now) != "active":
                return None
            until = current.expires_at + timedelta(days=days)
            if days < 1 or until > now + timedelta(days=LONGEST):
                raise InvalidAccessRequestError("A grant lasts a year from now at most.")
            self.grants.extend(session, grant_id, until)
            self._note_grant(session, actor, current, "extended")
            return self.grants.get(session, grant_id)

        return _still(await self.database.write(actor.tenant, extend))

    async def grant(self, job: Job) -> Finish:
        """Write the grant of an approved request; the job's work. The two change together."""

        def finish(session: Session) -> None:
            request = store.get_access_request(session, job.payload["request"], lock=True)
            if request is None or request.state is not RequestState.APPROVED:
                return
            now = self.clock.now()
            given = Grant(
                new_id(), job.tenant, request.dataset, Grantee(GranteeKind.USER, request.requester),
                request.actions, request.columns, request.id, request.decided_by or request.requester,
                now, now + timedelta(days=request.days),
            )  # fmt: skip
            self.grants.add(session, given)
            store.change_access_request(
                session, request.id, state=RequestState.GRANTED.value, pending=None
            )
            self._note(session, None, "access_request.grant", request, "granted")

        return finish

    async def _decide(
        self,
        actor: Actor,
        request_id: str,
        state: RequestState,
        changes: Mapping[str, Any],
        then: Any = None,
    ) -> AccessRequest:
        """Move a request in one transaction; of two decisions at once, one finds it moved."""

        def move(session: Session) -> AccessRequest | None:
            current = store.get_access_request(session, request_id, lock=True)
            if current is None or current.state not in BEFORE[state]:
                return None
            pending = True if state in {*UNDECIDED, RequestState.APPROVED} else None
            decided = {"state": state.value, "pending": pending, **changes}
            if state not in UNDECIDED:
                decided |= {"decided_by": actor.id, "decided_at": self.clock.now()}
            store.change_access_request(session, request_id, **decided)
            self._note(
                session, actor, f"access_request.{state.value}", current, NEWS.get(state, "decided")
            )
            if then is not None:
                then(session, current)
            return store.get_access_request(session, request_id)

        moved = await self.database.write(actor.tenant, move)
        if moved is None:
            raise AccessRequestMovedError("It was decided or withdrawn already.")
        return moved

    async def _decidable(self, actor: Actor, request_id: str, action: Action) -> AccessRequest:
        request, resource = await self._visible(actor, request_id)
        await self.permits.require(actor, action, resource, AccessRequestNotFoundError)
        return request

    async def _visible(self, actor: Actor, request_id: str) -> tuple[AccessRequest, Resource]:
        request = await self.database.read(
            actor.tenant, lambda s: store.get_access_request(s, request_id)
        )
        resource = None if request is None else await self._resource(actor, request)
        if request is None or resource is None or not await self._sees(actor, resource):
            raise AccessRequestNotFoundError("There is no such access request.")
        return request, resource

    async def _grant_for(self, actor: Actor, grant_id: str, action: Action) -> Grant:
        grant = await self.database.read(actor.tenant, lambda s: self.grants.get(s, grant_id))
        resource = None if grant is None else await self._of_grant(actor, grant)
        if grant is None or resource is None or not await self._sees(actor, resource):
            raise GrantNotFoundError("There is no such grant.")
        await self.permits.require(actor, action, resource, GrantNotFoundError)
        return grant

    async def _sees(self, actor: Actor, resource: Resource) -> bool:
        return (await self.permits.decide(actor, Action.SEE_GRANTS, resource)).allow

    async def _resource(self, actor: Actor, request: AccessRequest) -> Resource:
        dataset = await self.catalog.known_dataset(actor.tenant, request.dataset)
        return replace(
            dataset_resource(dataset),
            kind="access_request",
            id=request.id,
            requester=request.requester,
        )

    async def _of_grant(self, actor: Actor, grant: Grant) -> Resource:
        """Return what policy looks at: whoever has the grant is the one it was asked for."""
        dataset = await self.catalog.known_dataset(actor.tenant, grant.dataset)
        member = grant.grantee.kind is GranteeKind.GROUP and grant.grantee.id in actor.groups
        holder = actor.id if member else grant.grantee.id
        return replace(dataset_resource(dataset), kind="grant", id=grant.id, requester=holder)

    def _note(
        self, session: Session, actor: Actor | None, action: str, request: AccessRequest, news: str
    ) -> None:
        """Put it on record and tell it; never what a person wrote."""
        details = {"dataset": request.dataset, "requester": request.requester}
        self.audit.record(
            session,
            actor=None if actor is None else actor.id,
            action=action,
            object_kind="access_request",
            object_id=request.id,
            details=details,
        )
        kind = f"access_request.{news}"
        self.events.publish(
            session, Event(kind, session.tenant, request.id, self.clock.now(), details)
        )

    def _note_grant(self, session: Session, actor: Actor, grant: Grant, news: str) -> None:
        details = {"dataset": grant.dataset, "grantee": grant.grantee.id}
        self.audit.record(
            session,
            actor=actor.id,
            action=f"grant.{news}",
            object_kind="grant",
            object_id=grant.id,
            details=details,
        )
        event = Event(f"grant.{news}", session.tenant, grant.id, self.clock.now(), details)
        self.events.publish(session, event)


def _check(new: NewAccessRequest, names: Sequence[str]) -> None:
    if len(new.purpose.strip()) < SHORTEST_PURPOSE:
        raise InvalidAccessRequestError("Say in a few words what you need the data for.")
    if not 1 <= new.days <= LONGEST:
        raise InvalidAccessRequestError("Ask for 1 to 365 days.")
    if not new.accepted_terms:
        raise InvalidAccessRequestError("Accept the terms to ask for access.")
    if not new.actions or not set(new.actions) <= {each.value for each in GRANTABLE}:
        raise InvalidAccessRequestError("Ask for list, report, preview, read or download.")
    unknown = [name for name in new.columns or () if name not in names]
    if unknown or new.columns == ():
        raise InvalidAccessRequestError(f"The dataset has no such columns: {', '.join(unknown)}.")


def _owed(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidAccessRequestError("Say why, in a few words: the reason is owed.")


def _still(grant: Grant | None) -> Grant:
    if grant is None:
        raise GrantEndedError("The grant has ended already.")
    return grant
