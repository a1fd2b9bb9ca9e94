"""A guard that asks for the role alone; what policy itself says of it is tested with policy."""

from dcs.core.actor import Actor
from dcs.core.errors import ForbiddenError


class AdminsAlone:
    """Let admins do everything, and nobody else anything."""

    async def require(self, actor: Actor, action: str) -> None:
        if "admin" not in actor.roles:
            raise ForbiddenError("Only an admin may.", codes=[action])
