"""Count what the cells of one column could be, batch by batch; parts of a column add up to the whole."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from dcs.validation.personal_columns.kernels import facts as f
from dcs.validation.personal_columns.kernels.cells import tally_cells
from dcs.validation.personal_columns.lexicon import lexicon, regions
from dcs.validation.personal_columns.naming import naming_of
from dcs.validation.personal_columns.verdict import Verdict, verdict_of
from dcs.validation.personal_names.tokens import FOLDS


class KindScan:
    """
    Tell what a whole column is of, from its name and from every one of its cells.

    Only counts and row numbers are kept, so there is no value to lose. Merging is
    associative, and any split of the rows gives what one pass gives.

    Args:
        name: The column's name.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._naming = naming_of(name)
        size = f.COUNTS if self._naming.wants_digits else f.SIGNS
        self._counts = np.zeros(size if self._naming.says else 0, np.int64)
        self._firsts: dict[int, list[int]] = {}

    def look_at_text(self, data: np.ndarray, offsets: np.ndarray, first_row: int) -> None:
        """
        Look at every cell of a batch of texts.

        Args:
            data: UTF-8.
            offsets: Where each cell begins and the last one ends; an empty cell has no bytes.
            first_row: The row of the first cell.
        """
        if not self._naming.says:
            return
        counts = np.zeros_like(self._counts)
        firsts = np.zeros(f.SIGNS * f.FIRSTS, np.int64)
        facts = np.zeros(f.FACTS, np.int64)
        tally_cells(
            data, offsets, lexicon(), FOLDS, regions(), self._naming.wanted, first_row,
            facts, counts, firsts,
        )  # fmt: skip
        self._add(counts, firsts.reshape(f.SIGNS, f.FIRSTS))

    def look_at_digits(self, data: np.ndarray, offsets: np.ndarray, first_row: int) -> None:
        """Look at whole numbers as they are written, if the column's name makes that worth it."""
        if self._naming.wants_digits:
            self.look_at_text(data, offsets, first_row)

    def look_at_integers(self, values: np.ndarray, valid: np.ndarray, first_row: int) -> None:
        """Look at whole numbers that came without their texts."""
        if not self._naming.wants_digits or not len(values):
            return
        texts = pa.array(values, mask=valid == 0).cast(pa.string()).fill_null("")
        _, offsets, data = texts.buffers()
        self.look_at_text(
            np.frombuffer(data, np.uint8) if data.size else np.zeros(1, np.uint8),
            np.frombuffer(offsets, np.int32)[: len(texts) + 1],
            first_row,
        )

    def look_at_moments(
        self, values: np.ndarray, unit: str, valid: np.ndarray, first_row: int
    ) -> None:
        """
        Look at dates or times.

        Args:
            values: Since 1970, in whole *unit*: ``D``, ``s``, ``ms``, ``us`` or ``ns``.
        """
        if not self._naming.wanted & f.WANT_DATE:
            return
        moments = values.astype(np.int64).view(f"datetime64[{unit}]")
        years = moments.astype("datetime64[Y]").astype(np.int64) + 1970
        there = (valid.view(bool)) & (years >= f.FIRST_YEAR) & (years <= f.LAST_YEAR)
        rows = np.flatnonzero(there)
        counts = np.zeros_like(self._counts)
        counts[f.DATE] = len(rows)
        counts[f.YEARS :] = np.bincount(years[rows] - f.FIRST_YEAR, minlength=f.COUNTS - f.YEARS)
        firsts = np.zeros((f.SIGNS, f.FIRSTS), np.int64)
        first = rows[: f.FIRSTS] + first_row
        firsts[f.DATE, : len(first)] = first
        self._add(counts, firsts)

    def merge(self, other: "KindScan") -> None:
        """Add what was counted in another part of the column."""
        self._counts += other._counts
        for sign, rows in other._firsts.items():
            self._keep(sign, rows)

    def verdict(self, filled: int, distinct: int, year: int) -> Verdict | None:
        """
        Say what the column is of; None where nothing is sure enough.

        Args:
            filled: Cells that are not empty.
            distinct: Different values.
            year: The present one.
        """
        if not self._naming.says:
            return None
        return verdict_of(self._naming.says, self._counts, filled, distinct, year)

    def rows(self, verdict: Verdict) -> list[int]:
        """Return the first rows whose cells count for a verdict."""
        return list(self._firsts.get(verdict.sign, ()))

    @property
    def is_somebodys(self) -> bool:
        """Whether the column's name ties it to persons, whatever else the table has."""
        return self._naming.is_somebodys

    def to_state(self) -> dict[str, Any]:
        """Return what another process needs to go on: counts and row numbers."""
        firsts = {str(sign): rows for sign, rows in sorted(self._firsts.items())}
        return {"counts": self._counts, "firsts": firsts}

    @classmethod
    def from_state(cls, name: str, state: Mapping[str, Any]) -> "KindScan":
        """Return what `to_state` was asked of."""
        made = cls(name)
        made._counts[:] = state["counts"]
        made._firsts = {int(sign): list(rows) for sign, rows in state["firsts"].items()}
        return made

    def _add(self, counts: np.ndarray, firsts: np.ndarray) -> None:
        self._counts += counts
        for sign in np.flatnonzero(counts[: f.SIGNS]).tolist():
            self._keep(sign, firsts[sign, : min(int(counts[sign]), f.FIRSTS)].tolist())

    def _keep(self, sign: int, rows: list[int]) -> None:
        kept = self._firsts.get(sign, [])
        if len(kept) < f.FIRSTS or rows[0] < kept[-1]:
            self._firsts[sign] = sorted(kept + rows)[: f.FIRSTS]
