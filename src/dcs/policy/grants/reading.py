"""Read grants, for decisions: what names the actor or one of their groups."""

from collections.abc import Sequence
from dataclasses import dataclass

from dcs.core.actor import Actor
from dcs.engines.database import Database
from dcs.policy.grants import store
from dcs.policy.grants.models import Grant


@dataclass(frozen=True, slots=True)
class Grants:
    """The tenant's grants; whether somebody may see them is asked by the caller."""

    database: Database

    async def naming(self, actor: Actor, dataset: str) -> Sequence[Grant]:
        """Return the grants of a dataset that name *actor* or a group of theirs, unless revoked."""
        groups = sorted(actor.groups)
        return await self.database.read(
            actor.tenant, lambda s: store.grants_naming(s, dataset, actor.id, groups)
        )
