"""Hold whole cells to the formats of e-mail addresses and telephone numbers."""

from typing import Any

import numpy as np

from dcs.validation.kernels.cells import is_digit
from dcs.validation.kernels.marks import compiled, kernel

AT, POINT, PLUS, SPACE, ZERO = 64, 46, 43, 32, 48
EMAIL, PHONE = 0, 1
LEAST_DIGITS, MOST_DIGITS, MOST_EXTENSION = 7, 15, 6

_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTER, _DOMAIN, _LOCAL, _BLANK, _MARK = 1, 2, 4, 8, 16
CLASSES = np.zeros(256, np.uint8)
for _bytes, _class in (
    (_LETTERS, _LETTER),
    (_LETTERS + b"0123456789.-", _DOMAIN),
    (_LETTERS + b"0123456789._%+'-", _LOCAL),
    (b" \t\n\r\f", _BLANK),
    (b" \t\n\r\f().-/", _MARK),
):
    for _byte in _bytes:
        CLASSES[_byte] |= _class


@compiled
def is_email(data: Any, start: int, end: int) -> bool:
    """Say whether a cell is a local part, ``@``, and a domain whose last label is two letters or more."""
    while start < end and data[start] == SPACE:
        start += 1
    while end > start and data[end - 1] == SPACE:
        end -= 1
    position = start
    while position < end and CLASSES[data[position]] & _LOCAL:
        position += 1
    if position == start or position >= end or data[position] != AT:
        return False
    domain = position + 1
    last = -1
    for each in range(domain, end):
        if CLASSES[data[each]] & _DOMAIN == 0:
            return False
        if data[each] == POINT:
            last = each
    if last <= domain or end - last <= 2:
        return False
    for each in range(last + 1, end):  # noqa: SIM110  # kernels have no generators
        if CLASSES[data[each]] & _LETTER == 0:
            return False
    return True


@compiled
def without_extension(data: Any, start: int, end: int) -> int:
    """Return where a telephone number ends in front of ``x12``, ``ext 12`` or ``ext. 12``."""
    position = end
    while position > start and is_digit(data[position - 1]):
        position -= 1
    if not 1 <= end - position <= MOST_EXTENSION:
        return end
    while position > start and CLASSES[data[position - 1]] & _BLANK:
        position -= 1
    if position > start and data[position - 1] == POINT:
        position -= 1
        if position <= start or (data[position - 1] | 32) != 116:  # t
            return end
    if position - start >= 3:
        word = (data[position - 3] | 32, data[position - 2] | 32, data[position - 1] | 32)
        if word == (101, 120, 116):  # ext
            return position - 3
    if position > start and (data[position - 1] | 32) == 120:  # x
        return position - 1
    return end


@compiled
def is_phone(data: Any, start: int, end: int) -> bool:
    """Say whether a cell is 7 to 15 digits that begin with no zero, in any usual spelling (E.164)."""
    end = without_extension(data, start, end)
    digits = 0
    begun = False
    for position in range(start, end):
        byte = data[position]
        if is_digit(byte):
            if digits == 0 and byte == ZERO:
                return False
            digits += 1
            begun = True
        elif byte == PLUS:
            if begun:
                return False
            begun = True
        elif CLASSES[byte] & _MARK == 0:
            return False
    return LEAST_DIGITS <= digits <= MOST_DIGITS


@kernel("u8[] i32[] i64 i64 i64[] i64")
def count_wrong(data: Any, offsets: Any, form: int, first_row: int, rows: Any, found: int) -> int:
    """
    Count the cells that are not empty and not in a format.

    Args:
        form: `EMAIL` or `PHONE`.
        rows: Filled with the rows of the first of them.
        found: How many earlier batches had.

    Returns:
        How many there are with those before.
    """
    for row in range(offsets.size - 1):
        start, end = int(offsets[row]), int(offsets[row + 1])
        if start == end:
            continue
        right = is_email(data, start, end) if form == EMAIL else is_phone(data, start, end)
        if not right:
            if found < rows.size:
                rows[found] = first_row + row
            found += 1
    return found


@kernel("u8[] i32[] u8[] i64[]")
def formula_candidates(data: Any, offsets: Any, kinds: Any, rows: Any) -> int:
    """
    List the texts that begin like a formula; telephone numbers are left out.

    Args:
        kinds: The type of each cell; 0 for a text.
        rows: Filled with positions in this batch.
    """
    found = 0
    for row in range(offsets.size - 1):
        if kinds[row] != 0:
            continue
        start, end = int(offsets[row]), int(offsets[row + 1])
        byte = data[start]
        possible = byte in (61, 43, 45, 64, 9, 13, 10, 12, 11, 32, 34, 39, 0xEF)
        if possible and not (byte == PLUS and is_dialled(data, start, end)):
            rows[found] = row
            found += 1
    return found


@compiled
def is_dialled(data: Any, start: int, end: int) -> bool:
    """Say whether a cell is a plus sign, then a digit, then only digits and the marks between them."""
    if not 6 <= end - start <= 20 or not is_digit(data[start + 1]):
        return False
    for position in range(start + 2, end):
        byte = data[position]
        if not is_digit(byte) and byte not in (32, 40, 41, 46, 45, 47):
            return False
    return True
