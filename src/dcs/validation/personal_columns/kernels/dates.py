"""Read the year of a date that is written as text, in whatever order."""

from typing import Any

from dcs.validation.kernels.marks import compiled
from dcs.validation.personal_names.tokens import whole

PIVOT = 30  # two digits above it are of the twentieth century
LONGEST_WORD = 12  # letters of a month


@compiled
def year_of(data: Any, start: int, end: int) -> tuple[int, bool]:
    """
    Return the year that a cell names, and whether it names a day of it; 0 if it is no date.

    ``31.12.1980``, ``12/31/80``, ``1980-12-31 00:00:00``, ``19801231``,
    ``12 Jan 1980`` and ``January 12, 1980`` are dates; ``1980`` is a year.
    """
    numbers, places = whole(0), whole(0)
    one, two, three = whole(0), whole(0), whole(0)
    one_size, three_size = whole(0), whole(0)
    two_size, letters = whole(0), whole(0)
    position = start
    while position < end and numbers < 3:
        byte = whole(data[position])
        if 48 <= byte <= 57:
            value, size = whole(0), whole(0)
            while position < end and 48 <= data[position] <= 57:
                value = value * 10 + (whole(data[position]) - 48)
                size += 1
                position += 1
                if size > 8:
                    return whole(0), False
            if numbers == 0:
                one, one_size = value, size
            elif numbers == 1:
                two, two_size = value, size
            else:
                three, three_size = value, size
            numbers += 1
            places += 1
            continue
        if byte >= 128 or 97 <= byte | 32 <= 122:
            letters += 1
            if letters > LONGEST_WORD:
                return whole(0), False
        elif not (32 <= byte <= 32 or 44 <= byte <= 47):  # space , - . /
            return whole(0), False
        position += 1
    if numbers == 1 and letters == 0:
        return _alone(one, one_size)
    if letters > 0 and letters < 3 and numbers < 3:
        return whole(0), False
    if numbers == 2 and letters >= 3 and position == end:
        if two_size == 4 and 1 <= one <= 31 and one_size <= 2:
            return two, True
        return whole(0), False
    if numbers < 3 or letters > 0 or not _is_time(data, position, end):
        return whole(0), False
    if one_size == 4:
        return (one, True) if _are_day_and_month(two, three) else (whole(0), False)
    if one_size > 2 or two_size > 2 or not _are_day_and_month(one, two):
        return whole(0), False
    if three_size == 4:
        return three, True
    if three_size == 2:
        return (three + 1900 if three > PIVOT else three + 2000), True
    return whole(0), False


@compiled
def _alone(number: int, size: int) -> tuple[int, bool]:
    """Read one number: a year, or a year with month and day."""
    if size == 4:
        return number, False
    if size == 8 and _are_day_and_month(number // 100 % 100, number % 100):
        return number // 10000, True
    return whole(0), False


@compiled
def _are_day_and_month(one: int, two: int) -> bool:
    return 1 <= min(one, two) <= 12 and 1 <= max(one, two) <= 31


@compiled
def _is_time(data: Any, position: int, end: int) -> bool:
    """Say whether nothing, or the time of a day, stands behind a date."""
    if position == end:
        return True
    byte = whole(data[position])
    if byte == 46 and position + 1 == end:
        return True
    if byte != 32 and byte != 84:  # space T
        return False
    for each in range(position + 1, end):
        byte = whole(data[each])
        is_digit = 48 <= byte <= 58
        if not (is_digit or byte == 46 or byte == 90 or byte == 43 or byte == 45 or byte == 32):
            return False
    return True
