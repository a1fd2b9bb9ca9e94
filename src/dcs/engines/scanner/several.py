"""Several scanners over the same bytes; the worst verdict wins."""

from dataclasses import dataclass
from pathlib import Path

from dcs.engines.scanner import Scan, Scanner, Verdict, VerdictKind, worst


@dataclass(frozen=True, slots=True)
class SeveralScanners:
    """Ask the scanners in their order; what the first finds, the others need not see."""

    scanners: tuple[Scanner, ...]

    @property
    def revision(self) -> str:
        """Name all of them."""
        return "; ".join(scanner.revision for scanner in self.scanners)

    def begin(self) -> Scan:
        """Begin with each of them."""
        return _SeveralScans(tuple(scanner.begin() for scanner in self.scanners))

    def scan(self, path: Path) -> Verdict:
        """Scan with one after the other until one finds something."""
        verdicts = []
        for scanner in self.scanners:
            verdicts.append(scanner.scan(path))
            if verdicts[-1].kind is VerdictKind.INFECTED:
                break
        return worst(verdicts)


@dataclass(frozen=True, slots=True)
class _SeveralScans:
    scans: tuple[Scan, ...]

    def feed(self, chunk: bytes) -> None:
        """Hand the bytes to each."""
        for scan in self.scans:
            scan.feed(chunk)

    def finish(self) -> Verdict:
        """End all of them, so that none keeps a connection."""
        return worst([scan.finish() for scan in self.scans])
