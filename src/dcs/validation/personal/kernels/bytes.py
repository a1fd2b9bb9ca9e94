"""What the bytes of a cell are: classes, neighbours and runs."""

from typing import Any

import numpy as np

from dcs.validation.kernels.marks import compiled

DOT, DASH, SPACE, PLUS, OPEN, CLOSE, AT, COLON, ZERO, COMMA, PERCENT, SLASH = (
    46, 45, 32, 43, 40, 41, 64, 58, 48, 44, 37, 47,
)  # fmt: skip
DIGIT, LETTER, HEX, LOCAL, WORD, ANCHOR = 1, 2, 4, 8, 16, 32
CLASSES = np.zeros(256, np.uint8)
for _byte in range(256):
    _character = chr(_byte)
    if _byte < 128 and _character.isdigit():
        CLASSES[_byte] |= DIGIT | HEX | LOCAL | WORD | ANCHOR
    elif _byte < 128 and _character.isalpha():
        CLASSES[_byte] |= LETTER | LOCAL | WORD | (HEX if _character.lower() in "abcdef" else 0)
    elif _byte >= 128 or _character == "_":
        CLASSES[_byte] |= WORD
for _byte in b"._%+'-":
    CLASSES[_byte] |= LOCAL
for _byte in b"@:+(":
    CLASSES[_byte] |= ANCHOR


@compiled
def class_at(data: Any, position: int, begin: int, end: int) -> int:
    """Return the class of a byte, 0 outside the cell."""
    return int(CLASSES[data[position]]) if begin <= position < end else 0


@compiled
def byte_at(data: Any, position: int, begin: int, end: int) -> int:
    """Return a byte, 0 outside the cell."""
    return int(data[position]) if begin <= position < end else 0


@compiled
def word_before(data: Any, position: int, begin: int) -> bool:
    """Say whether the character in front of a position belongs to a word."""
    if position <= begin:
        return False
    byte = data[position - 1]
    if byte < 0x80:
        return bool(CLASSES[byte] & WORD)
    lead = position - 1
    while lead > begin and data[lead] & 0xC0 == 0x80:
        lead -= 1
    return not is_mark(data, lead, position)


@compiled
def word_after(data: Any, position: int, end: int) -> bool:
    """Say whether the character at a position belongs to a word."""
    if position >= end:
        return False
    byte = data[position]
    return not is_mark(data, position, end) if byte >= 0x80 else bool(CLASSES[byte] & WORD)


@compiled
def is_mark(data: Any, lead: int, end: int) -> bool:
    """Say whether a character that is not ASCII is a quote, a dash or a space: U+0080 to 00BF, 2000 to 206F, 3000 to 303F."""
    one = data[lead]
    two = int(data[lead + 1]) if lead + 1 < end else 0
    if one == 0xC2:
        return two not in (0xAA, 0xB5, 0xBA)
    return bool(one == 0xE2 and two in (0x80, 0x81)) or bool(one == 0xE3 and two == 0x80)


@compiled
def digit_at(data: Any, position: int) -> int:
    """Return the value of a digit."""
    return int(data[position]) - ZERO


@compiled
def run_of(data: Any, position: int, end: int, kind: int) -> int:
    """Return where the run of bytes of a class ends that begins at *position*."""
    while position < end and CLASSES[data[position]] & kind:
        position += 1
    return position


@compiled
def digits_here(data: Any, position: int, end: int, count: int) -> bool:
    """Say whether so many digits begin at a position."""
    return (
        position + count <= end
        and run_of(data, position, position + count, DIGIT) == position + count
    )
