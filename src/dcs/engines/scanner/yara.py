"""
YARA-X rules over the whole file, in windows that overlap.

The engine scans bytes in memory, so a large file passes as windows. What lies
across a border is found because each window begins with the end of the one
before it; a rule's text is far shorter than that overlap. ``filesize`` and
offsets in a rule are the window's and therefore of no use.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path

import yara_x

from dcs.engines.scanner import Scan, ScannerUnavailableError, Verdict, VerdictKind
from dcs.engines.scanner.windows import OVERLAP, Windows

__all__ = ["OVERLAP", "RULES", "WINDOW", "YaraScanner"]

WINDOW = 2 * 1024 * 1024  # stays in the processor's cache: 8 MiB windows cost 10 % more
SECONDS = 60  # for one window
READ = 1024 * 1024
RULES = Path(__file__).parent / "rules"
# Joined at run time: written whole or added up, the compiled module would carry the string.
_CANARY = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-", rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"))


class YaraScanner:
    """Scan with a folder of rules, by default those of this package."""

    def __init__(self, rules: Path = RULES) -> None:
        sources = {path.name: path.read_text("utf-8") for path in sorted(rules.glob("*.yar"))}
        digest = hashlib.sha256("\0".join(sources.values()).encode()).hexdigest()
        self._revision = f"yara-x {version('yara-x')} rules {digest[:12]}"
        self._rules = _compile(sources)
        self._prove()

    @property
    def revision(self) -> str:
        """Name the engine's version and the rules."""
        return self._revision

    def begin(self) -> Scan:
        """Begin a scan of its own; it may not leave the thread it was begun in."""
        return _YaraScan(self._rules)

    def scan(self, path: Path) -> Verdict:
        """Scan window by window; the first match ends it."""
        scan = _YaraScan(self._rules)
        try:
            with path.open("rb", buffering=0) as source:
                while not scan.decided and (chunk := source.read(READ)):
                    scan.feed(chunk)
        except OSError:
            return Verdict(VerdictKind.ERROR)
        return scan.finish()

    def _prove(self) -> None:
        """Rules that miss the standard test string would call everything clean."""
        scan = self.begin()
        scan.feed(b"-" + _CANARY + b"-")
        if scan.finish().kind is not VerdictKind.INFECTED:
            raise ScannerUnavailableError(
                "The malware rules do not find the standard test string. Install them again."
            )


class _YaraScan:
    """One stream; the first match or failure decides it."""

    def __init__(self, rules: yara_x.Rules) -> None:
        self._scanner = yara_x.Scanner(rules)
        self._scanner.set_timeout(SECONDS)
        self._windows = Windows(WINDOW)
        self._verdict: Verdict | None = None

    @property
    def decided(self) -> bool:
        """Whether more bytes would not change the verdict."""
        return self._verdict is not None

    def feed(self, chunk: bytes) -> None:
        """Scan each window that is full."""
        if self._verdict is None:
            for window in self._windows.add(chunk):
                self._look(window)

    def finish(self) -> Verdict:
        """Scan the last window."""
        if self._verdict is None:
            for window in self._windows.rest():
                self._look(window)
        return self._verdict or Verdict(VerdictKind.CLEAN)

    def _look(self, window: bytes) -> None:
        if self._verdict is not None:
            return
        try:
            matches = self._scanner.scan(window).matching_rules
        except (yara_x.ScanError, yara_x.TimeoutError):
            self._verdict = Verdict(VerdictKind.ERROR)
            return
        for rule in matches:
            self._verdict = Verdict(VerdictKind.INFECTED, str(rule.identifier))
            return


def _compile(sources: dict[str, str]) -> yara_x.Rules:
    compiler = yara_x.Compiler()
    try:
        for name, source in sources.items():
            compiler.add_source(source, origin=name)
    except yara_x.CompileError as error:
        raise ScannerUnavailableError(
            f"A malware rule cannot be compiled. Mend it and start again: {error}"
        ) from error
    return compiler.build()
