"""How much a file may unfold to, and the refusal of one that goes beyond."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

MIB = 1024**2
GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Caps:
    """
    What one file may cost whoever reads it.

    Attributes:
        ratio: Decoded bytes for each stored byte, once *slack* is used up.
        slack: Decoded bytes that are allowed whatever the ratio.
        size: Decoded bytes of the whole file.
        window: Bytes a Zstandard frame may ask its reader to remember.
        members: Entries of an archive.
        directory: Bytes of an archive's directory.
        line: Bytes of one line of text.
        cells: Cells that a spreadsheet's outermost references span.
    """

    ratio: int = 200
    slack: int = 64 * MIB
    size: int = 50 * GIB
    window: int = 128 * MIB
    members: int = 10_000
    directory: int = 16 * MIB
    line: int = MIB
    cells: int = 50_000_000

    def to_json(self) -> dict[str, int]:
        """Return them as a child process is given them."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, int]) -> "Caps":
        """Read what `to_json` wrote; what is missing has its usual value."""
        return cls(**data)


class UnpackError(Exception):
    """
    A compressed file that is broken, hides something or unfolds without bound.

    Attributes:
        rule: A stable name of what is wrong, for example ``gzip_truncated``.
        message: What is wrong, without any of the content.
        fix: What would mend it.
    """

    def __init__(self, rule: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.fix = fix


class Meter:
    """Count what went in and came out, and refuse what grows beyond the caps."""

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._read = 0
        self._decoded = 0

    def read(self, count: int) -> None:
        """Add bytes of the stored file."""
        self._read += count

    def decoded(self, count: int) -> None:
        """
        Add decoded bytes.

        Raises:
            UnpackError: ``bomb_size`` or ``bomb_ratio``.
        """
        self._decoded += count
        check_growth(self._read, self._decoded, self._caps)


def check_growth(stored: int, decoded: int, caps: Caps) -> None:
    """
    Compare what a file unfolds to with what it may.

    Raises:
        UnpackError: ``bomb_size`` or ``bomb_ratio``.
    """
    if decoded > caps.size:
        raise UnpackError(
            "bomb_size",
            f"The file unfolds to more than {caps.size:,} bytes.",
            "Split it into smaller files.",
        )
    if decoded > caps.slack + caps.ratio * stored:
        raise UnpackError(
            "bomb_ratio",
            f"The file unfolds to more than {caps.ratio:,} times its size.",
            "Send it without compression; files of data do not shrink that much.",
        )
