"""Cells with characters that only look like digits and letters, or that nobody sees."""

from typing import Any

from dcs.validation.kernels.marks import compiled
from dcs.validation.kernels.words import HIGHS, full_word


@compiled
def has_high(data: Any, begin: int, end: int) -> bool:
    """Say whether a cell has bytes that are not ASCII."""
    position = begin
    while position + 8 <= end:
        if full_word(data, position) & HIGHS:
            return True
        position += 8
    while position < end:
        if data[position] >= 0x80:
            return True
        position += 1
    return False


@compiled
def is_disguised(data: Any, begin: int, end: int) -> bool:
    """Say whether a cell has characters that make digits or letters look like others, or hide between."""
    for position in range(begin, end - 1):
        one = data[position]
        if one < 0xC2:
            continue
        two = data[position + 1]
        three = int(data[position + 2]) if position + 2 < end else 0
        if one == 0xC2 and (two == 0xA0 or two == 0xAD):  # no-break space, soft hyphen
            return True
        if one == 0xE2 and two == 0x80 and (0x80 <= three <= 0x91 or 0xAA <= three <= 0xAF):
            return True
        if one == 0xE2 and two == 0x81 and 0x9F <= three <= 0xAF:
            return True
        if one == 0xEF and (0xBC <= two <= 0xBD or (two == 0xBB and three == 0xBF)):
            return True
        if one == 0xE3 and two == 0x80 and three == 0x80:
            return True
    return False
