"""
Look at every cell of a column of texts: how long it is, what type of value, which hash.

The types are those a published table can have, each written in one way only:
``-12``, ``0.5e3``, ``true``, ``2026-3-1``, ``2026-03-01 12:30:00.25``. A number
with a leading zero, a sign too many or a blank is a text, because turning it
into a number would lose what makes it an identifier.
"""

from typing import Any

import numpy as np

from dcs.validation.kernels.hashing import STEP, mixed
from dcs.validation.kernels.marks import compiled, kernel
from dcs.validation.kernels.words import full_word, word_at

TEXT, INTEGER, NUMBER, BOOLEAN, DATE, TIMESTAMP = range(6)
KINDS = ("text", "integer", "number", "boolean", "date", "timestamp")
# What is counted, and located for the first `FIRSTS` rows each.
NULLS = len(KINDS)
COUNTED = NULLS + 1
FIRSTS = 20
SHORTEST, LONGEST, CHARACTERS, LONG_NUMBERS = range(4)
MEASURES = 4
LENGTHS = 192  # buckets: one for each length up to 127, then four for each doubling
PLAIN_LENGTHS = 128
MOST_INTEGER_DIGITS, MOST_WHOLE_DIGITS, MOST_EXPONENT, SURE_DIGITS = 18, 15, 2, 15

MINUS, PLUS, POINT, COLON, SPACE, ZERO, NINE = 45, 43, 46, 58, 32, 48, 57
_LOW_BITS, _SEVEN, _SIX = np.uint64(0x0101010101010101), np.uint64(7), np.uint64(6)
_TOP = np.uint64(56)
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)


@compiled
def is_digit(byte: int) -> bool:
    """Say whether a byte is an ASCII digit."""
    return ZERO <= byte <= NINE


@compiled
def digits_from(data: Any, start: int, end: int) -> int:
    """Return where the run of digits that begins at *start* ends."""
    position = start
    while position < end and is_digit(data[position]):
        position += 1
    return position


@compiled
def number_kind(data: Any, start: int, end: int) -> int:
    """Return `INTEGER` or `NUMBER` if the cell is one, else `TEXT`."""
    first = start + 1 if data[start] == MINUS else start
    position = digits_from(data, first, end)
    whole = position - first
    if whole > 1 and data[first] == ZERO:
        return TEXT
    if position == end:
        return INTEGER if 0 < whole <= MOST_INTEGER_DIGITS else TEXT
    if whole > MOST_WHOLE_DIGITS:
        return TEXT
    if data[position] == POINT:
        after = digits_from(data, position + 1, end)
        if whole == 0 and after == position + 1:
            return TEXT
        position = after
    elif whole == 0:
        return TEXT
    if position < end and (data[position] | 32) == 101:  # e, E
        position += 1
        if position < end and (data[position] == PLUS or data[position] == MINUS):
            position += 1
        after = digits_from(data, position, end)
        if not 1 <= after - position <= MOST_EXPONENT:
            return TEXT
        position = after
    return NUMBER if position == end else TEXT


@compiled
def two_digits(data: Any, start: int, end: int, least: int) -> int:
    """Return where a number of *least* to two digits ends, or -1."""
    after = digits_from(data, start, min(end, start + 2))
    return after if after - start >= least else -1


@compiled
def value_of(data: Any, start: int, end: int) -> int:
    """Return the whole number that a short run of digits stands for."""
    value = 0
    for position in range(start, end):
        value = value * 10 + data[position] - ZERO
    return value


@compiled
def date_end(data: Any, start: int, end: int) -> int:
    """Return where a day of the years 1 to 9999 ends that begins at *start*, or -1."""
    if end - start < 8 or digits_from(data, start, start + 4) != start + 4:
        return -1
    if data[start + 4] != MINUS:
        return -1
    month_end = two_digits(data, start + 5, end, 1)
    if month_end < 0 or month_end >= end or data[month_end] != MINUS:
        return -1
    day_end = two_digits(data, month_end + 1, end, 1)
    if day_end < 0:
        return -1
    year, month = value_of(data, start, start + 4), value_of(data, start + 5, month_end)
    day = value_of(data, month_end + 1, day_end)
    if year < 1 or not 1 <= month <= 12:
        return -1
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day_end if 1 <= day <= DAYS[month - 1] + leap else -1


@compiled
def is_time(data: Any, start: int, end: int) -> bool:
    """Say whether the rest of a cell is a time of the day, to the microsecond at most."""
    hour_end = two_digits(data, start, end, 1)
    if hour_end < 0 or hour_end >= end or data[hour_end] != COLON:
        return False
    if value_of(data, start, hour_end) > 23:
        return False
    minute_end = two_digits(data, hour_end + 1, end, 2)
    if minute_end < 0 or value_of(data, hour_end + 1, minute_end) > 59:
        return False
    if minute_end == end:
        return True
    if data[minute_end] != COLON:
        return False
    second_end = two_digits(data, minute_end + 1, end, 2)
    if second_end < 0 or value_of(data, minute_end + 1, second_end) > 59:
        return False
    if second_end == end:
        return True
    if data[second_end] != POINT:
        return False
    after = digits_from(data, second_end + 1, end)
    return after == end and 1 <= after - second_end - 1 <= 6


@compiled
def moment_kind(data: Any, start: int, end: int) -> int:
    """Return `DATE` or `TIMESTAMP` if the cell is one, else `TEXT`."""
    day_end = date_end(data, start, end)
    if day_end < 0:
        return TEXT
    if day_end == end:
        return DATE
    if data[day_end] != SPACE and data[day_end] != 84:  # T
        return TEXT
    return TIMESTAMP if is_time(data, day_end + 1, end) else TEXT


@compiled
def is_boolean(data: Any, start: int, end: int) -> bool:
    """Say whether a cell is ``true`` or ``false``, in upper or lower case."""
    size = end - start
    if size == 4:
        word = (data[start] | 32, data[start + 1] | 32, data[start + 2] | 32, data[start + 3] | 32)
        return word == (116, 114, 117, 101)
    if size == 5:
        begins = (data[start] | 32) == 102 and (data[start + 1] | 32) == 97
        ends = (data[start + 3] | 32) == 115 and (data[start + 4] | 32) == 101
        return bool(begins and ends and (data[start + 2] | 32) == 108)
    return False


@compiled
def kind_of(data: Any, start: int, end: int) -> int:
    """Return the narrowest type of a cell that is not empty."""
    byte = data[start]
    if is_digit(byte):
        if end - start >= 8 and data[start + 4] == MINUS:
            return moment_kind(data, start, end)
        return number_kind(data, start, end)
    if byte in (MINUS, POINT):
        return number_kind(data, start, end)
    if byte | 32 == 116 or byte | 32 == 102:  # t, f
        return BOOLEAN if is_boolean(data, start, end) else TEXT
    return TEXT


@compiled
def continued(word: Any) -> Any:
    """Return how many of eight bytes go on with a character of UTF-8 (``10xxxxxx``)."""
    marks = (word >> _SEVEN) & ~(word >> _SIX) & _LOW_BITS
    return (marks * _LOW_BITS) >> _TOP


@compiled
def length_bucket(length: int) -> int:
    """Return the bucket of a text's length: exact up to 127, then a quarter of a doubling."""
    if length < PLAIN_LENGTHS:
        return length
    doubling, rest = 0, length >> 7
    while rest > 1:
        rest >>= 1
        doubling += 1
    quarter = (length >> (5 + doubling)) & 3
    return min(PLAIN_LENGTHS + 4 * doubling + quarter, LENGTHS - 1)


@compiled
def significant_digits(data: Any, start: int, end: int) -> int:
    """Return the number of digits in front of an exponent."""
    digits = 0
    for position in range(start, end):
        if (data[position] | 32) == 101:
            break
        digits += is_digit(data[position])
    return digits


@kernel("u8[] i32[] i64 u64 i64[] i64[] i64[] i64[] u8[] u64[]")
def describe(
    data: Any,
    offsets: Any,
    first_row: int,
    seed: Any,
    counts: Any,
    firsts: Any,
    measures: Any,
    lengths: Any,
    kinds: Any,
    hashes: Any,
) -> int:
    """
    Look at every cell of one batch of a column.

    Args:
        offsets: Where each cell begins, and where the last one ends.
        first_row: The row of the first cell.
        seed: Keys the hashes.
        counts: `COUNTED` counters, added to: cells of each type, and empty ones.
        firsts: The first `FIRSTS` rows of each counter, filled up.
        measures: Shortest and longest cell and the sum, in characters; numbers of many digits.
        lengths: Counters of `LENGTHS` buckets, added to.
        kinds: Filled with the type of each cell, `NULLS` for an empty one.
        hashes: Filled with the hash of each cell that is not empty, never 0.

    Returns:
        The number of cells that are not empty.
    """
    rows = offsets.size - 1
    filled = 0
    for row in range(rows):
        start, end = int(offsets[row]), int(offsets[row + 1])
        size = end - start
        kind = NULLS if size == 0 else kind_of(data, start, end)
        kinds[row] = kind
        if counts[kind] < FIRSTS:
            firsts[kind * FIRSTS + counts[kind]] = first_row + row
        counts[kind] += 1
        if size == 0:
            hashes[row] = 0
            continue
        filled += 1
        mark = seed ^ (np.uint64(size) * STEP)
        inside = np.uint64(0)
        position = start
        while position + 8 <= end:
            word = full_word(data, position)
            inside += continued(word)
            mark = (mark ^ word) * STEP
            mark ^= mark >> np.uint64(29)
            position += 8
        if position < end:
            word = word_at(data, position, end - position)
            inside += continued(word)
            mark = (mark ^ word) * STEP
        hashes[row] = max(mixed(mark), np.uint64(1))
        length = size - int(inside)
        measures[SHORTEST] = min(measures[SHORTEST], length)
        measures[LONGEST] = max(measures[LONGEST], length)
        measures[CHARACTERS] += length
        lengths[length_bucket(length)] += 1
        if kind == NUMBER and significant_digits(data, start, end) > SURE_DIGITS:
            measures[LONG_NUMBERS] += 1
    return filled
