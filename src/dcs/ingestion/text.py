"""What text should not have: NUL bytes, many control characters, endless lines."""

from collections.abc import Iterator

from dcs.catalog import Problem, ProblemSeverity
from dcs.validation import Caps

SAMPLE = 1024 * 1024
# Random bytes have 11 % of these, published tables none: whatever has 5 % is no text.
CONTROL_SHARE = 0.05
_CONTROL = bytes(sorted({*range(0x20), 0x7F} - set(b"\t\n\v\f\r")))


class Text:
    """Decoded text, taken in chunks; cheap enough for every byte."""

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._size = 0
        self._run = 0  # bytes since the last end of a line
        self._nul: int | None = None
        self._long: int | None = None
        self._controls = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        if self._nul is None and (place := chunk.find(0)) >= 0:
            self._nul = self._size + place
        if self._size < SAMPLE:
            self._controls += len(chunk) - len(chunk.translate(None, _CONTROL))
        if self._long is None:
            self._measure(chunk)
        self._size += len(chunk)

    def problems(self) -> Iterator[Problem]:
        """Name what was found; the reader behind decides whether it can live with it."""
        if self._nul is not None:
            detail = "The text has a NUL byte."
            yield Problem("nul_bytes", detail, self._nul, ProblemSeverity.MISMATCH)
        if self._controls > CONTROL_SHARE * min(self._size, SAMPLE):
            detail = "Many of the first bytes are control characters; this is no text."
            yield Problem("control_characters", detail, None, ProblemSeverity.MISMATCH)
        if self._long is not None:
            detail = f"A line is longer than {self._caps.line:,} bytes."
            yield Problem("long_line", detail, self._long, ProblemSeverity.MISMATCH)

    def _measure(self, chunk: bytes) -> None:
        """Look for a line beyond the cap; one inside a chunk can be no longer than the chunk."""
        end = b"\n" if b"\n" in chunk else b"\r"
        first, last = chunk.find(end), chunk.rfind(end)
        longest = self._run + (first if first >= 0 else len(chunk))
        if first >= 0 and last - first > self._caps.line:
            longest = max(longest, *map(len, chunk[first:last].split(end)))
        if longest > self._caps.line:
            self._long = self._size
        self._run = self._run + len(chunk) if first < 0 else len(chunk) - last - 1
