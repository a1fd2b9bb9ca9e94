"""Read grants, for decisions: what names the actor or one of their groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dcs.core.actor import Actor
from dcs.core.ids import TenantId, UserId
from dcs.engines.database import Database, Session
from dcs.policy.grants import store
from dcs.policy.grants.models import Grant


@dataclass(frozen=True, slots=True)
class Grants:
    """The tenant's grants; whether somebody may see them is asked by the caller."""

    database: Database

    async def newest(self, tenant: TenantId, before: str | None, limit: int) -> Sequence[Grant]:
        """Return the tenant's grants, newest first, behind the id *before*."""
        return await self.database.read(tenant, lambda s: store.grants(s, before, limit))

    def get(self, session: Session, grant: str, *, lock: bool = False) -> Grant | None:
        """Return a grant by its id."""
        return store.get_grant(session, grant, lock=lock)

    def add(self, session: Session, new: Grant) -> None:
        """Add a grant, in the transaction of what it comes from."""
        store.add_grant(session, new)

    def extend(self, session: Session, grant: str, expires: datetime) -> None:
        """Let a grant end at another time."""
        store.extend_grant(session, grant, expires)

    def revoke(self, session: Session, grant: str, by: UserId, reason: str, now: datetime) -> bool:
        """Take a grant back; False if it was before."""
        return store.revoke_grant(session, grant, by, reason, now)

    def end(self, session: Session, grant: str, now: datetime) -> bool:
        """Note that a grant's time is over; False if it had ended before."""
        return store.end_grant(session, grant, now)

    async def from_oldest(
        self, tenant: TenantId, after: str, ended_since: datetime, limit: int
    ) -> Sequence[Grant]:
        """Return grants behind the id *after*, oldest first, but for those that ended long ago."""
        return await self.database.read(
            tenant, lambda s: store.grants_from(s, after, ended_since, limit)
        )

    async def naming(self, actor: Actor, dataset: str) -> Sequence[Grant]:
        """Return the grants of a dataset that name *actor* or a group of theirs, unless revoked."""
        groups = sorted(actor.groups)
        return await self.database.read(
            actor.tenant, lambda s: store.grants_naming(s, dataset, actor.id, groups)
        )
