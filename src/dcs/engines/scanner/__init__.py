"""
Look for malware: hand over a file, get a verdict.

``tests/engines/test_scanner.py`` is the contract. Only a scan that completed
and found nothing is `CLEAN`; whatever went wrong on the way is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from dcs.core.errors import InvalidError, UnavailableError

__all__ = [
    "Scan",
    "Scanner",
    "ScannerAddressError",
    "ScannerUnavailableError",
    "Verdict",
    "VerdictKind",
    "embedded_scanner",
    "scanner_for",
    "worst",
]


class ScannerUnavailableError(UnavailableError):
    """The scanner cannot be trusted to find anything, so nothing passes it."""

    code = "scanner_unavailable"


class ScannerAddressError(InvalidError):
    """The address names no scanner."""

    code = "invalid_scanner_address"


class VerdictKind(StrEnum):
    """What a scan came to, from the best to the worst."""

    CLEAN = "clean"
    UNSCANNED = "unscanned"
    TOO_LARGE = "too_large"
    ERROR = "error"
    INFECTED = "infected"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A scan's result, with the name of what was found."""

    kind: VerdictKind
    threat: str | None = None


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of several verdicts; of none, that nothing was scanned."""
    order = list(VerdictKind)
    found = Verdict(VerdictKind.UNSCANNED)
    return max(verdicts, key=lambda verdict: order.index(verdict.kind), default=found)


class Scan(Protocol):
    """One stream of bytes under way, scanned in windows that overlap."""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes; cheap once something was found."""
        ...

    def finish(self) -> Verdict:
        """Scan what is left and say what it came to. Call it once, also after a failure."""
        ...


class Scanner(Protocol):
    """Scan bytes and files; blocking, so it is called in a child process or thread."""

    @property
    def revision(self) -> str:
        """
        Name what scans and what it knows; it changes when either does.

        Raises:
            ScannerUnavailableError: It does not answer.
        """
        ...

    def begin(self) -> Scan:
        """Begin to scan a stream, for example the decoded bytes of a compressed file."""
        ...

    def scan(self, path: Path) -> Verdict:
        """Read the whole file as it is, in bounded memory, and say whether it is clean."""
        ...


def embedded_scanner() -> Scanner:
    """
    Return the scanner that needs nothing but this package; for the child that inspects.

    Raises:
        ScannerUnavailableError: Its rules are missing or do not find what they must.
    """
    from dcs.engines.scanner.yara import YaraScanner

    return YaraScanner()


def scanner_for(address: str | None) -> Scanner:
    """
    Return the scanner an address names; nothing connects yet.

    Args:
        address: None or ``yara`` for the embedded one; ``clamd:///run/clamd.sock`` or
            ``clamd://127.0.0.1:3310`` for that one and a ClamAV daemon behind it.

    Raises:
        ScannerAddressError: It names none.
        ScannerUnavailableError: The embedded rules do not find what they must.
    """
    from dcs.engines.scanner.clamd import ClamdScanner
    from dcs.engines.scanner.several import SeveralScanners

    if address is None or address == "yara":
        return embedded_scanner()
    return SeveralScanners((embedded_scanner(), ClamdScanner.at(address)))
