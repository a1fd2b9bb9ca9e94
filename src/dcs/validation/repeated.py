"""Find rows that repeat an earlier one, by the hashes that the first pass left."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dcs.validation.models import SAMPLES
from dcs.validation.statistics.located import Located

AT_ONCE = 8 * 1024 * 1024  # hashes that are sorted in memory at once
WORD = 8


def repeated_rows(hashes: Path) -> Located:
    """
    Return the rows that are the same as an earlier one in every column.

    Memory stays at 64 MiB a sort: where there are more rows, those with the same
    leading bits are taken together. Two different rows have the same hash of 64
    bits with a chance of one in 2^64 a pair.
    """
    rows = hashes.stat().st_size // WORD
    if not rows:
        return Located()
    known = np.memmap(hashes, np.uint64, "r")
    bits = max(0, int(np.ceil(np.log2(rows / AT_ONCE)))) if rows > AT_ONCE else 0
    found = Located()
    for places, values in _groups(known, bits):
        found += _repeats(places, values)
    return found


def _groups(known: np.ndarray, bits: int) -> Iterator[tuple[np.ndarray | None, np.ndarray]]:
    """Yield row positions and hashes of each group; None for the positions of all rows."""
    if not bits:
        yield None, np.asarray(known)
        return
    shift = np.uint64(64 - bits)
    for group in range(1 << bits):
        places = [
            begin + np.flatnonzero((known[begin : begin + AT_ONCE] >> shift) == group)
            for begin in range(0, len(known), AT_ONCE)
        ]
        chosen = np.concatenate(places)
        yield chosen, known[chosen]


def _repeats(places: np.ndarray | None, values: np.ndarray) -> Located:
    ordered = np.sort(values)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(repeated):
        return Located()
    count = len(values) - len(np.unique(ordered))
    suspects = np.flatnonzero(np.isin(values, repeated))
    _, firsts = np.unique(values[suspects], return_index=True)
    later = np.delete(suspects, firsts)[:SAMPLES]
    rows = (later if places is None else places[later]) + 1
    return Located.of(count, rows)
