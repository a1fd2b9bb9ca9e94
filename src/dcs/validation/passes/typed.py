"""Turn the texts of one batch of a column into the values of its type."""

from decimal import Decimal

import numpy as np

from dcs.validation.kernels.cells import NUMBER
from dcs.validation.kernels.values import (
    read_booleans,
    read_days,
    read_integers,
    read_moments,
    read_numbers,
)
from dcs.validation.statistics.texts import Texts


def typed_values(kind: str, texts: Texts, kinds: np.ndarray) -> np.ndarray:
    """
    Return the value of each cell, 0 for an empty one.

    Args:
        kind: ``integer``, ``number``, ``boolean``, ``date`` or ``timestamp``; every cell fits.
        kinds: The type of each cell as `cells.describe` found it.
    """
    rows = len(texts)
    match kind:
        case "integer":
            values = np.empty(rows, np.int64)
            read_integers(texts.data, texts.offsets, kinds, values)
        case "number":
            values = _numbers(texts, kinds)
        case "boolean":
            values = np.empty(rows, np.uint8)
            read_booleans(texts.data, texts.offsets, kinds, values)
        case "date":
            values = np.empty(rows, np.int32)
            read_days(texts.data, texts.offsets, kinds, values)
        case _:
            values = np.empty(rows, np.int64)
            read_moments(texts.data, texts.offsets, kinds, values)
    return values


def _numbers(texts: Texts, kinds: np.ndarray) -> np.ndarray:
    values = np.empty(len(texts), np.float64)
    slow = np.empty(len(texts), np.int64)
    listed = read_numbers(texts.data, texts.offsets, kinds, values, slow)
    for row in slow[:listed]:
        start, end = texts.offsets[row], texts.offsets[row + 1]
        values[row] = float(texts.data[start:end].tobytes())
    return values


def rounds(texts: Texts, kinds: np.ndarray) -> bool:
    """Say whether a number is written with digits that its nearest double is not written with."""
    for row in np.flatnonzero(kinds == NUMBER):
        text = texts.data[texts.offsets[row] : texts.offsets[row + 1]].tobytes().decode()
        if Decimal(text) != Decimal(repr(float(text))):
            return True
    return False
