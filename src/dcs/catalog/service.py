"""Find and keep datasets and versions; everything a caller sees passed policy."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from dcs.audit import AuditTrail
from dcs.catalog import store
from dcs.catalog.changes import Changes
from dcs.catalog.errors import (
    DatasetExistsError,
    DatasetNotFoundError,
    InvalidNameError,
    VersionNotFoundError,
)
from dcs.catalog.models import (
    Column,
    Dataset,
    NewDataset,
    Problem,
    Status,
    Version,
)
from dcs.catalog.resources import dataset_resource, find_version, version_resource
from dcs.core.actor import Actor
from dcs.core.classification import Classification
from dcs.core.clock import Clock
from dcs.core.ids import DatasetId, TenantId, UserId, VersionId, is_id, new_id
from dcs.engines.database import Database, Session
from dcs.policy import Action, Permits, Resource

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
PAGE = 200  # datasets looked at together while a list is gathered


@dataclass(frozen=True, slots=True)
class Catalog:
    """The tenant's datasets and versions, as far as each caller may know of them."""

    database: Database
    permits: Permits
    audit: AuditTrail
    clock: Clock
    changes: Changes

    async def add_dataset(self, actor: Actor, new: NewDataset) -> Dataset:
        """
        Add a dataset that belongs to *actor*.

        Raises:
            InvalidNameError: The name has a character that addresses cannot carry.
            DatasetExistsError: The name is taken.
            DeniedError: The actor may not add datasets.
        """
        if not _NAME.fullmatch(new.name) or is_id(new.name):
            raise InvalidNameError(
                "A dataset's name has letters, digits, points, hyphens and underscores, "
                "begins with a letter or digit, and is at most 100 characters long."
            )
        await self.permits.require(
            actor, Action.CREATE, Resource("tenant", actor.tenant, actor.tenant)
        )
        dataset_id, now = DatasetId(new_id()), self.clock.now()

        def add(session: Session) -> Dataset | None:
            if not store.add_dataset(session, dataset_id, new, actor.id, now):
                return None
            self.audit.record(
                session,
                actor=actor.id,
                action="dataset.add",
                object_kind="dataset",
                object_id=dataset_id,
                details={"classification": new.classification.value},
            )
            return store.get_dataset(session, dataset_id)

        added = await self.database.write(actor.tenant, add)
        if added is None:
            raise DatasetExistsError("A dataset of this name exists. Choose another name.")
        return added

    async def dataset_for(self, actor: Actor, name: str, action: str) -> Dataset:
        """
        Return a dataset by its id or name, for one action that policy allows on it.

        Raises:
            DatasetNotFoundError: There is none, or none the actor may know of.
            DeniedError: The actor may know of it, but not do this.
        """
        dataset = await self.database.read(actor.tenant, lambda s: store.get_dataset(s, name))
        if dataset is None:
            raise DatasetNotFoundError("There is no such dataset.")
        await self.permits.require(
            actor, Action(action), dataset_resource(dataset), DatasetNotFoundError
        )
        return dataset

    async def set_retention(self, actor: Actor, name: str, days: int | None) -> Dataset:
        """
        Change how long versions of a dataset are to be kept; None for as long as the tenant says.

        Raises:
            DatasetNotFoundError: There is none, or none the actor may know of.
            DeniedError: The actor may know of it, but not do this.
        """
        dataset = await self.dataset_for(actor, name, Action.SET_RETENTION)

        def change(session: Session) -> None:
            store.set_retention(session, dataset.id, days)
            self.audit.record(
                session,
                actor=actor.id,
                action="dataset.set_retention",
                object_kind="dataset",
                object_id=dataset.id,
                details={"retention_days": "tenant" if days is None else days},
            )

        await self.database.write(actor.tenant, change)
        return replace(dataset, retention_days=days)

    async def datasets(
        self,
        actor: Actor,
        after: str,
        limit: int,
        text: str = "",
        classification: Classification | None = None,
    ) -> Sequence[Dataset]:
        """Return the datasets *actor* may know of, in the order of their names, after *after*."""
        found: list[Dataset] = []
        while True:
            page = await self.database.read(
                actor.tenant,
                partial(
                    store.datasets,
                    after=after,
                    limit=PAGE,
                    text=text,
                    classification=classification,
                ),
            )
            for dataset in page:
                if (await self.permits.decide(actor, Action.LIST, dataset_resource(dataset))).allow:
                    found.append(dataset)
                if len(found) == limit:
                    return found
            if len(page) < PAGE:
                return found
            after = page[-1].name

    async def versions(self, actor: Actor, name: str) -> Sequence[Version]:
        """Return the versions of a dataset that *actor* may know of, newest first."""
        dataset = await self.dataset_for(actor, name, Action.LIST)
        found = await self.database.read(actor.tenant, lambda s: store.versions(s, dataset.id))
        return [
            version
            for version in found
            if (
                await self.permits.decide(actor, Action.LIST, version_resource(dataset, version))
            ).allow
        ]

    async def numbered(self, actor: Actor, name: str, number: int) -> Version:
        """Return a version by its dataset and number, if *actor* may know of it."""
        found = await self.find_numbered(actor.tenant, name, number)
        return (await self._visible(actor, found))[1]

    async def find_numbered(
        self, tenant: TenantId, name: str, number: int
    ) -> tuple[Dataset, Version] | None:
        """Return a version and its dataset for the product's own work; policy was not asked."""

        def find(session: Session) -> tuple[Dataset, Version] | None:
            dataset = store.get_dataset(session, name)
            if dataset is None:
                return None
            version = store.numbered_version(session, dataset.id, number)
            return None if version is None else (dataset, version)

        return await self.database.read(tenant, find)

    async def find_active(self, tenant: TenantId, name: str) -> tuple[Dataset, Version] | None:
        """Return a dataset and its active version for the product's own work; policy was not asked."""

        def find(session: Session) -> tuple[Dataset, Version] | None:
            dataset = store.get_dataset(session, name)
            if dataset is None or dataset.active_number is None:
                return None
            version = store.numbered_version(session, dataset.id, dataset.active_number)
            return None if version is None else (dataset, version)

        return await self.database.read(tenant, find)

    async def known_dataset(self, tenant: TenantId, dataset_id: str) -> Dataset:
        """Return a dataset for the product's own work; policy was not asked."""
        found = await self.database.read(tenant, lambda s: store.get_dataset(s, dataset_id))
        if found is None:
            raise DatasetNotFoundError("There is no such dataset.")
        return found

    async def version(self, actor: Actor, version_id: str) -> Version:
        """Return a version by its id, if *actor* may know of it."""
        return (await self.with_dataset(actor, version_id))[1]

    async def with_dataset(self, actor: Actor, version_id: str) -> tuple[Dataset, Version]:
        """Return a version and its dataset, if *actor* may know of them."""
        found = await self.database.read(actor.tenant, lambda s: find_version(s, version_id))
        return await self._visible(actor, found)

    async def version_changed(
        self, actor: Actor, version_id: str, status: str, seconds: float
    ) -> Version:
        """Return a version as soon as its status is not *status*, at the latest after *seconds*."""
        until = time.monotonic() + seconds
        async with self.changes.watch(version_id) as changed:
            version = await self.version(actor, version_id)
            while version.status.value == status and (left := until - time.monotonic()) > 0:
                await changed(left)
                version = await self.version(actor, version_id)
        return version

    async def recent(self, actor: Actor, limit: int, *, own: bool = False) -> Sequence[Version]:
        """Return the newest versions *actor* may know of; only their own if *own*."""
        uploader = actor.id if own else None
        rows = await self.database.read(
            actor.tenant,
            lambda s: [
                (store.get_dataset(s, each.dataset), each)
                for each in store.recent_versions(s, limit, uploader)
            ],
        )
        found = []
        for dataset, version in rows:
            if dataset is not None:
                resource = version_resource(dataset, version)
                if (await self.permits.decide(actor, Action.LIST, resource)).allow:
                    found.append(version)
        return found

    async def load(self, tenant: TenantId, version_id: str) -> tuple[Dataset, Version]:
        """Return a version and its dataset, for the product's own work."""
        found = await self.database.read(tenant, lambda s: find_version(s, version_id))
        if found is None:
            raise VersionNotFoundError("There is no such version.")
        return found

    async def stored_bytes(self, tenant: TenantId) -> int:
        """Return how many bytes of objects the tenant keeps."""
        return await self.database.read(tenant, store.stored_bytes)

    async def known_objects(self, tenant: TenantId) -> set[str]:
        """Return the hashes of the tenant's objects that rows know of."""
        return await self.database.read(tenant, store.blobs)

    def place(
        self, session: Session, dataset: Dataset, sha256: str
    ) -> tuple[int, Dataset, Version | None]:
        """
        Find where new content goes: the next number, or the version that has it already.

        The dataset's row stays locked until the commit, so two uploads of the
        same content at once become one version.
        """
        current = store.get_dataset(session, dataset.id, lock=True)
        if current is None:
            raise DatasetNotFoundError("There is no such dataset.")
        existing = store.same_content(session, dataset.id, sha256)
        if existing is not None:
            return existing.number, current, existing
        return store.next_number(session, dataset.id), current, None

    def know_object(self, session: Session, sha256: str, size: int) -> None:
        """Make a stored object known, in the transaction of what refers to it."""
        store.add_blob(session, sha256, size, self.clock.now())

    def add_version(self, session: Session, version: Version) -> None:
        """Add a version, in the transaction of its approval."""
        store.add_version(session, version)

    def set_status(
        self,
        session: Session,
        version: VersionId,
        *,
        status: Status,
        stage: str,
        progress: int,
        reason: str | None,
    ) -> None:
        """Change what clients see of a version's journey, and wake those who wait for it."""
        store.change_version(
            session,
            version,
            status=status.value,
            stage=stage,
            progress=progress,
            reason=reason,
        )
        session.after_commit(lambda: self.changes.notify(version))

    def note_inspection(
        self,
        session: Session,
        version: VersionId,
        *,
        malware: str,
        threat: str | None,
        problems: Sequence[Problem],
        scanned_with: str | None,
    ) -> None:
        """Keep what the inspection came to, and with which rules."""
        store.change_version(
            session,
            version,
            malware=malware,
            threat=threat,
            problems=[each.to_json() for each in problems],
            scanned_with=scanned_with,
            scanned_at=self.clock.now(),
        )

    def note_release(
        self, session: Session, version: VersionId, released_by: UserId, reason: str
    ) -> None:
        """Keep who let a version out of quarantine, and why."""
        store.change_version(
            session,
            version,
            released_by=released_by,
            released_at=self.clock.now(),
            release_reason=reason,
        )

    def end_release(self, session: Session, version: VersionId) -> None:
        """Let a release count no more: something was found that it did not know of."""
        store.change_version(
            session, version, released_by=None, released_at=None, release_reason=None
        )

    def note_release_reason(self, session: Session, version: VersionId, reason: str) -> None:
        """Keep why a version was removed from quarantine."""
        store.change_version(session, version, release_reason=reason)

    async def is_unknown(self, tenant: TenantId, sha256: str) -> bool:
        """Say whether no row knows of an object."""
        return not await self.database.read(tenant, lambda s: store.has_blob(s, sha256))

    async def quarantined(self, actor: Actor, limit: int) -> Sequence[tuple[Dataset, Version]]:
        """Return the versions in quarantine that *actor* may look after, newest first."""
        rows = await self.database.read(
            actor.tenant, lambda s: _with_datasets(s, store.quarantined(s, limit))
        )
        return [
            (dataset, version)
            for dataset, version in rows
            if (
                await self.permits.decide(
                    actor, Action.QUARANTINE, version_resource(dataset, version)
                )
            ).allow
        ]

    async def scanned_otherwise(
        self, tenant: TenantId, revision: str, limit: int
    ) -> Sequence[Version]:
        """Return active versions that were scanned with other rules than *revision*."""
        return await self.database.read(
            tenant, lambda s: store.scanned_otherwise(s, revision, limit)
        )

    def forget_object(self, session: Session, sha256: str) -> bool:
        """Let an object be unknown if no version refers to it any more; say whether it is."""
        if store.is_referred_to(session, sha256):
            return False
        store.remove_blob(session, sha256)
        return True

    def note_validation(
        self,
        session: Session,
        version: VersionId,
        *,
        rows: int | None,
        columns: Sequence[Column],
        table_sha256: str | None,
        contains_personal_data: bool | None,
        contract: str | None,
    ) -> None:
        """Keep what the validation found, and which data contract it judged by."""
        store.change_version(
            session,
            version,
            rows=rows,
            columns=[column.to_json() for column in columns],
            table_sha256=table_sha256,
            contains_personal_data=contains_personal_data,
            contract=contract,
        )

    def activate(
        self, session: Session, version: Version, now: datetime, masks: Mapping[str, str]
    ) -> None:
        """
        Make a version the one others read, unless a later one is active already.

        Args:
            masks: The columns that nobody sees as they are, and how each is masked.
        """
        columns = [
            replace(each, masked=True, method=masks[each.name]) if each.name in masks else each
            for each in version.columns
        ]
        stored = [each.to_json() for each in columns]
        store.change_version(session, version.id, activated_at=now, columns=stored)
        dataset = store.get_dataset(session, version.dataset, lock=True)
        if dataset is not None and (dataset.active_number or 0) < version.number:
            store.set_active(session, version.dataset, version.number)

    async def _visible(
        self, actor: Actor, found: tuple[Dataset, Version] | None
    ) -> tuple[Dataset, Version]:
        if found is None:
            raise VersionNotFoundError("There is no such version.")
        resource = version_resource(*found)
        await self.permits.require(actor, Action.LIST, resource, VersionNotFoundError)
        return found


def _with_datasets(
    session: Session, versions: Sequence[Version]
) -> Sequence[tuple[Dataset, Version]]:
    found = ((store.get_dataset(session, each.dataset), each) for each in versions)
    return [(dataset, version) for dataset, version in found if dataset is not None]
