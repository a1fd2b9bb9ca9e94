"""Telephone numbers: the numbering plans behind country codes (ITU-T E.164), and the North American one."""

from typing import Any

import numpy as np

from dcs.validation.kernels.marks import compiled
from dcs.validation.personal.kernels.bytes import (
    CLASSES,
    CLOSE,
    DASH,
    DIGIT,
    DOT,
    OPEN,
    PLUS,
    SPACE,
    ZERO,
    byte_at,
    class_at,
    digits_here,
    word_after,
    word_before,
)
from dcs.validation.personal.kernels.numbering import ENDS, FIRST, after_digit

# Country codes that are assigned (ITU-T E.164, list of assigned codes), by their first digits.
_CODES = """
    1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60
    61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 211 212 213 216 218 22 23 24 250
    251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297
    298 299 35 370 371 372 373 374 375 376 377 378 379 380 381 382 383 385 386 387 389
    420 421 423 50 59 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687
    688 689 690 691 692 800 808 850 852 853 855 856 870 878 880 881 882 883 886 888 960
    961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 979 992 993 994 995
    996 998
""".split()  # noqa: SIM905  # a table, not a list
CALLING_CODES = np.zeros(1000, np.uint8)
for _code in _CODES:
    _first = int(_code.ljust(3, "0"))
    CALLING_CODES[_first : _first + 10 ** (3 - len(_code))] = 1


@compiled
def international_end(data: Any, plus: int, begin: int, end: int, named: bool) -> int:
    """
    Return where a telephone number ends that begins with a plus sign, or -1.

    Where the column's name says telephone, an assigned country code and eight digits are
    enough: a number that was mistyped, or assigned since, is still somebody's.
    """
    before = byte_at(data, plus - 1, begin, end)
    if before == PLUS or word_before(data, plus, begin):
        return -1
    position, count, found, marks = plus + 1, 0, -1, 0
    state, code, longest, possible = FIRST, 0, -1, True
    american = byte_at(data, plus + 1, begin, end) == 49  # 1
    while position < end and count < 15:
        byte = data[position]
        if CLASSES[byte] & DIGIT:
            count += 1
            marks = 0
            code = code * 10 + int(byte) - ZERO if count <= 3 else code
            state = after_digit(state, byte)
            if american and (count == 2 or count == 5) and byte < 50:
                possible = False
            if not class_at(data, position + 1, begin, end) & DIGIT:
                found = position + 1 if state >= ENDS else found
                enough = count == 11 if american else count >= 8
                longest = position + 1 if enough else longest
        elif count > 0 and marks < 2 and byte in (SPACE, OPEN, CLOSE, DOT, DASH):
            marks += 1
        else:
            break
        position += 1
    if found < 0 and named and possible and CALLING_CODES[code]:
        return longest
    return found


@compiled
def american_end(data: Any, start: int, begin: int, end: int, named: bool) -> int:
    """
    Return where a number of the North American plan ends that begins here, or -1.

    Where the column's name says telephone, its form is enough.
    """
    before = byte_at(data, start - 1, begin, end)
    if word_before(data, start, begin) or before in (DOT, PLUS, DASH):
        return -1
    position = start
    if data[position] == 49:  # 1
        position += 1
        if byte_at(data, position, begin, end) in (SPACE, DOT, DASH):
            position += 1
    bracket = byte_at(data, position, begin, end) == OPEN
    position += bracket
    first = position
    if not digits_here(data, position, end, 3) or data[position] < 50:
        return -1
    position += 3
    if bracket:
        if byte_at(data, position, begin, end) != CLOSE:
            return -1
        position += 1
        position += byte_at(data, position, begin, end) == SPACE
    else:
        if byte_at(data, position, begin, end) not in (DASH, DOT, SPACE):
            return -1
        position += 1
    if not digits_here(data, position, end, 3) or data[position] < 50:
        return -1
    position += 3
    if byte_at(data, position, begin, end) not in (DASH, DOT, SPACE):
        return -1
    position += 1
    if not digits_here(data, position, end, 4):
        return -1
    position += 4
    after = byte_at(data, position, begin, end)
    if after == DASH or word_after(data, position, end):
        return -1
    if after == DOT and class_at(data, position + 1, begin, end) & DIGIT:
        return -1
    return position if named or _is_american(data, first, position) else -1


@compiled
def _is_american(data: Any, first: int, stop: int) -> bool:
    """Say whether the ten digits in a range are a number that somebody in North America can have."""
    state = after_digit(FIRST, 49)  # 1
    for position in range(first, stop):
        if CLASSES[data[position]] & DIGIT:
            state = after_digit(state, data[position])
    return state >= ENDS


@compiled
def bare_phone_end(data: Any, start: int, stop: int, begin: int, end: int) -> int:
    """Return the end of a run of 10 or 11 bare digits that can be dialled in North America, or -1."""
    size = stop - start
    first = start + 1 if size == 11 else start
    if size not in (10, 11) or (size == 11 and data[start] != 49):
        return -1
    if data[first] < 50 or data[first + 3] < 50:
        return -1
    before, after = byte_at(data, start - 1, begin, end), byte_at(data, stop, begin, end)
    if before == DOT or after == DOT:
        return -1
    if word_before(data, start, begin) or word_after(data, stop, end):
        return -1
    return stop
