"""Inspect stored files in a child process, and keep what it came to."""

from dataclasses import dataclass, field

from dcs.catalog import Catalog, Version
from dcs.core.ids import TenantId
from dcs.engines.database import Session
from dcs.engines.objects import ObjectStore
from dcs.engines.sandbox import ChildEndedError, Limits, Sandbox, TaskFailedError
from dcs.ingestion.inspection import TASK, Inspection
from dcs.validation import Caps


@dataclass(frozen=True, slots=True)
class Inspector:
    """
    Look at a version's file before anybody may read it.

    Attributes:
        scanner: The address of the malware scanner, as `scanner_for` reads it.
        scan: Look for malware at all; without it the verdict is ``unscanned``.
        caps: What a file may unfold to.
    """

    objects: ObjectStore
    sandbox: Sandbox
    catalog: Catalog
    limits: Limits
    scanner: str | None = None
    scan: bool = True
    caps: Caps = field(default_factory=Caps)

    async def inspect(self, tenant: TenantId, version: Version) -> Inspection:
        """Inspect a file; one that ends its inspector is not clean."""
        async with self.objects.local_path(tenant, version.sha256) as path:
            arguments = {
                "path": str(path),
                "filename": version.filename,
                "scanner": self.scanner,
                "scan": self.scan,
                "caps": self.caps.to_json(),
            }
            try:
                answer = await self.sandbox.run(TASK, arguments, self.limits)
            except (ChildEndedError, TaskFailedError):
                return Inspection("error", None, None)
        return Inspection.from_json(answer)

    def keep(self, session: Session, version: Version, inspection: Inspection) -> None:
        """Keep the verdict, in the running transaction."""
        self.catalog.note_inspection(session, version.id, inspection.verdict, inspection.threat)
