"""Social security numbers (ranges given by the SSA since 2011) and bank accounts (ISO 13616)."""

from typing import Any

import numpy as np

from dcs.validation.kernels.marks import compiled
from dcs.validation.personal.kernels.bytes import (
    CLASSES,
    DASH,
    DIGIT,
    LETTER,
    SPACE,
    ZERO,
    byte_at,
    class_at,
    digit_at,
    run_of,
)

LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30,
    "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
    "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
LARGE = 10**15  # a remainder is taken once for many digits: division is slow
COUNTRY_LENGTHS = np.zeros(26 * 26, np.int64)
for _country, _length in LENGTHS.items():
    COUNTRY_LENGTHS[(ord(_country[0]) - 65) * 26 + ord(_country[1]) - 65] = _length


@compiled
def is_ssn(data: Any, first: int, second: int, third: int) -> bool:
    """Say whether area, group and serial number were ever given to anybody."""
    area = digit_at(data, first) * 100 + digit_at(data, first + 1) * 10 + digit_at(data, first + 2)
    if area == 0 or area == 666 or area >= 900:
        return False
    group = data[second] != ZERO or data[second + 1] != ZERO
    serial = False
    for each in range(4):
        serial = serial or data[third + each] != ZERO
    return bool(group and serial)


@compiled
def ssn_end(data: Any, start: int, begin: int, end: int, named: bool) -> int:
    """Return where a social security number ends that begins here, or -1."""
    if byte_at(data, start - 1, begin, end) == DASH and not named:
        return -1
    separator = byte_at(data, start + 3, begin, end)
    dashed = separator == DASH
    if not dashed and not named:
        return -1
    if dashed and byte_at(data, start - 1, begin, end) == DASH:
        return -1
    skip = 1 if dashed or separator == SPACE else 0
    second = start + 3 + skip
    between = byte_at(data, second + 2, begin, end)
    if dashed != (between == DASH):
        return -1
    third = second + 2 + (1 if dashed or between == SPACE else 0)
    stop = third + 4
    if stop > end:
        return -1
    if (
        run_of(data, start, stop, DIGIT) < start + 3
        or run_of(data, second, stop, DIGIT) < second + 2
    ):
        return -1
    if run_of(data, third, stop, DIGIT) != stop or class_at(data, stop, begin, end) & DIGIT:
        return -1
    if dashed and byte_at(data, stop, begin, end) == DASH:
        return -1
    return stop if is_ssn(data, start, second, third) else -1


@compiled
def iban_end(data: Any, digit: int, begin: int, end: int) -> int:
    """Return where an account number ends whose check digits begin here, or -1."""
    start = digit - 2
    if start < begin or class_at(data, start - 1, begin, end) & (DIGIT | LETTER):
        return -1
    one, other = data[start], data[start + 1]
    if not (65 <= one <= 90 and 65 <= other <= 90):
        return -1
    length = COUNTRY_LENGTHS[(int(one) - 65) * 26 + int(other) - 65]
    if length == 0 or not class_at(data, digit + 1, begin, end) & DIGIT:
        return -1
    rest, count, position = 0, 0, digit + 2
    check = digit_at(data, digit) * 10 + digit_at(data, digit + 1)
    while count < length - 4:
        if position >= end:
            return -1
        byte = int(data[position])
        if byte == SPACE and data[position - 1] != SPACE:
            position += 1
            continue
        kind = CLASSES[byte]
        if kind & DIGIT:
            rest = rest * 10 + byte - ZERO
        elif kind & LETTER:
            rest = rest * 100 + (byte & 0xDF) - 55
        else:
            return -1
        if rest > LARGE:
            rest %= 97
        count += 1
        position += 1
    rest %= 97
    if class_at(data, position, begin, end) & (DIGIT | LETTER):
        return -1
    rest = (rest * 10_000 + (int(one) - 55) * 100 + int(other) - 55) % 97
    return position if (rest * 100 + check) % 97 == 1 else -1
