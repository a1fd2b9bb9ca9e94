"""Ask for access and decide it; what is approved is granted by a durable job."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dcs.auth import Account
from dcs.catalog import Catalog, Dataset, dataset_resource
from dcs.core.actor import Actor
from dcs.core.clock import Clock
from dcs.core.ids import TenantId, new_id
from dcs.engines.database import Database, Session
from dcs.engines.durable import JobQueue
from dcs.policy import Action
from dcs.workflow.access import store
from dcs.workflow.access.ends import FOREVER
from dcs.workflow.access.errors import (
    AccessRequestMovedError,
    AccessRequestNotFoundError,
    AccessRequestPendingError,
    RequesterGoneError,
)
from dcs.workflow.access.grants import GRANT
from dcs.workflow.access.models import TERMS, AccessRequest, NewAccessRequest, RequestState
from dcs.workflow.access.record import AccessRecord
from dcs.workflow.access.rules import (
    BEFORE,
    PENDING,
    UNDECIDED,
    check_columns,
    check_given,
    check_group,
    check_new,
    check_reason,
    gone,
)
from dcs.workflow.access.sight import Sight, seen

Then = Callable[[Session, AccessRequest], None]
"""What else happens in the transaction that moves a request."""


@dataclass(frozen=True, slots=True)
class AccessRequests:
    """The tenant's access requests, as far as each caller may know of them."""

    database: Database
    catalog: Catalog
    sight: Sight
    record: AccessRecord
    jobs: JobQueue
    clock: Clock

    async def ask(self, actor: Actor, new: NewAccessRequest) -> AccessRequest:
        """
        Ask for access to a dataset.

        Raises:
            DatasetNotFoundError: There is none, or none the actor may know of.
            InvalidAccessRequestError: Purpose, days, terms, actions, columns or group are not right.
            AccessRequestPendingError: The actor has asked already.
        """
        dataset = await self.catalog.dataset_for(actor, new.dataset, Action.REQUEST_ACCESS)
        check_group(actor, new.for_group)
        check_new(new, await self._columns(actor.tenant, dataset.id))
        digest = hashlib.sha256(TERMS.encode()).hexdigest()
        request = AccessRequest(
            new_id(), dataset.id, actor.id, new.purpose.strip(), new.actions, new.columns,
            new.days, digest, RequestState.OPEN, self.clock.now(), for_group=new.for_group,
        )  # fmt: skip

        def add(session: Session) -> bool:
            added = store.add_access_request(session, request)
            if added:
                self.record.opened(session, actor, request)
            return added

        if not await self.database.write(actor.tenant, add):
            raise AccessRequestPendingError("You have asked for it already. Wait for the decision.")
        return request

    async def show(self, actor: Actor, request_id: str) -> AccessRequest:
        """Return a request, if *actor* asked for it or may see the grants of its dataset."""
        request = await self.database.read(
            actor.tenant, lambda s: store.get_access_request(s, request_id)
        )
        if request is None or not await self._sees(actor, request):
            raise AccessRequestNotFoundError("There is no such access request.")
        return request

    async def find(self, actor: Actor, before: str | None, limit: int) -> Sequence[AccessRequest]:
        """Return requests *actor* may know of, newest first, behind the id *before*."""

        async def rows(behind: str | None) -> Sequence[AccessRequest]:
            read = partial(store.access_requests, before=behind, limit=limit)
            return await self.database.read(actor.tenant, read)

        return await seen(rows, self.sight.look(actor).sees, before, limit)

    async def waits_for(self, actor: Actor, request: AccessRequest) -> bool:
        """Say whether a request is undecided and *actor* may decide it."""
        if request.state not in UNDECIDED:
            return False
        resource = await self.sight.of_request(actor, request, deciding=True)
        return (await self.sight.permits.decide(actor, Action.DECIDE_ACCESS, resource)).allow

    async def may_ask(self, actor: Actor, dataset: Dataset) -> bool:
        """Say whether *actor* may ask for access to a dataset, for a page to offer it."""
        resource = dataset_resource(dataset)
        return (await self.sight.permits.decide(actor, Action.REQUEST_ACCESS, resource)).allow

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
            RequesterGoneError: Whoever asked cannot use it any more.
            AccessRequestMovedError: It was decided already.
        """
        request = await self._for(actor, request_id, Action.DECIDE_ACCESS)
        why = gone(request, await self._requester(actor.tenant, request))
        if why is not None:
            raise RequesterGoneError(f"{why} Deny the request.")
        given = request.days if days is None else days
        check_given(request, columns, given)
        if columns is not None:
            check_columns(columns, await self._columns(actor.tenant, request.dataset))
        kept = request.columns if columns is None else columns
        changes = {
            "columns": None if kept is None else list(kept),
            "days": given,
            "reason": reason,
        }
        return await self._move(actor, request_id, RequestState.APPROVED, changes, self._order)

    async def deny(self, actor: Actor, request_id: str, reason: str) -> AccessRequest:
        """Refuse a request; the requester sees the reason."""
        await self._for(actor, request_id, Action.DECIDE_ACCESS)
        check_reason(reason)
        return await self._move(actor, request_id, RequestState.DENIED, {"reason": reason})

    async def ask_back(self, actor: Actor, request_id: str, question: str) -> AccessRequest:
        """Put a question to the requester; an open request waits for the answer."""
        await self._for(actor, request_id, Action.DECIDE_ACCESS)
        check_reason(question)
        changes = {"question": question, "answer": None}
        return await self._move(actor, request_id, RequestState.ASKED_BACK, changes)

    async def answer(self, actor: Actor, request_id: str, text: str) -> AccessRequest:
        """Answer what was asked back, as the requester; the request is open again."""
        await self._for(actor, request_id, Action.REQUEST_ACCESS)
        check_reason(text)
        return await self._move(actor, request_id, RequestState.OPEN, {"answer": text})

    async def withdraw(self, actor: Actor, request_id: str) -> AccessRequest:
        """End a request that is not decided, as whoever made it."""
        await self._for(actor, request_id, Action.REQUEST_ACCESS)
        return await self._move(actor, request_id, RequestState.WITHDRAWN, {})

    def _order(self, session: Session, request: AccessRequest) -> None:
        """Have the grant written, in the transaction of the approval."""
        self.jobs.add(session, GRANT, request.id, {"request": request.id}, attempts=FOREVER)

    async def _move(
        self,
        actor: Actor,
        request_id: str,
        state: RequestState,
        changes: Mapping[str, Any],
        then: Then | None = None,
    ) -> AccessRequest:
        """Move a request in one transaction; of two decisions at once, one finds it moved."""

        def move(session: Session) -> AccessRequest | None:
            current = store.get_access_request(session, request_id, lock=True)
            if current is None or current.state not in BEFORE[state]:
                return None
            pending = True if state in PENDING else None
            decided = {"state": state.value, "pending": pending, **changes}
            if state not in UNDECIDED:
                decided |= {"decided_by": actor.id, "decided_at": self.clock.now()}
            store.change_access_request(session, request_id, **decided)
            self.record.moved(session, actor, current, state)
            if then is not None:
                then(session, current)
            return store.get_access_request(session, request_id)

        moved = await self.database.write(actor.tenant, move)
        if moved is None:
            raise AccessRequestMovedError("The request is not at a point where this can be done.")
        return moved

    async def _for(self, actor: Actor, request_id: str, action: Action) -> AccessRequest:
        """Return a request, if *actor* may know of it and do *action* with it."""
        request = await self.show(actor, request_id)
        deciding = action is Action.DECIDE_ACCESS
        resource = await self.sight.of_request(actor, request, deciding=deciding)
        await self.sight.permits.require(actor, action, resource, AccessRequestNotFoundError)
        return request

    async def _sees(self, actor: Actor, request: AccessRequest) -> bool:
        return await self.sight.sees(actor, await self.sight.of_request(actor, request))

    async def _requester(self, tenant: TenantId, request: AccessRequest) -> Account | None:
        return await self.sight.permits.identity.account(tenant, request.requester)

    async def _columns(self, tenant: TenantId, dataset: str) -> Sequence[str]:
        """Return the names of the columns of the active version; none without one."""
        found = await self.catalog.find_active(tenant, dataset)
        return () if found is None else [each.name for each in found[1].columns]
