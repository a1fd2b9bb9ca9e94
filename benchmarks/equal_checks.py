"""
The checks that everybody is asked, so that what they cost can be compared.

They are data, written once and read in every peer's environment: nothing but the
standard library is imported. Each is answered with the number of cells or rows that
fail it, under its ``key``; an empty cell fails no check but that for empty cells.
"""

from dataclasses import dataclass
from enum import StrEnum

COLUMNS = (
    "id", "quantity", "amount", "score", "ratio", "active", "created_at", "due_on", "order_id", "full_name",
    "email", "phone", "card", "ssn", "ip", "iban", "city", "category", "note", "code",
)  # fmt: skip
TEXTS = ("card",)  # sixteen digits that are no number: read by inference they would lose some
DEVIATIONS = 3.0
IQR_FACTOR = 1.5


class Kind(StrEnum):
    """What is counted."""

    NULLS = "nulls"  # empty cells
    FORMAT = "format"  # cells that the pattern does not match from end to end
    ZSCORE = "zscore"  # further than DEVIATIONS population deviations from the mean
    IQR = "iqr"  # beyond the quartiles (linear interpolation) by IQR_FACTOR times their distance
    UNIQUE = "unique"  # rows whose value occurs more than once
    ENUM = "enum"  # cells that are none of the allowed
    RANGE = "range"  # numbers outside the bounds, which themselves are allowed


@dataclass(frozen=True)
class EqualCheck:
    """One check of one column, with what its kind needs."""

    kind: Kind
    column: str
    pattern: str = ""
    allowed: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0

    @property
    def key(self) -> str:
        """The name its count goes by."""
        return f"{self.kind}:{self.column}"


_NUMBERS = ("quantity", "amount", "score", "ratio")

# The bounds are such that a few per cent fail: a check that nothing fails would agree by chance.
EQUAL_CHECKS = (
    *(EqualCheck(Kind.NULLS, column) for column in COLUMNS),
    EqualCheck(Kind.FORMAT, "email", pattern=r"^[a-zA-Z0-9._%+-]{1,22}@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$"),
    EqualCheck(Kind.FORMAT, "phone", pattern=r"^\+1-[2-9]\d{2}-(?:[2-8]\d|9[0-7])\d-\d{4}$"),
    *(EqualCheck(Kind.ZSCORE, column) for column in _NUMBERS),
    *(EqualCheck(Kind.IQR, column) for column in _NUMBERS),
    EqualCheck(Kind.UNIQUE, "id"),
    EqualCheck(
        Kind.ENUM,
        "category",
        allowed=("garden", "kitchen", "office", "toys", "books", "outdoor", "pets"),
    ),
    EqualCheck(Kind.RANGE, "quantity", low=0.0, high=8.0),
)  # fmt: skip


def of_kind(kind: Kind) -> tuple[EqualCheck, ...]:
    """Return the checks of one kind."""
    return tuple(each for each in EQUAL_CHECKS if each.kind is kind)
