"""Find and keep the data contracts of datasets; those a dataset had stay."""

from collections.abc import Sequence
from dataclasses import dataclass

from dcs.catalog import store
from dcs.catalog.errors import ContractNotFoundError
from dcs.catalog.models import Dataset, StoredContract
from dcs.catalog.service import Catalog
from dcs.core.actor import Actor
from dcs.core.ids import TenantId, new_id
from dcs.engines.database import Session
from dcs.policy import Action


@dataclass(frozen=True, slots=True)
class Contracts:
    """The data contracts of the tenant's datasets, as far as each caller may know of them."""

    catalog: Catalog

    async def keep(self, actor: Actor, name: str, document: bytes, sha256: str) -> StoredContract:
        """Let the next versions of a dataset be judged by a contract that was found valid."""
        dataset = await self.catalog.dataset_for(actor, name, Action.SET_CONTRACT)
        contract = StoredContract(
            new_id(), dataset.id, sha256, document.decode(), self.catalog.clock.now()
        )

        def add(session: Session) -> None:
            store.add_contract(session, contract)
            self.catalog.audit.record(
                session,
                actor=actor.id,
                action="contract.set",
                object_kind="dataset",
                object_id=dataset.id,
                details={"contract": contract.id, "sha256": sha256},
            )

        await self.catalog.database.write(actor.tenant, add)
        return contract

    async def of(self, actor: Actor, name: str) -> StoredContract:
        """Return a dataset's data contract."""
        dataset = await self.catalog.dataset_for(actor, name, Action.LIST)
        found = await self.find(actor.tenant, dataset.contract)
        if found is None:
            raise ContractNotFoundError("The dataset has no data contract.")
        return found

    async def all_of(self, actor: Actor, name: str) -> tuple[Dataset, Sequence[StoredContract]]:
        """Return a dataset and the data contracts it has had, newest first."""
        dataset = await self.catalog.dataset_for(actor, name, Action.LIST)
        found = await self.catalog.database.read(
            actor.tenant, lambda s: store.contracts(s, dataset.id)
        )
        return dataset, found

    async def earlier(self, actor: Actor, name: str, contract_id: str) -> StoredContract:
        """
        Return one of the data contracts a dataset has had.

        Raises:
            ContractNotFoundError: The dataset never had it.
        """
        dataset = await self.catalog.dataset_for(actor, name, Action.LIST)
        found = await self.find(actor.tenant, contract_id)
        if found is None or found.dataset != dataset.id:
            raise ContractNotFoundError("The dataset has no such data contract.")
        return found

    async def find(self, tenant: TenantId, contract_id: str | None) -> StoredContract | None:
        """Return a contract by its id, for the product's own work."""
        if contract_id is None:
            return None
        return await self.catalog.database.read(
            tenant, lambda s: store.get_contract(s, contract_id)
        )
