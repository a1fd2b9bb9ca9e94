"""
Look at a file before anybody may read it: what it really is, and whether it is malware.

One pass over the *decoded* bytes in bounded memory, in a disposable child. The
bytes decide what is unpacked, the name decides what was promised. Two kinds of
problems come of it: hostile ones, for which the file waits in quarantine, and
contradictions that are only named, since the strict reader behind refuses the
file for them with a report.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dcs.catalog import Problem, ProblemSeverity
from dcs.engines.scanner import (
    Scan,
    Scanner,
    ScannerUnavailableError,
    Verdict,
    VerdictKind,
    scanner_for,
    worst,
)
from dcs.ingestion.declared import Declared, Ends, judge_ends
from dcs.ingestion.spreadsheets import Part, check_parts, is_spreadsheet
from dcs.ingestion.text import Text
from dcs.validation import (
    Caps,
    Compression,
    Content,
    Member,
    UnpackError,
    binary_kind,
    compression_of,
    member_bytes,
    members_of,
    nested,
    unpacked,
    utf16_kind,
)

TASK = "dcs.ingestion.inspection:inspect_in_child"
REVISION_TASK = "dcs.ingestion.inspection:revision_in_child"


@dataclass(frozen=True, slots=True)
class Inspection:
    """
    What was found.

    Attributes:
        verdict: About malware alone: ``clean``, ``infected``, ``too_large`` or ``error``;
            ``unscanned`` where nobody looked, or not at everything.
        threat: The name of the malware.
        content: What the file really is, where that is not text.
        problems: What speaks against the file besides.
        revision: What scanned, and what it knew.
    """

    verdict: str
    threat: str | None
    content: str | None
    problems: tuple[Problem, ...] = ()
    revision: str | None = None

    @property
    def hostile(self) -> tuple[Problem, ...]:
        """Return the problems for which the file must wait in quarantine, whatever the verdict."""
        return tuple(each for each in self.problems if each.severity is ProblemSeverity.HOSTILE)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Inspection":
        """Read what the child answered."""
        problems = tuple(Problem.from_json(each) for each in data.get("problems", ()))
        return cls(data["verdict"], data["threat"], data["content"], problems, data.get("revision"))

    def to_json(self) -> dict[str, Any]:
        """Return it as the child answers."""
        return {
            "verdict": self.verdict,
            "threat": self.threat,
            "content": self.content,
            "problems": [problem.to_json() for problem in self.problems],
            "revision": self.revision,
        }


def inspect_in_child(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """
    Inspect a file; the sandbox's task.

    Args:
        arguments: ``path`` of the file; ``filename`` as its sender calls it; ``scanner``,
            an address or None; ``scan``, False to look for no malware; ``caps``.
    """
    scan = arguments.get("scan", True)
    return inspect_file(
        Path(arguments["path"]),
        filename=arguments["filename"],
        scanner=scanner_for(arguments.get("scanner")) if scan else None,
        caps=Caps.from_json(arguments.get("caps", {})),
    ).to_json()


def revision_in_child(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Say what ``scanner`` scans with now; the sandbox's task."""
    return {"revision": scanner_for(arguments["scanner"]).revision}


def inspect_file(
    path: Path, *, filename: str, scanner: Scanner | None, caps: Caps | None = None
) -> Inspection:
    """
    Inspect a file in bounded memory.

    Args:
        path: The file.
        filename: Its name, whose ending says what it should be.
        scanner: Looks for malware; None for nobody.
        caps: What the file may unfold to.

    Raises:
        OSError: The file cannot be read.
    """
    look = _Look(path, Declared.by(filename), scanner, caps or Caps())
    look.run()
    verdict = look.verdict()
    return Inspection(
        verdict.kind.value,
        verdict.threat,
        binary_kind(look.ends.head) or utf16_kind(look.ends.head),
        tuple(look.problems),
        _revision(scanner),
    )


@dataclass(slots=True)
class _Look:
    """One file under inspection."""

    path: Path
    declared: Declared
    scanner: Scanner | None
    caps: Caps
    ends: Ends = field(init=False)
    problems: list[Problem] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)

    def run(self) -> None:
        """Judge the two ends, then decode, watch and scan every byte."""
        self.ends = Ends.of(self.path)
        self.problems += judge_ends(self.ends, self.declared.outer)
        packing = compression_of(self.ends.head)
        scan = None if self.scanner is None else self.scanner.begin()
        try:
            self._decode(packing, scan)
        except UnpackError as error:
            self._refuse(error, packing)
        finally:
            if scan is not None:
                self.verdicts.append(scan.finish())

    def verdict(self) -> Verdict:
        """Return the worst of what was said about malware."""
        return worst(self.verdicts)

    def _decode(self, packing: Compression | None, scan: Scan | None) -> None:
        if packing is Compression.ZIP:
            self._scan_stored_bytes()  # bytes between the members are in no member
        if packing is Compression.ZIP and (
            self.declared.spreadsheet or not self._as_declared(packing)
        ):
            chunks = self._members()
        else:
            chunks = self._stream(packing)
        for chunk in chunks:
            if scan is not None:
                scan.feed(chunk)

    def _stream(self, packing: Compression | None) -> Iterator[bytes]:
        """Yield the decoded file, and name what its text should not have."""
        inner, text = Ends(), Text(self.caps)
        is_text = self.declared.inner is Content.TEXT
        for chunk in unpacked(self.path, self.caps):
            inner.feed(chunk)
            if is_text:
                text.feed(chunk)
            yield chunk
        if packing is not None and self._as_declared(packing):
            self.problems += judge_ends(inner, self.declared.inner)
        if is_text and binary_kind(inner.head) is None and utf16_kind(inner.head) is None:
            self.problems += text.problems()

    def _members(self) -> Iterator[bytes]:
        """Yield the decoded members of an archive, in bounded parts as the readers see them."""
        members = members_of(self.path, self.caps)
        if self.declared.spreadsheet:
            check_parts(members)
            if not is_spreadsheet(members):
                detail = "The archive holds no workbook."
                self.problems.append(
                    Problem("type_mismatch", detail, None, ProblemSeverity.MISMATCH)
                )
        for member in members:
            yield from self._member(member)

    def _member(self, member: Member) -> Iterator[bytes]:
        part = Part(member.name, self.caps) if self.declared.spreadsheet else None
        first = True
        for chunk in member_bytes(self.path, member):
            if first and compression_of(chunk) is not None:
                raise nested()
            first = False
            if part is not None:
                part.feed(chunk)
            yield chunk
        if part is not None:
            part.finish()

    def _refuse(self, error: UnpackError, packing: Compression | None) -> None:
        """
        Keep why the file was not decoded to its end.

        A file that is packed against its name is opened by no reader: it is scanned
        as it is, and the strict reader names it. One that is what it says waits.
        """
        if packing is not None and not self._as_declared(packing):
            self.problems.append(Problem(error.rule, error.message, None, ProblemSeverity.MISMATCH))
            if packing is not Compression.ZIP:
                self._scan_stored_bytes()
            return
        self.problems.append(Problem(error.rule, error.message))
        bomb = error.rule.startswith("bomb_")
        self.verdicts.append(Verdict(VerdictKind.TOO_LARGE if bomb else VerdictKind.UNSCANNED))

    def _as_declared(self, packing: Compression) -> bool:
        return self.declared.outer.value == packing.value

    def _scan_stored_bytes(self) -> None:
        if self.scanner is not None:
            self.verdicts.append(self.scanner.scan(self.path))


def _revision(scanner: Scanner | None) -> str | None:
    """Return what scanned; a scanner that does not answer has said so in its verdict."""
    if scanner is None:
        return None
    try:
        return scanner.revision
    except ScannerUnavailableError:
        return None
