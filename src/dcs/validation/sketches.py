"""
The sketches of versions: kept when a version is judged, made from its table where they were not.

All digests of a tenant's sketches are made with one key of its own, so that
values are recognised from version to version and mean nothing elsewhere.
"""

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dcs.catalog import Catalog, Version
from dcs.core.clock import Clock
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session
from dcs.engines.objects import ObjectStore
from dcs.engines.sandbox import Limits, Sandbox
from dcs.validation import store
from dcs.validation.digest_key import key_of
from dcs.validation.drift import Sketch

TASK = "dcs.validation.drift.sketching:sketch_table"


@dataclass(frozen=True, slots=True)
class Sketches:
    """Keep, find and make what versions are compared by."""

    database: Database
    objects: ObjectStore
    sandbox: Sandbox
    catalog: Catalog
    clock: Clock
    limits: Limits
    scratch: Path
    secret: bytes

    async def before(self, tenant: TenantId, version: Version) -> Sketch | None:
        """Return the sketch of the active version that *version* would replace, if there is one."""
        active = await self.active_before(tenant, version)
        return None if active is None else await self.of(tenant, active)

    async def active_before(self, tenant: TenantId, version: Version) -> Version | None:
        """Return the active version that *version* would replace, if there is one."""
        dataset, _ = await self.catalog.load(tenant, version.id)
        number = dataset.active_number
        if number is None or number == version.number:
            return None
        found = await self.catalog.find_numbered(tenant, dataset.id, number)
        return None if found is None else found[1]

    async def of(self, tenant: TenantId, version: Version) -> Sketch | None:
        """Return a version's sketch, made now if an earlier release judged it; None without a table."""
        document = await self.database.read(tenant, lambda s: store.get_sketch(s, version.id))
        if document is None:
            document = await self._make(tenant, version)
        return None if document is None else Sketch.from_json(document)

    def keep(self, session: Session, version: Version, document: Mapping[str, Any]) -> None:
        """Keep a version's sketch, in the transaction of its report."""
        store.keep_sketch(session, version.id, document, self.clock.now())

    async def _make(self, tenant: TenantId, version: Version) -> Mapping[str, Any] | None:
        report = await self.database.read(tenant, lambda s: store.get_report(s, version.id))
        if report is None or version.table_sha256 is None:
            return None
        folder = await asyncio.to_thread(tempfile.TemporaryDirectory, dir=self.scratch)
        try:
            async with self.objects.local_path(tenant, version.table_sha256) as path:
                arguments = {
                    "table": str(path),
                    "report": dict(report),
                    "key": key_of(self.secret, tenant).hex(),
                    "scratch": folder.name,
                    "memory": self.limits.memory // 3,
                }
                document: Mapping[str, Any] = await self.sandbox.run(TASK, arguments, self.limits)
        finally:
            await asyncio.to_thread(folder.cleanup)
        await self.database.write(tenant, lambda s: self.keep(s, version, document))
        return document
