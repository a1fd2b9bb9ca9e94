"""Columns of texts as the kernel sees them."""

import numpy as np
import pyarrow as pa

from dcs.validation.personal_names import NameScan

KEY = b"a tenant's key"


def buffers(values: list[str | None]) -> tuple[np.ndarray, np.ndarray]:
    """Return the bytes and the offsets of a column of texts."""
    array = pa.array(values, pa.string())
    _, offsets, data = array.buffers()
    places = np.frombuffer(offsets, np.int32)[: len(values) + 1]
    return np.frombuffer(data or b"", np.uint8), places


def scan(values: list[str | None], first_row: int = 1) -> NameScan:
    """Look at a whole column."""
    found = NameScan("note", KEY)
    found.look_at_text(*buffers(values), first_row)
    return found


def names(values: list[str | None]) -> list[tuple[str, int, str]]:
    """Return entity, row and text of every sample."""
    return [
        (each.entity, sample.row, (values[sample.row - 1] or "")[sample.start :][: sample.length])
        for each in scan(values).found(len(values), declared=False)
        for sample in each.samples
    ]
