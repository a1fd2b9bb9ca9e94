"""Look at a file before anybody may read it: what it really is, and whether it is malware."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dcs.engines.scanner import Scanner, embedded_scanner
from dcs.validation import HEAD_BYTES, binary_kind, utf16_kind

TASK = "dcs.ingestion.inspection:inspect_in_child"


@dataclass(frozen=True, slots=True)
class Inspection:
    """
    What was found.

    Attributes:
        verdict: ``clean``, ``infected`` or ``error``; only ``clean`` goes on.
        threat: The name of the malware.
        content: What the file really is, where that is not text.
    """

    verdict: str
    threat: str | None
    content: str | None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Inspection":
        """Read what the child answered."""
        return cls(data["verdict"], data["threat"], data["content"])

    def to_json(self) -> dict[str, Any]:
        """Return it as the child answers."""
        return {"verdict": self.verdict, "threat": self.threat, "content": self.content}


def inspect_file(path: Path, scanner: Scanner) -> Inspection:
    """
    Inspect a file in bounded memory.

    What is not text is named here and refused by the strict reader, with a
    report that says so; malware alone decides about quarantine.
    """
    with path.open("rb") as source:
        head = source.read(HEAD_BYTES)
    verdict = scanner.scan(path)
    return Inspection(verdict.kind.value, verdict.threat, binary_kind(head) or utf16_kind(head))


def inspect_in_child(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Inspect the file at ``arguments["path"]``; the sandbox's task."""
    return inspect_file(Path(arguments["path"]), embedded_scanner()).to_json()
