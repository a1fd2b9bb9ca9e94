"""
Look for malware: hand over a file, get a verdict.

``tests/engines/test_scanner.py`` is the contract. Only a scan that completed
and found nothing is `CLEAN`; whatever went wrong on the way is not.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

__all__ = ["Scanner", "Verdict", "VerdictKind", "embedded_scanner"]


class VerdictKind(StrEnum):
    """What a scan came to."""

    CLEAN = "clean"
    INFECTED = "infected"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A scan's result, with the name of what was found."""

    kind: VerdictKind
    threat: str | None = None


class Scanner(Protocol):
    """Scan files; blocking, so it is called in a child process or thread."""

    def scan(self, path: Path) -> Verdict:
        """Read the whole file in bounded memory and say whether it is clean."""
        ...


def embedded_scanner() -> Scanner:
    """Return the scanner that needs nothing but this package; for the child that inspects."""
    from dcs.engines.scanner.yara import YaraScanner

    return YaraScanner()
