"""Ask policy on the behalf of everybody who has a grant, on every channel, and compare."""

from collections.abc import Sequence
from datetime import datetime

from dcs.auth import Account
from dcs.catalog import Catalog, dataset_resource, version_resource
from dcs.core.ids import TenantId, UserId
from dcs.policy import CHANNELS, Action, Decision, Grant, GranteeKind, Permits, Resource
from dcs.workflow.access.drift.judging import drift_of
from dcs.workflow.access.drift.models import Drift


class Comparing:
    """Compare the grants of one batch; a question that comes again is asked once."""

    def __init__(self, catalog: Catalog, permits: Permits, tenant: TenantId, now: datetime) -> None:
        self._catalog = catalog
        self._permits = permits
        self._tenant = tenant
        self._now = now
        self._resources: dict[str, Resource] = {}
        self._groups: dict[str, Sequence[Account]] = {}
        self._decisions: dict[tuple[UserId, str, Action], Decision] = {}

    async def drift(self, grant: Grant) -> Sequence[Drift]:
        """Return every point in which a grant differs."""
        found = [
            drift_of(grant, account, channel, await self._ask(account, action, grant), self._now)
            for account in await self._accounts(grant)
            for channel, action in CHANNELS.items()
        ]
        return [each for each in found if each is not None]

    async def _ask(self, account: Account, action: Action, grant: Grant) -> Decision:
        key = (account.id, grant.dataset, action)
        if key not in self._decisions:
            resource = await self._resource(grant.dataset)
            self._decisions[key] = await self._permits.decide(account.actor(), action, resource)
        return self._decisions[key]

    async def _resource(self, dataset: str) -> Resource:
        """Return what others read of a dataset: its active version, if it has one."""
        if dataset not in self._resources:
            active = await self._catalog.find_active(self._tenant, dataset)
            if active is None:
                known = await self._catalog.known_dataset(self._tenant, dataset)
                self._resources[dataset] = dataset_resource(known)
            else:
                self._resources[dataset] = version_resource(*active)
        return self._resources[dataset]

    async def _accounts(self, grant: Grant) -> Sequence[Account]:
        identity, name = self._permits.identity, grant.grantee.id
        if grant.grantee.kind is GranteeKind.USER:
            account = await identity.account(self._tenant, UserId(name))
            return () if account is None else (account,)
        if name not in self._groups:
            self._groups[name] = await identity.members(self._tenant, name)
        return self._groups[name]
