"""Addresses of machines: dotted (RFC 791), in groups (RFC 4291), and of hardware (IEEE 802)."""

from typing import Any

from dcs.validation.kernels.marks import compiled
from dcs.validation.personal.kernels.bytes import (
    CLASSES,
    COLON,
    DASH,
    DIGIT,
    DOT,
    HEX,
    LETTER,
    SLASH,
    ZERO,
    byte_at,
    class_at,
    digit_at,
    run_of,
    word_after,
    word_before,
)

LONGEST_ADDRESS = 39  # eight groups of four, and the colons between
LOOKS_LIKE_VERSION = 20  # four numbers up to this are a version unless the column says otherwise


@compiled
def ipv4_end(data: Any, start: int, begin: int, end: int, named: bool) -> int:
    """Return where a dotted address ends that begins here, or -1."""
    before = byte_at(data, start - 1, begin, end)
    if before == DOT or word_before(data, start, begin):
        return -1
    if before == SLASH and class_at(data, start - 2, begin, end) & LETTER:
        return -1  # the version of a product
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
    if word_after(data, position, end):
        return -1
    if (
        byte_at(data, position, begin, end) == DOT
        and class_at(data, position + 1, begin, end) & DIGIT
    ):
        return -1
    return position if named or most > LOOKS_LIKE_VERSION else -1


@compiled
def like_version(data: Any, start: int) -> bool:
    """Say whether the first numbers of a dotted address are as small as those of a version: 9.21.13.40."""
    position, value, group = start, 0, 0
    while group < 3:
        if data[position] == DOT:
            if value > (30 if group == 0 else 50) or (group == 0 and value == 10):
                return False
            value, group = 0, group + 1
        else:
            value = value * 10 + digit_at(data, position)
        position += 1
    return True


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
def opens(data: Any, position: int, begin: int, end: int) -> bool:
    """Say whether an address in groups may begin here."""
    return not word_before(data, position, begin) and byte_at(data, position - 1, begin, end) != DOT


@compiled
def closes(data: Any, position: int, begin: int, end: int) -> bool:
    """Say whether an address in groups may end here; a full stop may follow."""
    if word_after(data, position, end) or byte_at(data, position, begin, end) == COLON:
        return False
    dotted = byte_at(data, position, begin, end) == DOT
    return not (dotted and word_after(data, position + 1, end))


@compiled
def near_mark(data: Any, digit: int, run: int, end: int) -> bool:
    """Say whether a dash or a dot ends the hexadecimal digits that begin here, within four of them."""
    stop = run
    while stop < end and stop - digit < 4 and CLASSES[data[stop]] & HEX:
        stop += 1
    return stop < end and (data[stop] == DASH or data[stop] == DOT)


@compiled
def hardware_around(data: Any, digit: int, run: int, begin: int, end: int) -> tuple[int, int]:
    """Return a hardware address with dashes (six pairs) or dots (three fours) around a run of digits, or -1."""
    start, stop = digit, run
    while start > begin and digit - start < 4 and CLASSES[data[start - 1]] & HEX:
        start -= 1
    while stop < end and stop - start <= 4 and CLASSES[data[stop]] & HEX:
        stop += 1
    size, mark = stop - start, byte_at(data, stop, begin, end)
    dashed, dotted = size == 2 and mark == DASH, size == 4 and mark == DOT
    if not (dashed or dotted):
        return -1, -1
    length = 17 if dashed else 14
    for back in range(6 if dashed else 3):
        first = start - back * (size + 1)
        if first < begin or first + length > end:
            continue
        framed = not word_before(data, first, begin) and not word_after(data, first + length, end)
        before, after = (
            byte_at(data, first - 1, begin, end),
            byte_at(data, first + length, begin, end),
        )
        glued = before == mark or (after == mark and word_after(data, first + length + 1, end))
        if framed and not glued:
            if dashed and is_mac(data, first, first + 17):
                return first, first + 17
            if dotted and is_dotted_mac(data, first):
                return first, first + 14
    return -1, -1


@compiled
def is_dotted_mac(data: Any, start: int) -> bool:
    """Say whether three groups of four hexadecimal digits stand here, with dots between and a letter inside."""
    letters = 0
    for each in range(14):
        byte = data[start + each]
        if each % 5 == 4:
            if byte != DOT:
                return False
        elif CLASSES[byte] & HEX == 0:
            return False
        letters += CLASSES[byte] & LETTER != 0
    return letters > 0


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
