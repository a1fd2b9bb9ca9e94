"""A column of texts as the kernels read it: one run of bytes, and where each cell begins."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True, slots=True)
class Texts:
    """
    The cells of one column of one batch; an empty cell has no bytes.

    Attributes:
        data: UTF-8, shape (bytes,).
        offsets: ``int32``, shape (rows + 1,); the first need not be 0.
        original: The array they came from, which tells an empty text from a missing one.
    """

    data: np.ndarray
    offsets: np.ndarray
    original: pa.Array | None = None

    @classmethod
    def of(cls, values: pa.Array) -> "Texts":
        """Return the cells of an Arrow array of strings, without copying what is whole already."""
        original = values
        if values.null_count:
            values = pc.fill_null(values, "")
        _, offsets, data = values.buffers()
        if not len(values):
            return cls(np.zeros(1, np.uint8), np.zeros(1, np.int32), original)
        places = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
        return cls(_bytes(data), places, original)

    @classmethod
    def empty(cls, rows: int) -> "Texts":
        """Return a column without any value."""
        return cls(np.zeros(1, np.uint8), np.zeros(rows + 1, np.int32))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def valid(self) -> np.ndarray:
        """Return 1 for each cell that is not empty."""
        filled: np.ndarray = self.offsets[1:] != self.offsets[:-1]
        return filled.view(np.uint8)

    def to_arrow(self) -> pa.Array:
        """Return the cells as an Arrow array: the original, or null where empty."""
        if self.original is not None:
            return self.original
        valid = self.valid()
        nulls = len(valid) - int(valid.sum())
        buffers = [bitmap(valid) if nulls else None, pa.py_buffer(self.offsets)]
        return pa.StringArray.from_buffers(
            len(self), buffers[1], pa.py_buffer(self.data), buffers[0], nulls
        )

    def take(self, positions: np.ndarray) -> pa.Array:
        """Return a few of the cells as an Arrow array."""
        return self.to_arrow().take(pa.array(positions))


def bitmap(valid: np.ndarray) -> pa.Buffer:
    """Return Arrow's validity buffer of ones and zeros."""
    return pa.py_buffer(np.packbits(valid, bitorder="little"))


def _bytes(data: pa.Buffer | None) -> np.ndarray:
    if data is None or data.size == 0:
        return np.zeros(1, np.uint8)
    return np.frombuffer(data, np.uint8)
