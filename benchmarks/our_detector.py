"""What our own scan finds, span by span: the column's verdict decides which entities count."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from dcs.validation.personal import ColumnScan, Settings
from dcs.validation.personal_names import NameScan

KEY = b"benchmark"
Found = tuple[int, int, str]


def found_in(name: str, cells: Sequence[str]) -> list[list[Found]]:
    """Return what each cell of a column holds; at most one span of an entity in each cell."""
    whole = ColumnScan(name, Settings(KEY))
    whole.look_at_text(*_buffers(cells), 1)
    counting = {each.entity for each in whole.found(len(cells), declared=False)}
    names = NameScan(name, KEY)
    names.look_at_text(*_buffers(cells), 1)
    counting |= {each.entity for each in names.found(len(cells), declared=False)}
    return [_spans(name, cell, counting) for cell in cells]


def found_in_texts(texts: Sequence[str]) -> list[list[Found]]:
    """Return what each text holds, each looked at as a free text of its own."""
    return [_spans("text", text, None) for text in texts]


def _spans(name: str, cell: str, counting: set[str] | None) -> list[Found]:
    scan, names = ColumnScan(name, Settings(KEY)), NameScan(name, KEY)
    buffers = _buffers([cell])
    scan.look_at_text(*buffers, 1)
    names.look_at_text(*buffers, 1)
    found = scan.found(1, declared=False) + names.found(1, declared=False)
    return [
        (sample.start, sample.start + sample.length, each.entity)
        for each in found
        if counting is None or each.entity in counting
        for sample in each.samples
    ]


def _buffers(cells: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    values = pa.array(list(cells), pa.string())
    _, offsets, data = values.buffers()
    content = (
        np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    )
    return content, np.frombuffer(offsets, np.int32)[: len(values) + 1]
