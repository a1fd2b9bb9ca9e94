"""
How many different values a column has: exactly while they are few, estimated when they are many.

Two columns add up to the same as one, in any order and however they were cut:
a table of hashes is kept until there are too many of them, and from then on
only registers, which those hashes would have filled in the same way. Estimate:
Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dcs.validation.kernels.hashing import (
    EMPTY,
    REGISTER_BITS,
    REGISTERS,
    count_hashes,
    merge_counts,
    note_registers,
)

SMALLEST = 256  # places of a table to begin with
EXACT = 12_288  # different values that are counted exactly
STANDARD_ERROR = 1.04 / REGISTERS**0.5  # 0.8 %


@dataclass(frozen=True, slots=True)
class Frequent:
    """A value that occurs often: its hash, how often, and the first row that has it."""

    hash: int
    count: int
    first_row: int


class Distinct:
    """The different values of one column, seen so far."""

    def __init__(self, most: int = EXACT) -> None:
        self._most = most
        self._keys = np.zeros(SMALLEST, np.uint64)
        self._counts = np.zeros(SMALLEST, np.int64)
        self._firsts = np.zeros(SMALLEST, np.int64)
        self._registers: np.ndarray | None = None

    @property
    def is_exact(self) -> bool:
        """Whether the values are still counted one by one."""
        return self._registers is None

    def expect_many(self) -> None:
        """Only estimate from now on: what this will be added to has too many already."""
        if self._registers is None:
            self._give_up()

    def add(self, hashes: np.ndarray, valid: np.ndarray, first_row: int) -> None:
        """Add one batch; hashes are never 0 where *valid* is 1."""
        row, rows = 0, len(valid)
        while self._registers is None and row < rows:
            row = count_hashes(
                hashes, valid, row, rows, first_row, self._keys, self._counts, self._firsts
            )
            if row < rows:
                self._make_room()
        if self._registers is not None and row < rows:
            note_registers(hashes, valid, row, rows, self._registers)

    def merge(self, other: "Distinct") -> None:
        """Add what another part of the column has."""
        if other._registers is not None:
            self.expect_many()
        if self._registers is None:
            self._merge_tables(other)
        if self._registers is not None:
            theirs = other._registers
            if theirs is None:
                self._note(other._keys)
            else:
                np.maximum(self._registers, theirs, out=self._registers)

    def count(self) -> int:
        """Return the number of different values; an estimate unless `is_exact`."""
        if self._registers is None:
            return int((self._keys != EMPTY).sum())
        return round(_estimate(self._registers))

    def frequent(self, most: int) -> tuple[Frequent, ...]:
        """Return the most frequent values, the first seen first among equals; () if only estimated."""
        if self._registers is not None:
            return ()
        places = np.flatnonzero(self._keys != EMPTY)
        order = np.lexsort((self._firsts[places], -self._counts[places]))[:most]
        return tuple(
            Frequent(int(self._keys[place]), int(self._counts[place]), int(self._firsts[place]))
            for place in places[order]
        )

    def to_state(self) -> dict[str, Any]:
        """Return arrays that `from_state` understands."""
        if self._registers is not None:
            return {"most": self._most, "registers": self._registers}
        used = self._keys != EMPTY
        return {
            "most": self._most,
            "keys": self._keys[used],
            "counts": self._counts[used],
            "firsts": self._firsts[used],
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Distinct":
        """Return what `to_state` was asked of."""
        made = cls(state["most"])
        if "registers" in state:
            made._registers = np.array(state["registers"], np.uint8)
        else:
            made._keys, made._counts, made._firsts = _table(state, len(state["keys"]))
        return made

    def _merge_tables(self, other: "Distinct") -> None:
        room = int((self._keys != EMPTY).sum() + (other._keys != EMPTY).sum())
        mine = {"keys": self._keys, "counts": self._counts, "firsts": self._firsts}
        self._keys, self._counts, self._firsts = _table(mine, room)
        used = merge_counts(
            other._keys, other._counts, other._firsts, self._keys, self._counts, self._firsts
        )
        if used > self._most:
            self._give_up()

    def _make_room(self) -> None:
        """Double the table, or give it up if it holds as many as it may."""
        used = int((self._keys != EMPTY).sum())
        if used >= self._most:
            self._give_up()
            return
        mine = {"keys": self._keys, "counts": self._counts, "firsts": self._firsts}
        self._keys, self._counts, self._firsts = _table(mine, used * 2)

    def _give_up(self) -> None:
        self._registers = np.zeros(REGISTERS, np.uint8)
        self._note(self._keys)
        self._keys = self._counts = self._firsts = np.zeros(0, np.uint64)

    def _note(self, keys: np.ndarray) -> None:
        valid = (keys != EMPTY).view(np.uint8)
        note_registers(keys, valid, 0, len(keys), self._registers)


def _table(state: Mapping[str, Any], room: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a table with the entries of another and room for *room*."""
    size = SMALLEST
    while size - size // 4 < room:
        size *= 2
    keys = np.zeros(size, np.uint64)
    counts, firsts = np.zeros(size, np.int64), np.zeros(size, np.int64)
    merge_counts(state["keys"], state["counts"], state["firsts"], keys, counts, firsts)
    return keys, counts, firsts


def _estimate(registers: np.ndarray) -> float:
    """Return Ertl's improved estimate, without bias from nothing to 2^64."""
    most = 64 - REGISTER_BITS
    counts = np.bincount(registers, minlength=most + 2)
    total = REGISTERS * _tau(1.0 - counts[most + 1] / REGISTERS)
    for run in range(most, 0, -1):
        total = 0.5 * (total + float(counts[run]))
    total += REGISTERS * _sigma(counts[0] / REGISTERS)
    if not math.isfinite(total):
        return 0.0
    return REGISTERS * REGISTERS / (2.0 * math.log(2.0)) / total


def _sigma(x: float) -> float:
    if x == 1.0:
        return float("inf")
    power, total = 1.0, x
    while True:
        x *= x
        before = total
        total += x * power
        power += power
        if total == before:
            return total


def _tau(x: float) -> float:
    if x in (0.0, 1.0):
        return 0.0
    power, total = 1.0, 1.0 - x
    while True:
        x **= 0.5
        before = total
        power *= 0.5
        total -= (1.0 - x) ** 2 * power
        if total == before:
            return total / 3.0
