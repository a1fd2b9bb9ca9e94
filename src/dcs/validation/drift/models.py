"""
What is kept of a version so that the next one can be compared with it.

A sketch holds counts, quantiles and digests, never a value of a column with
personal data and never a text. It is small (at most 25 kB a column, of 500 columns), so versions can
be compared long after their rows are gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

SCHEMA = "dcs.sketch/v1"
KLL_SIZE = 400  # k of the quantile sketch: ranks are off by 0.7 % at most, in 99 of 100 sketches
PERCENTILES = 101  # 0, 1/100, …, 1
MOST_COLUMNS = 500  # whose values are sketched; of further ones only counts are kept
MOST_FREQUENT = 1_000  # columns of more different values are no categories
LENGTH_EDGES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 48, 64, 128, 256, 1_024)
"""Bucket *i* of `ColumnSketch.lengths` counts texts of at least so many characters; the last is open."""

NUMBERS = frozenset({"integer", "number"})
CATEGORIES = frozenset({"text", "boolean"})


@dataclass(frozen=True, slots=True)
class ColumnSketch:
    """
    What is kept of one column of one version.

    Attributes:
        type: As in the report: ``integer``, ``number``, ``boolean``, ``date``, ``timestamp`` or ``text``.
        nulls: Empty cells.
        filled: The others; both together are the rows.
        distinct: Different values.
        distinct_exact: Whether they were counted, not estimated.
        quantiles: Of numbers: the exact values at 0, 1/100, …, 1, linearly interpolated;
            empty for other types, without finite values and with personal data.
        kll: Of numbers: a ``kll_doubles_sketch(400)`` of the finite values, serialised, in
            base64; empty where *quantiles* are.
        frequent: Of texts and booleans: the keyed digest of each value and how often it is
            there, the most frequent first; complete where there are at most 1,000 different
            values, counted exactly; empty otherwise and with personal data.
        lengths: Of texts: how many have how many characters, by `LENGTH_EDGES`; empty for
            other types and with personal data.
        entities: Personal data: entity and cells.
    """

    name: str
    type: str
    nulls: int
    filled: int
    distinct: int
    distinct_exact: bool
    quantiles: tuple[float, ...] = ()
    kll: str = ""
    frequent: tuple[tuple[str, int], ...] = ()
    lengths: tuple[int, ...] = ()
    entities: tuple[tuple[str, int], ...] = ()

    @property
    def null_share(self) -> float:
        """Empty cells by all cells; 0 where there are none."""
        whole = self.nulls + self.filled
        return self.nulls / whole if whole else 0.0

    @property
    def is_category(self) -> bool:
        """Whether every value and its count is known by its digest."""
        return bool(self.frequent) and self.distinct_exact


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of one version."""

    rows: int
    columns: tuple[ColumnSketch, ...]

    def column(self, name: str) -> ColumnSketch | None:
        """Return the sketch of a column, or None."""
        return next((each for each in self.columns if each.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in their order."""
        return tuple(each.name for each in self.columns)

    def to_json(self) -> dict[str, Any]:
        """Return the sketch as the document ``dcs.sketch/v1``."""
        return {
            "schema": SCHEMA,
            "rows": self.rows,
            "columns": [asdict(each) for each in self.columns],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Sketch":
        """
        Read a stored sketch.

        Raises:
            ValueError: It is of another version of the format.
        """
        if data.get("schema") != SCHEMA:
            raise ValueError(f"{data.get('schema')} is not {SCHEMA}")
        return cls(data["rows"], tuple(_column(each) for each in data["columns"]))


def _column(data: Mapping[str, Any]) -> ColumnSketch:
    lists = {
        "quantiles": tuple(data["quantiles"]),
        "frequent": _pairs(data["frequent"]),
        "lengths": tuple(data["lengths"]),
        "entities": _pairs(data["entities"]),
    }
    return ColumnSketch(**{**data, **lists})


def _pairs(data: Sequence[Sequence[Any]]) -> tuple[tuple[str, int], ...]:
    return tuple((name, count) for name, count in data)
