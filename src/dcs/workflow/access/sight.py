"""Who may know of a request or a grant: whoever asked or has it, the owner, and those who look after it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from dcs.catalog import Catalog, dataset_resource
from dcs.core.actor import Actor
from dcs.policy import Action, Grant, GranteeKind, Permits, Resource
from dcs.workflow.access.models import AccessRequest

Thing = TypeVar("Thing", AccessRequest, Grant)


@dataclass(frozen=True, slots=True)
class Sight:
    """Requests and grants as policy looks at them."""

    catalog: Catalog
    permits: Permits

    async def sees(self, actor: Actor, resource: Resource) -> bool:
        """Say whether *actor* may know of it."""
        return (await self.permits.decide(actor, Action.SEE_GRANTS, resource)).allow

    async def of_request(self, actor: Actor, request: AccessRequest) -> Resource:
        """Return what policy looks at when it is about a request."""
        dataset = await self.catalog.known_dataset(actor.tenant, request.dataset)
        return replace(
            dataset_resource(dataset),
            kind="access_request",
            id=request.id,
            requester=request.requester,
        )

    async def of_grant(self, actor: Actor, grant: Grant) -> Resource:
        """Return what policy looks at: whoever has the grant is the one it was asked for."""
        dataset = await self.catalog.known_dataset(actor.tenant, grant.dataset)
        member = grant.grantee.kind is GranteeKind.GROUP and grant.grantee.id in actor.groups
        holder = actor.id if member else grant.grantee.id
        return replace(dataset_resource(dataset), kind="grant", id=grant.id, requester=holder)


async def seen(
    rows: Callable[[str | None], Awaitable[Sequence[Thing]]],
    sees: Callable[[Thing], Awaitable[bool]],
    before: str | None,
    limit: int,
) -> Sequence[Thing]:
    """
    Return the first *limit* things that *sees* lets through, behind the id *before*.

    Args:
        rows: Reads the next *limit* things behind an id; fewer are the last ones.
    """
    found: list[Thing] = []
    while True:
        read = await rows(before)
        for each in read:
            if await sees(each):
                found.append(each)
            if len(found) == limit:
                return found
        if len(read) < limit:
            return found
        before = read[-1].id
