"""
YARA-X rules over the whole file, in windows that overlap.

The engine scans bytes in memory, so a large file passes as windows. What lies
across a border is found because each window begins with the end of the one
before it; a rule's text is far shorter than that overlap.
"""

from pathlib import Path

import yara_x

from dcs.engines.scanner import Verdict, VerdictKind

WINDOW = 8 * 1024 * 1024
OVERLAP = 64 * 1024
SECONDS = 60  # for one window
RULES = Path(__file__).parent / "rules"


class YaraScanner:
    """Scan with the rules of this package."""

    def __init__(self, rules: Path = RULES) -> None:
        compiler = yara_x.Compiler()
        for path in sorted(rules.glob("*.yar")):
            compiler.add_source(path.read_text(encoding="utf-8"), origin=path.name)
        self._scanner = yara_x.Scanner(compiler.build())
        self._scanner.set_timeout(SECONDS)

    def scan(self, path: Path) -> Verdict:
        """Scan window by window; the first match ends it."""
        try:
            return self._scan(path)
        except (OSError, yara_x.ScanError, yara_x.TimeoutError):
            return Verdict(VerdictKind.ERROR)

    def _scan(self, path: Path) -> Verdict:
        tail = b""
        with path.open("rb") as source:
            while chunk := source.read(WINDOW):
                window = tail + chunk
                matches = self._scanner.scan(window).matching_rules
                for rule in matches:
                    return Verdict(VerdictKind.INFECTED, rule.identifier)
                tail = window[-OVERLAP:]
        return Verdict(VerdictKind.CLEAN)
