"""Tables of other datasets that a contract refers to, as far as the submitter may read them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from dcs.catalog import Catalog, Dataset, Version, version_resource
from dcs.core.actor import Actor
from dcs.core.errors import ForbiddenError, NotFoundError
from dcs.core.ids import TenantId, UserId
from dcs.engines.objects import ObjectStore
from dcs.policy import Action, Permits, masked_columns
from dcs.validation.contracts import Contract


@dataclass(frozen=True, slots=True)
class References:
    """
    Lend the tables that foreign keys are held against.

    A relationship tells its submitter which values another dataset has. So the
    answer is given only from what they may read themselves, as it is: a dataset
    they may not read, one that is not active, one whose key is masked for them
    and one that does not exist all look the same, and each read is on record.
    """

    catalog: Catalog
    permits: Permits
    objects: ObjectStore

    @asynccontextmanager
    async def lend(
        self, tenant: TenantId, submitter: UserId, contract: Contract
    ) -> AsyncIterator[Mapping[str, Path]]:
        """Lend the tables as Parquet, by the name the contract has for their dataset."""
        async with AsyncExitStack() as stack:
            found = {}
            for name in contract.references:
                table = await self._readable(tenant, submitter, name, contract.referred(name))
                if table is not None:
                    path = self.objects.local_path(tenant, table)
                    found[name] = await stack.enter_async_context(path)
            yield found

    async def _readable(
        self, tenant: TenantId, submitter: UserId, name: str, columns: frozenset[str]
    ) -> str | None:
        """Return the object of an active dataset's table, if all of *columns* may be read as they are."""
        account = await self.permits.identity.account(tenant, submitter)
        active = await self.catalog.find_active(tenant, name)
        if account is None or account.disabled or active is None:
            return None
        dataset, version = active
        masked = await self._masked(account.actor(), dataset, version)
        if masked is None or masked & columns:
            return None
        return version.table_sha256

    async def _masked(
        self, actor: Actor, dataset: Dataset, version: Version
    ) -> frozenset[str] | None:
        """Return what is masked for somebody who may read the version; None for who may not."""
        try:
            decision = await self.permits.require(
                actor, Action.READ, version_resource(dataset, version)
            )
        except (ForbiddenError, NotFoundError):
            return None
        columns = (each.mask for each in version.columns)
        withheld = (each.name for each in version.columns if not decision.shows(each.name))
        return frozenset({*masked_columns(columns, decision.clear_tags), *withheld})
