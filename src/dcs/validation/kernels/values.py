"""
Turn the texts of a column into values: whole numbers, numbers, days, moments, truth.

Each cell is one that `cells.kind_of` gave that type, or empty. Numbers: a
mantissa below 2^53 times a power of ten up to 10^22 is exact in one step
(Clinger, "How to Read Floating Point Numbers Accurately", 1990); the rows of
all others are listed for a slower reader. Days: Hinnant's ``days_from_civil``.
"""

from typing import Any

import numpy as np

from dcs.validation.kernels.cells import (
    MINUS,
    NULLS,
    PLUS,
    POINT,
    ZERO,
    digits_from,
    is_digit,
    two_digits,
    value_of,
)
from dcs.validation.kernels.marks import compiled, kernel

TENS = np.array([10.0**each for each in range(23)])
EXACT = 2**53
SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000


@kernel("u8[] i32[] u8[] i64[]")
def read_integers(data: Any, offsets: Any, kinds: Any, values: Any) -> int:
    """Fill *values* with the whole number of each cell, 0 for an empty one."""
    for row in range(values.size):
        start, end = int(offsets[row]), int(offsets[row + 1])
        value = 0
        if kinds[row] != NULLS:
            negative = data[start] == MINUS
            value = value_of(data, start + negative, end)
            if negative:
                value = -value
        values[row] = value
    return len(values)


@kernel("u8[] i32[] u8[] f64[] i64[]")
def read_numbers(data: Any, offsets: Any, kinds: Any, values: Any, slow: Any) -> int:
    """
    Fill *values* with the number of each cell, 0 for an empty one.

    Args:
        slow: Filled with the rows that need more than one exact step.

    Returns:
        How many rows those are.
    """
    listed = 0
    for row in range(values.size):
        start, end = int(offsets[row]), int(offsets[row + 1])
        values[row] = 0.0
        if kinds[row] == NULLS:
            continue
        negative = data[start] == MINUS
        position = start + negative
        mantissa, exponent, digits = 0, 0, 0
        behind = False
        while position < end:
            byte = data[position]
            if is_digit(byte):
                if mantissa > 0 or byte != ZERO:
                    digits += 1
                if digits <= 18:
                    mantissa = mantissa * 10 + byte - ZERO
                    exponent -= behind
            elif byte == POINT:
                behind = True
            else:
                break
            position += 1
        if position < end:
            position += 1
            sign = 1
            if data[position] == PLUS or data[position] == MINUS:
                sign = -1 if data[position] == MINUS else 1
                position += 1
            exponent += sign * value_of(data, position, end)
        if mantissa == 0 and digits == 0:
            values[row] = -0.0 if negative else 0.0
        elif digits > 18 or mantissa >= EXACT or exponent < -22 or exponent > 22:
            slow[listed] = row
            listed += 1
        else:
            value = np.float64(mantissa)
            value = value * TENS[exponent] if exponent >= 0 else value / TENS[-exponent]
            values[row] = -value if negative else value
    return listed


@kernel("u8[] i32[] u8[] u8[]")
def read_booleans(data: Any, offsets: Any, kinds: Any, values: Any) -> int:
    """Fill *values* with 1 for each cell that is true."""
    for row in range(values.size):
        values[row] = kinds[row] != NULLS and (data[offsets[row]] | 32) == 116  # t
    return len(values)


@compiled
def days_of(year: int, month: int, day: int) -> int:
    """Return the days from 1970-01-01 to a day of the Gregorian calendar."""
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


@compiled
def day_at(data: Any, start: int, end: int) -> tuple[int, int]:
    """Return the day that begins at *start*, in days since 1970-01-01, and where it ends."""
    month_end = two_digits(data, start + 5, end, 1)
    day_end = two_digits(data, month_end + 1, end, 1)
    year, month = value_of(data, start, start + 4), value_of(data, start + 5, month_end)
    return days_of(year, month, value_of(data, month_end + 1, day_end)), day_end


@kernel("u8[] i32[] u8[] i32[]")
def read_days(data: Any, offsets: Any, kinds: Any, values: Any) -> int:
    """Fill *values* with the days since 1970-01-01, 0 for an empty cell."""
    for row in range(values.size):
        values[row] = 0
        if kinds[row] != NULLS:
            values[row] = day_at(data, int(offsets[row]), int(offsets[row + 1]))[0]
    return len(values)


@kernel("u8[] i32[] u8[] i64[]")
def read_moments(data: Any, offsets: Any, kinds: Any, values: Any) -> int:
    """Fill *values* with the microseconds since 1970-01-01 00:00, 0 for an empty cell."""
    for row in range(values.size):
        values[row] = 0
        if kinds[row] == NULLS:
            continue
        start, end = int(offsets[row]), int(offsets[row + 1])
        day, position = day_at(data, start, end)
        moment = day * DAY
        if position < end:
            moment += time_of(data, position + 1, end)
        values[row] = moment
    return len(values)


@compiled
def time_of(data: Any, start: int, end: int) -> int:
    """Return the microseconds of a time of the day."""
    hour_end = digits_from(data, start, end)
    moment = value_of(data, start, hour_end) * HOUR
    moment += value_of(data, hour_end + 1, hour_end + 3) * MINUTE
    position = hour_end + 3
    if position < end:
        moment += value_of(data, position + 1, position + 3) * SECOND
        position += 3
    if position < end:
        parts = end - position - 1
        fraction = value_of(data, position + 1, end)
        for _ in range(6 - parts):
            fraction *= 10
        moment += fraction
    return moment
