"""
Find personal data in every cell of a column, over the raw bytes, verified where it is found.

Where values could overlap, the one that begins first takes the bytes. One walk
over each cell stops only at bytes that can begin or anchor a value:
digits, ``@``, ``:``, ``+`` and ``(``. What it stops at is held against the rules
at once: Luhn (ISO/IEC 7812-1), IBAN lengths and mod 97 (ISO 13616), social
security ranges (SSA since 2011), NANP numbering (ATIS), dotted and colon
addresses (RFC 791, RFC 4291). What cannot be told from an ordinary number
counts only where the column's name says so.
"""

from typing import Any

import numpy as np

from dcs.validation.kernels.marks import compiled, kernel
from dcs.validation.kernels.words import HIGHS, full_word

ENTITIES = (
    "EMAIL_ADDRESS",
    "CREDIT_CARD",
    "US_SSN",
    "IBAN_CODE",
    "IP_ADDRESS",
    "PHONE_NUMBER",
    "MAC_ADDRESS",
)
EMAIL, CARD, SSN, IBAN, IP, PHONE, MAC = range(len(ENTITIES))
KNOWN = len(ENTITIES)
FIRSTS = 20  # located cells of one entity
CELLS, WHOLE, CANDIDATES = range(3)
TALLIES = 3
ROW, START, END = range(3)
LONGEST_ADDRESS = 39  # eight groups of four, and the colons between
LOOKS_LIKE_VERSION = 20  # four numbers up to this are a version unless the column says otherwise

DOT, DASH, SPACE, PLUS, OPEN, CLOSE, AT, COLON, ZERO, COMMA, PERCENT, QUOTE = (
    46, 45, 32, 43, 40, 41, 64, 58, 48, 44, 37, 39,
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
COUNTRY_LENGTHS = np.zeros(26 * 26, np.int64)
for _country, _length in LENGTHS.items():
    COUNTRY_LENGTHS[(ord(_country[0]) - 65) * 26 + ord(_country[1]) - 65] = _length


@compiled
def class_at(data: Any, position: int, begin: int, end: int) -> int:
    """Return the class of a byte, 0 outside the cell."""
    return int(CLASSES[data[position]]) if begin <= position < end else 0


@compiled
def byte_at(data: Any, position: int, begin: int, end: int) -> int:
    """Return a byte, 0 outside the cell."""
    return int(data[position]) if begin <= position < end else 0


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
def email_end(data: Any, at: int, end: int) -> int:
    """Return where the domain behind an ``@`` ends, or -1 if there is none."""
    found = -1
    position = at + 1
    while True:
        label = position
        while position < end and (
            CLASSES[data[position]] & (DIGIT | LETTER) or data[position] == DASH
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
def ipv4_end(data: Any, start: int, begin: int, end: int, named: bool) -> int:
    """Return where a dotted address ends that begins here, or -1."""
    before = byte_at(data, start - 1, begin, end)
    if before == DOT or class_at(data, start - 1, begin, end) & WORD:
        return -1
    position, most = start, 0
    for group in range(4):
        stop = run_of(data, position, min(end, position + 4), DIGIT)
        size = stop - position
        if not 1 <= size <= 3 or (size > 1 and data[position] == ZERO):
            return -1
        value = 0
        for each in range(position, stop):
            value = value * 10 + digit_at(data, each)
        if value > 255:
            return -1
        most = max(most, value)
        if group < 3:
            if byte_at(data, stop, begin, end) != DOT:
                return -1
            stop += 1
        position = stop
    if class_at(data, position, begin, end) & WORD:
        return -1
    if (
        byte_at(data, position, begin, end) == DOT
        and class_at(data, position + 1, begin, end) & DIGIT
    ):
        return -1
    return position if named or most > LOOKS_LIKE_VERSION else -1


@compiled
def is_ipv6(data: Any, start: int, end: int) -> bool:
    """Say whether a run of hexadecimal digits and colons is an address with two groups or more."""
    groups, size, doubled = 0, 0, False
    position = start
    while position < end:
        if data[position] != COLON:
            size += 1
            if size > 4:
                return False
            groups += size == 1
            position += 1
            continue
        if position + 1 < end and data[position + 1] == COLON:
            if doubled:
                return False
            doubled = True
            position += 1
        elif size == 0 or position + 1 == end:
            return False
        size = 0
        position += 1
    return bool(2 <= groups <= 7 and doubled) or bool(groups == 8 and not doubled)


@compiled
def address_around(data: Any, colon: int, begin: int, end: int) -> tuple[int, int]:
    """Return the run of hexadecimal digits and colons around a colon; one byte too many if it is too long."""
    start, stop = colon, colon + 1
    while start > begin and colon - start <= LONGEST_ADDRESS:
        if not (CLASSES[data[start - 1]] & HEX or data[start - 1] == COLON):
            break
        start -= 1
    while stop < end and stop - colon <= LONGEST_ADDRESS:
        if not (CLASSES[data[stop]] & HEX or data[stop] == COLON):
            break
        stop += 1
    return start, stop


@compiled
def is_mac(data: Any, start: int, end: int) -> bool:
    """Say whether a run is six pairs of hexadecimal digits with one kind of mark between."""
    if end - start != 17:
        return False
    mark = data[start + 2]
    for each in range(17):
        byte = data[start + each]
        if each % 3 == 2:
            if byte != mark:
                return False
        elif CLASSES[byte] & HEX == 0:
            return False
    return bool(mark == COLON or mark == DASH)  # noqa: SIM109


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
            rest = (rest * 10 + byte - ZERO) % 97
        elif kind & LETTER:
            rest = (rest * 100 + (byte & 0xDF) - 55) % 97
        else:
            return -1
        count += 1
        position += 1
    if class_at(data, position, begin, end) & (DIGIT | LETTER):
        return -1
    rest = (rest * 10_000 + (int(one) - 55) * 100 + int(other) - 55) % 97
    return position if (rest * 100 + check) % 97 == 1 else -1


@compiled
def international_end(data: Any, plus: int, begin: int, end: int) -> int:
    """Return where a telephone number ends that begins with a plus sign, or -1."""
    before = byte_at(data, plus - 1, begin, end)
    if before == PLUS or class_at(data, plus - 1, begin, end) & WORD:
        return -1
    position, count, found, marks = plus + 1, 0, -1, 0
    while position < end and count < 15:
        byte = data[position]
        if CLASSES[byte] & DIGIT:
            count += 1
            marks = 0
            if count >= 7 and not class_at(data, position + 1, begin, end) & DIGIT:
                found = position + 1
        elif count > 0 and marks < 2 and byte in (SPACE, OPEN, CLOSE, DOT, DASH):
            marks += 1
        else:
            break
        position += 1
    return found


@compiled
def digits_here(data: Any, position: int, end: int, count: int) -> bool:
    """Say whether so many digits begin at a position."""
    return (
        position + count <= end
        and run_of(data, position, position + count, DIGIT) == position + count
    )


@compiled
def american_end(data: Any, start: int, begin: int, end: int) -> int:
    """Return where a number of the North American plan ends that begins here, or -1."""
    before = byte_at(data, start - 1, begin, end)
    if class_at(data, start - 1, begin, end) & WORD or before in (DOT, PLUS, DASH):
        return -1
    position = start
    if data[position] == 49:  # 1
        position += 1
        if byte_at(data, position, begin, end) in (SPACE, DOT, DASH):
            position += 1
    bracket = byte_at(data, position, begin, end) == OPEN
    position += bracket
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
    if after == DASH or class_at(data, position, begin, end) & WORD:
        return -1
    if after == DOT and class_at(data, position + 1, begin, end) & DIGIT:
        return -1
    return position


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
    if (class_at(data, start - 1, begin, end) | class_at(data, stop, begin, end)) & WORD:
        return -1
    return stop


@compiled
def is_open(data: Any, position: int, begin: int, end: int) -> bool:
    """Say whether an address may begin or end beside this byte."""
    byte = byte_at(data, position, begin, end)
    return byte != DOT and byte != COLON and not class_at(data, position, begin, end) & WORD


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
def note(
    found: Any, tallies: Any, firsts: Any, entity: int, row: int, begin: int, end: int,
    start: int, stop: int,
) -> None:  # fmt: skip
    """Count a value, once for each cell, and keep the first places."""
    if found[entity] == row:
        return
    found[entity] = row
    place = entity * TALLIES
    count = tallies[place + CELLS]
    if count < FIRSTS:
        where = (entity * FIRSTS + count) * 3
        firsts[where + ROW], firsts[where + START], firsts[where + END] = row, start, stop
    tallies[place + CELLS] += 1
    tallies[place + WHOLE] += start == begin and stop == end


@kernel("u8[] i32[] i64 i64 i64[] i64[] i64[] i64[]")
def scan(
    data: Any,
    offsets: Any,
    named: int,
    disguises: int,
    tallies: Any,
    firsts: Any,
    disguised: Any,
    scratch: Any,
) -> int:
    """
    Look for personal data in every cell of one batch of a column.

    Args:
        named: A bit for each entity that the column's name speaks for.
        disguises: 1 to leave cells with disguised characters out and list them.
        tallies: `TALLIES` counters an entity, added to: cells, cells that are nothing
            else, and cells with a number that could be one.
        firsts: Row of the batch, first byte and end of the first `FIRSTS` of each entity.
        disguised: Filled with the rows that were left out.
        scratch: 64 numbers.

    Returns:
        How many cells were left out.
    """
    rows = offsets.size - 1
    digits, ends, found = scratch[:20], scratch[20:40], scratch[40 : 40 + KNOWN]
    found[:] = -1
    left_out = 0
    for row in range(rows):
        begin, end = int(offsets[row]), int(offsets[row + 1])
        if disguises and has_high(data, begin, end) and is_disguised(data, begin, end):
            disguised[left_out] = row
            left_out += 1
            continue
        position, free, card_free, candidate = begin, begin, begin, False
        while position < end:
            byte = data[position]
            if CLASSES[byte] & ANCHOR == 0:
                position += 1
                continue
            if byte == AT:
                start = position
                while start > free and CLASSES[data[start - 1]] & LOCAL:
                    start -= 1
                stop = email_end(data, position, end) if start < position else -1
                if stop > 0:
                    note(found, tallies, firsts, EMAIL, row, begin, end, start, stop)
                    free = stop
                position += 1
            elif byte == COLON:
                start, stop = address_around(data, position, begin, end)
                open_ = is_open(data, start - 1, begin, end)
                after = stop
                if byte_at(data, stop, begin, end) == PERCENT:  # an interface may follow
                    after = run_of(data, stop + 1, end, WORD)
                    if after == stop + 1 or not is_open(data, after, begin, end):
                        after = stop
                closed = is_open(data, after, begin, end)
                position += 1
                if open_ and closed and 6 <= stop - start <= LONGEST_ADDRESS:
                    if is_mac(data, start, stop):
                        note(found, tallies, firsts, MAC, row, begin, end, start, stop)
                        position = stop
                    elif is_ipv6(data, start, stop):
                        note(found, tallies, firsts, IP, row, begin, end, start, after)
                        position = after
            elif byte in (PLUS, OPEN):
                if byte == PLUS:
                    stop = international_end(data, position, begin, end)
                else:
                    stop = american_end(data, position, begin, end)
                if stop > 0:
                    note(found, tallies, firsts, PHONE, row, begin, end, position, stop)
                position = max(stop, position + 1)
            else:
                run = run_of(data, position, end, DIGIT)
                size = run - position
                following = byte_at(data, run, begin, end)
                if size >= 2 and class_at(data, position - 1, begin, end) & LETTER:
                    stop = iban_end(data, position, begin, end)
                    if stop > 0:
                        note(found, tallies, firsts, IBAN, row, begin, end, position - 2, stop)
                        position = stop
                        continue
                if size < 13 and CLASSES[following] & WORD and (named >> SSN) & 1 == 0:
                    position = run  # inside a code, as nearly all digits of hashes are
                    continue
                if size <= 3 and following == DOT:
                    stop = ipv4_end(data, position, begin, end, (named >> IP) & 1 == 1)
                    if stop > 0:
                        note(found, tallies, firsts, IP, row, begin, end, position, stop)
                        position = stop
                        continue
                if size == 3 or (named >> SSN) & 1:
                    stop = ssn_end(data, position, begin, end, (named >> SSN) & 1 == 1)
                    if stop > 0:
                        note(found, tallies, firsts, SSN, row, begin, end, position, stop)
                        position = stop
                        continue
                if size <= 4:
                    stop = american_end(data, position, begin, end)
                    if stop > 0:
                        note(found, tallies, firsts, PHONE, row, begin, end, position, stop)
                        position = stop
                        continue
                if (named >> PHONE) & 1:
                    stop = bare_phone_end(data, position, run, begin, end)
                    if stop > 0:
                        note(found, tallies, firsts, PHONE, row, begin, end, position, stop)
                        position = stop
                        continue
                if position >= card_free and end - position >= 13:
                    stop = card_end(data, position, begin, end, digits, ends)
                    if stop > 0:
                        card_free = stop
                        if not candidate:
                            candidate = True
                            tallies[CARD * TALLIES + CANDIDATES] += 1
                        count = int(ends[0])
                        if is_brand(digits, count) and luhn(digits, count):
                            note(found, tallies, firsts, CARD, row, begin, end, position, stop)
                if size == 2 and following == DASH and position + 17 <= end:
                    glued = class_at(data, position - 1, begin, end)
                    glued |= class_at(data, position + 17, begin, end)
                    if not glued & WORD and is_mac(data, position, position + 17):
                        note(found, tallies, firsts, MAC, row, begin, end, position, position + 17)
                position = run
    return left_out
