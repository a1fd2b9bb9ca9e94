"""Find rows that repeat an earlier one, by the hashes that the first pass left."""

import math
from pathlib import Path

import numpy as np

from dcs.validation.models import SAMPLES
from dcs.validation.statistics.located import Located

AT_ONCE = 2 * 1024 * 1024  # hashes that are sorted in memory at once
WORD = 8


def repeated_rows(hashes: Path) -> Located:
    """
    Return the rows that are the same as an earlier one in every column.

    Memory does not grow with the rows: where there are many, those whose hashes have the
    same leading bits are taken together, one reading of the file for each group. Two
    different rows have the same hash of 64 bits with a chance of one in 2^64 a pair.
    """
    rows = hashes.stat().st_size // WORD
    bits = math.ceil(math.log2(rows / AT_ONCE)) if rows > AT_ONCE else 0
    found = Located()
    for group in range(1 << bits):
        places, values = _group(hashes, group, bits)
        found += _repeats(places, values)
    return found


def _group(hashes: Path, group: int, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the hashes that begin with some bits, and their places from 0."""
    places, values = [], []
    begin = 0
    with hashes.open("rb") as source:
        while len(part := np.fromfile(source, np.uint64, AT_ONCE)):
            chosen = (
                np.flatnonzero(part >> np.uint64(64 - bits) == group)
                if bits
                else np.arange(len(part))
            )
            places.append(begin + chosen)
            values.append(part[chosen])
            begin += len(part)
    if not values:
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    return np.concatenate(places), np.concatenate(values)


def _repeats(places: np.ndarray, values: np.ndarray) -> Located:
    """Return which of these rows have a hash that an earlier one has."""
    ordered = np.sort(values)
    if not (ordered[1:] == ordered[:-1]).any():  # as nearly always; a third of the time
        return Located()
    order = np.argsort(values, kind="stable")  # equal ones stay in the order of their rows
    ordered = values[order]
    later = order[1:][ordered[1:] == ordered[:-1]]
    first = np.sort(places[later])[:SAMPLES]
    return Located.of(len(later), first + 1)
