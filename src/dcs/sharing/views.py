"""
One masked table for each distinct way of seeing a version.

A reader never meets the original and a mask in front of it; they are given a
file in which the masked values do not exist. Files are made once, named by
what they show, and shared by everybody who may see the same.
"""

import asyncio
import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dcs.catalog import Catalog, Version
from dcs.core.clock import Clock
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session
from dcs.engines.objects import ObjectStore
from dcs.engines.sandbox import Limits, Sandbox
from dcs.sharing import store
from dcs.sharing.errors import NothingToReadError

TASK = "dcs.sharing.masking:materialise"
RECIPE = 1  # of the masks; a change of what a method shows needs a new one


@dataclass(frozen=True, slots=True)
class Views:
    """Make and find the tables readers are given."""

    database: Database
    objects: ObjectStore
    sandbox: Sandbox
    catalog: Catalog
    clock: Clock
    limits: Limits
    scratch: Path

    async def table(
        self,
        tenant: TenantId,
        version: Version,
        masks: Mapping[str, str],
        columns: Sequence[str] | None = None,
    ) -> str:
        """
        Return the object with the version's rows under *masks*; the original if there are none.

        Args:
            columns: The columns it has, of those of the version; None for all.

        Raises:
            NothingToReadError: The version has no table.
        """
        if version.table_sha256 is None:
            raise NothingToReadError("This version has no rows that can be read.")
        if not masks and columns is None:
            return version.table_sha256
        if columns is not None and not columns:
            raise NothingToReadError("This version has none of the columns that you were given.")
        digest = view_digest(version, masks, columns)
        found = await self.database.read(tenant, lambda s: store.get_view(s, digest))
        return found or await self._make(version, version.table_sha256, masks, columns, digest)

    async def _make(
        self,
        version: Version,
        source: str,
        masks: Mapping[str, str],
        columns: Sequence[str] | None,
        digest: str,
    ) -> str:
        tenant = version.tenant
        folder = await asyncio.to_thread(tempfile.TemporaryDirectory, dir=self.scratch)
        try:
            target = Path(folder.name) / "view.parquet"
            async with self.objects.local_path(tenant, source) as path:
                arguments = {
                    "source": str(path),
                    "target": str(target),
                    "masks": dict(masks),
                    "columns": None if columns is None else list(columns),
                    "memory": self.limits.memory // 2,
                    "scratch": str(Path(folder.name) / "spill"),
                }
                await self.sandbox.run(TASK, arguments, self.limits)
            stored = await self.objects.put_file(tenant, target)
        finally:
            await asyncio.to_thread(folder.cleanup)
        now = self.clock.now()

        def keep(session: Session) -> None:
            self.catalog.know_object(session, stored.sha256, stored.size)
            store.keep_view(session, digest, version.id, stored.sha256, now)

        await self.database.write(tenant, keep)
        return stored.sha256


def view_digest(
    version: Version, masks: Mapping[str, str], columns: Sequence[str] | None = None
) -> str:
    """Name a view by all that decides what it shows: rows, masks, columns and the recipe."""
    parts: list[object] = [RECIPE, version.id, version.table_sha256, sorted(masks.items())]
    if columns is not None:
        parts.append(list(columns))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
