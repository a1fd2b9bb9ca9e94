"""E-mail addresses: a local part, ``@``, and a domain of two labels or more (RFC 5321, RFC 5890)."""

from typing import Any

from dcs.validation.kernels.marks import compiled
from dcs.validation.personal.kernels.bytes import (
    CLASSES,
    COLON,
    DASH,
    DIGIT,
    DOT,
    LETTER,
    SLASH,
    SPACE,
    run_of,
    word_after,
)


@compiled
def email_end(data: Any, at: int, end: int) -> int:
    """Return where the domain behind an ``@`` ends, or -1 if there is none."""
    found = -1
    position = at + 1
    while True:
        label = position
        while position < end and (
            CLASSES[data[position]] & (DIGIT | LETTER)
            or data[position] == DASH
            or (data[position] >= 0x80 and word_after(data, position, end))
        ):
            position += 1
        if position >= end or data[position] != DOT or position == label:
            return found
        if data[label] == DASH or data[position - 1] == DASH:
            return found
        last = run_of(data, position + 1, min(end, position + 25), LETTER)
        if last - position - 1 >= 2:
            found = last
        position += 1


@compiled
def after_scheme(data: Any, position: int, begin: int) -> bool:
    """Say whether ``://`` stands in the same word in front of a position."""
    for back in range(2, 100):
        place = position - back
        if place < begin + 2 or data[place] <= SPACE:
            return False
        if data[place] == SLASH and data[place - 1] == SLASH and data[place - 2] == COLON:
            return True
    return False
