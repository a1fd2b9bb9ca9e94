"""What an admin may within their own organisation, for services that lie below policy."""

from dataclasses import dataclass

from dcs.core.actor import Actor
from dcs.policy.models import Action, Resource
from dcs.policy.service import Permits


@dataclass(frozen=True, slots=True)
class TenantGuard:
    """Ask policy about the organisation itself."""

    permits: Permits

    async def require(self, actor: Actor, action: str) -> None:
        """
        Return if *actor* may, with the decision on record.

        Raises:
            DeniedError: They may not.
        """
        resource = Resource("tenant", actor.tenant, actor.tenant)
        await self.permits.require(actor, Action(action), resource)
