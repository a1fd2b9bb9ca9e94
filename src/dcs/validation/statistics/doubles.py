"""Doubles in their order, counted by whole numbers."""

import numpy as np


def ordinal(value: float) -> int:
    """Return a whole number that grows by one from each double to the next."""
    bits = int(np.float64(value).view(np.int64))
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def double(place: int) -> float:
    """Return the double of an ordinal."""
    bits = place if place >= 0 else (-place) | (1 << 63)
    return float(np.uint64(bits).view(np.float64))
