"""What a column is of: the kind whose prior times evidence is highest, if it is high enough."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dcs.validation.personal_columns.kernels import facts as f
from dcs.validation.personal_columns.kinds import ENTITIES, REPORTED, SILENT, WEIGHTS, Kind

ENOUGH = 20  # cells, and different values, of a column that its name says nothing about
COMPANIES = 0.5  # cells with a word for a firm, for each that could be a name, above which none is
OLDEST = 150  # years ago that anybody in a file was born
SPREAD = 5  # lengths next to each other that most account numbers and postal codes have
ONE_LENGTH = frozenset({Kind.ACCOUNT, Kind.POSTAL_CODE})
BIRTHS = frozenset({Kind.BIRTH_DATE, Kind.BIRTH_YEAR})
NAMES = frozenset({Kind.FULL_NAME, Kind.FIRST_NAME, Kind.LAST_NAME})


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What a column is of.

    Attributes:
        cells: How many count for it.
        score: Prior times evidence.
        sign: What the cells were counted by.
        said: What the column's name said.
    """

    kind: Kind
    cells: int
    score: float
    sign: int
    said: str

    @property
    def entity(self) -> str:
        """What a report calls it."""
        return ENTITIES[self.kind]

    @property
    def told_by(self) -> str:
        """What made it sure, in words for people."""
        by = "its values" if self.said == SILENT else "the column's name and values"
        return f"{self.kind}, by {by}"


def verdict_of(
    says: Mapping[Kind, str], counts: np.ndarray, filled: int, distinct: int, year: int
) -> Verdict | None:
    """
    Weigh what was counted.

    Args:
        says: What the column's name says of each kind.
        counts: As the kernel counted them.
        filled: Cells that are not empty.
        distinct: Different values.
        year: The present one; nobody is born later.

    Returns:
        The surest kind, or None where none is sure enough.
    """
    best: Verdict | None = None
    for kind, said in says.items():
        if said == SILENT and min(filled, distinct) < ENOUGH:
            continue
        weight = WEIGHTS[kind][said]
        cells = _cells(kind, weight.sign, counts, year)
        if kind in NAMES and counts[f.COMPANY_LIKE] > COMPANIES * cells:
            continue
        score = weight.prior * min(cells / filled, 1.0) if filled else 0.0
        if score >= REPORTED and (best is None or score > best.score):
            best = Verdict(kind, cells, round(score, 3), weight.sign, said)
    return best


def _cells(kind: Kind, sign: int, counts: np.ndarray, year: int) -> int:
    """Return how many cells speak for a kind."""
    cells = int(counts[sign])
    if kind in BIRTHS:
        first = max(year - OLDEST - f.FIRST_YEAR, 0)
        alive = counts[f.YEARS + first : f.YEARS + year - f.FIRST_YEAR + 1]
        return min(cells, int(alive.sum()))
    if kind in ONE_LENGTH:
        lengths = counts[f.LENGTHS : f.LENGTHS + f.MOST_CHARACTERS + 1]
        windows = np.convolve(lengths, np.ones(SPREAD, np.int64), mode="valid")
        return min(cells, int(windows.max()))
    return cells
