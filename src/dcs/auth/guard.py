"""How accounts are guarded: policy lies above this folder, so it is handed in."""

from typing import Protocol

from dcs.core.actor import Actor


class Guard(Protocol):
    """Ask policy about the actor's own organisation."""

    async def require(self, actor: Actor, action: str) -> None:
        """
        Return if *actor* may, and put the decision on record.

        Raises:
            ForbiddenError: They may not; with reasons.
        """
        ...
