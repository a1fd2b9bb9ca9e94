"""Inspect stored files in a child process, and keep what it came to."""

from dataclasses import dataclass, field

from dcs.catalog import Catalog, Version
from dcs.core.ids import TenantId
from dcs.engines.database import Session
from dcs.engines.objects import ObjectStore
from dcs.engines.sandbox import ChildEndedError, Limits, Sandbox, TaskFailedError
from dcs.ingestion.inspection import REVISION_TASK, TASK, Inspection
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

    def accepts(self, malware: str) -> bool:
        """Say whether a verdict lets a file pass: clean, or nobody looks here at all."""
        return malware == "clean" or (malware == "unscanned" and not self.scan)

    def clears(self, inspection: Inspection) -> bool:
        """Say whether a file goes on by itself; every other one waits for a person."""
        return self.accepts(inspection.verdict) and not inspection.hostile

    async def revision(self) -> str | None:
        """Return what scans here and what it knows now; None where nobody scans."""
        if not self.scan:
            return None
        answer = await self.sandbox.run(REVISION_TASK, {"scanner": self.scanner}, self.limits)
        return str(answer["revision"])

    def keep(self, session: Session, version: Version, inspection: Inspection) -> None:
        """Keep what was found, in the running transaction."""
        self.catalog.note_inspection(
            session,
            version.id,
            malware=inspection.verdict,
            threat=inspection.threat,
            problems=inspection.problems,
            scanned_with=inspection.revision,
        )
