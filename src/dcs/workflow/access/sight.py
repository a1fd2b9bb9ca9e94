"""Who may know of a request or a grant: whoever asked or has it, the owner, and those who look after it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
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

    def look(self, actor: Actor) -> "Look":
        """Return what one list needs to leave out what *actor* may not know of."""
        return Look(self, actor)

    async def of_request(
        self, actor: Actor, request: AccessRequest, *, deciding: bool = False
    ) -> Resource:
        """
        Return what policy looks at when it is about a request.

        Args:
            deciding: Whether it is to be decided: then whoever is of the group it is for
                counts as who asked, since nobody gives something to themselves.
        """
        dataset = await self.catalog.known_dataset(actor.tenant, request.dataset)
        own = deciding and request.for_group in actor.groups
        return replace(
            dataset_resource(dataset),
            kind="access_request",
            id=request.id,
            requester=actor.id if own else request.requester,
        )

    async def of_grant(self, actor: Actor, grant: Grant) -> Resource:
        """Return what policy looks at: whoever has the grant is the one it was asked for."""
        dataset = await self.catalog.known_dataset(actor.tenant, grant.dataset)
        holder = actor.id if is_own(actor, grant) else grant.grantee.id
        return replace(dataset_resource(dataset), kind="grant", id=grant.id, requester=holder)


@dataclass(frozen=True, slots=True)
class Look:
    """
    What *actor* may see in one list: one decision a dataset, another for what is their own.

    Requests and grants of a dataset differ for policy by nothing but whose they are, so
    what it says of one holds for the others until the list is complete.
    """

    sight: Sight
    actor: Actor
    _decided: dict[tuple[str, bool], bool] = field(default_factory=dict)

    async def sees(self, thing: AccessRequest | Grant) -> bool:
        """Say whether *actor* may know of a request or a grant."""
        return await self.decided(thing.dataset, own=is_own(self.actor, thing))

    async def oversees(self, dataset: str) -> bool:
        """Say whether *actor* may know of everybody's grants of a dataset."""
        return await self.decided(dataset, own=False)

    async def decided(self, dataset: str, *, own: bool) -> bool:
        """Return what policy says of the grants of a dataset, of the actor's own or others'."""
        if (dataset, own) not in self._decided:
            found = await self.sight.catalog.known_dataset(self.actor.tenant, dataset)
            requester = self.actor.id if own else None
            resource = replace(dataset_resource(found), kind="grant", requester=requester)
            self._decided[dataset, own] = await self.sight.sees(self.actor, resource)
        return self._decided[dataset, own]


def is_own(actor: Actor, thing: AccessRequest | Grant) -> bool:
    """Say whether *actor* asked for it, has it, or is of the group that has it."""
    if isinstance(thing, AccessRequest):
        return thing.requester == actor.id
    if thing.grantee.kind is GranteeKind.GROUP:
        return thing.grantee.id in actor.groups
    return thing.grantee.id == actor.id


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
