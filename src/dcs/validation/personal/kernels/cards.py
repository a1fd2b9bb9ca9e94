"""Payment cards: issuer and length (ISO/IEC 7812-1), check digit (Luhn)."""

from typing import Any

from dcs.validation.kernels.marks import compiled
from dcs.validation.personal.kernels.bytes import (
    CLASSES,
    COMMA,
    DASH,
    DIGIT,
    DOT,
    SPACE,
    byte_at,
    class_at,
    digit_at,
)


@compiled
def luhn(digits: Any, count: int) -> bool:
    """Say whether the last digit is the Luhn check digit of those before it."""
    total = 0
    for position in range(count):
        value = digits[count - 1 - position]
        if position % 2:
            value *= 2
            if value > 9:
                value -= 9
        total += value
    return bool(total % 10 == 0)


@compiled
def is_brand(digits: Any, count: int) -> bool:
    """Say whether a payment brand issues numbers that begin so and are this long."""
    one = digits[0]
    two = one * 10 + digits[1]
    three = two * 10 + digits[2]
    four = three * 10 + digits[3]
    if count == 13 or count == 19:  # kernels are compiled faster so
        return bool(one == 4)
    if count == 14:
        return bool(two == 36 or two == 38 or two == 39 or 300 <= three <= 305)
    if count == 15:
        return bool(two == 34 or two == 37)
    if count == 16:
        known = one == 4 or 51 <= two <= 55 or 2221 <= four <= 2720
        return bool(known or two == 35 or two == 62 or two == 64 or two == 65 or four == 6011)
    return False


@compiled
def card_end(data: Any, start: int, begin: int, end: int, digits: Any, ends: Any) -> int:
    """
    Return where 13 to 19 digits end that begin here, with single spaces or dashes between; or -1.

    *digits* and *ends* are filled with the digits and where each ends; ``ends[0]``
    becomes how many belong to the number.
    """
    before = byte_at(data, start - 1, begin, end)
    if before in (DOT, COMMA, DASH):
        return -1
    position, count = start, 0
    while position < end and count < 19:
        byte = data[position]
        if CLASSES[byte] & DIGIT:
            digits[count] = digit_at(data, position)
            count += 1
            ends[count] = position + 1
        elif (byte != SPACE and byte != DASH) or not class_at(
            data, position + 1, begin, end
        ) & DIGIT:
            break
        position += 1
    while count >= 13:
        stop = ends[count]
        after = byte_at(data, stop, begin, end)
        glued = class_at(data, stop, begin, end) & DIGIT or (
            (after == DOT or after == DASH) and class_at(data, stop + 1, begin, end) & DIGIT  # noqa: SIM109
        )
        if not glued:
            ends[0] = count
            return int(stop)
        count -= 1
    return -1
