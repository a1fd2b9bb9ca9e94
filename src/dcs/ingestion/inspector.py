"""Inspect stored files in a child process, and keep what it came to."""

from dataclasses import dataclass

from dcs.catalog import Catalog, Version
from dcs.core.ids import TenantId
from dcs.engines.database import Session
from dcs.engines.objects import ObjectStore
from dcs.engines.sandbox import ChildEndedError, Limits, Sandbox, TaskFailedError
from dcs.ingestion.inspection import TASK, Inspection


@dataclass(frozen=True, slots=True)
class Inspector:
    """Look at a version's file before anybody may read it."""

    objects: ObjectStore
    sandbox: Sandbox
    catalog: Catalog
    limits: Limits

    async def inspect(self, tenant: TenantId, version: Version) -> Inspection:
        """Inspect a file; one that ends its inspector is not clean."""
        async with self.objects.local_path(tenant, version.sha256) as path:
            try:
                answer = await self.sandbox.run(TASK, {"path": str(path)}, self.limits)
            except (ChildEndedError, TaskFailedError):
                return Inspection("error", None, None)
        return Inspection.from_json(answer)

    def keep(self, session: Session, version: Version, inspection: Inspection) -> None:
        """Keep the verdict, in the running transaction."""
        self.catalog.note_inspection(session, version.id, inspection.verdict, inspection.threat)
