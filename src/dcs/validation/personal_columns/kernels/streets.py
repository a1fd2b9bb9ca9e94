"""Words that end in what a street is called: ``Lindenstraße 4``, ``Kerkstraat 12``."""

from typing import Any

import numpy as np

from dcs.validation.kernels.marks import compiled
from dcs.validation.personal_names.tokens import whole

ENDINGS = (
    "straße", "strasse", "str", "weg", "gasse", "allee", "platz", "damm", "ufer", "stieg",
    "chaussee", "straat", "laan", "plein", "gracht", "kade", "dijk", "singel", "gatan", "vägen",
    "vej", "veien", "katu", "dreef", "steeg",
)  # fmt: skip
BYTES = np.frombuffer("".join(ENDINGS).encode(), np.uint8)
EDGES = np.cumsum([0, *(len(each.encode()) for each in ENDINGS)]).astype(np.int64)


@compiled
def has_street_ending(data: Any, start: int, end: int) -> bool:
    """Say whether a word of a cell, with letters in front of it, ends like a street; ASCII in any case."""
    run = start
    for position in range(start, end):
        if _is_letter(data, position):
            continue
        if position > run and _ends_in_street(data, run, position):
            return True
        run = position + 1
    return bool(end > run and _ends_in_street(data, run, end))


@compiled
def _is_letter(data: Any, position: int) -> bool:
    byte = whole(data[position])
    return bool(byte >= 128 or 97 <= byte | 32 <= 122)


@compiled
def _ends_in_street(data: Any, begin: int, end: int) -> bool:
    for each in range(EDGES.size - 1):
        size = EDGES[each + 1] - EDGES[each]
        if end - begin < size + 2:
            continue
        same = True
        for step in range(size):
            byte = whole(data[end - size + step])
            wanted = whole(BYTES[EDGES[each] + step])
            if byte != wanted and (byte >= 128 or byte | 32 != wanted):
                same = False
                break
        if same:
            return True
    return False
