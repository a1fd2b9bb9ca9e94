"""Counted rows, the first of them by number."""

from collections.abc import Iterable
from dataclasses import dataclass

from dcs.validation.models import SAMPLES


@dataclass(frozen=True, slots=True)
class Located:
    """
    How many rows something is true of, and the first of them.

    Attributes:
        rows: At most `SAMPLES`, in order.
    """

    count: int = 0
    rows: tuple[int, ...] = ()

    def __add__(self, other: "Located") -> "Located":
        return Located(self.count + other.count, tuple(sorted((*self.rows, *other.rows))[:SAMPLES]))

    @classmethod
    def of(cls, count: int, rows: Iterable[int]) -> "Located":
        """Return *count* rows of which *rows* lists the first, with unused places behind."""
        listed = [int(row) for row in rows]
        return cls(count, tuple(listed[: min(count, SAMPLES)]))
