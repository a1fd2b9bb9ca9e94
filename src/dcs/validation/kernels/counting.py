"""Check the bytes of a text: that they are UTF-8, and that every record has the same number of cells."""

from typing import Any

from dcs.validation.kernels.marks import compiled, kernel
from dcs.validation.kernels.words import HIGHS, full_word, has, repeated

IRREGULAR = -1
MULTILINE, TAKEN = range(2)
LINE_FEED, CARRIAGE_RETURN = 10, 13
_PLAIN, _DELIMITER, _END, _RETURN, _QUOTE = range(5)


@compiled
def goes_on(byte: int, least: int, most: int) -> bool:
    """Say whether a byte is in a range; the ranges are those of Unicode's table 3-7."""
    return least <= byte <= most


@kernel("u8[] i64[]")
def check_utf8(block: Any, not_ascii: Any) -> int:
    """
    Say up to where a block is UTF-8.

    Args:
        not_ascii: One counter of bytes that are not ASCII, added to.

    Returns:
        The block's size, or the position of the first character that is wrong or cut off.
    """
    size = block.size
    position = 0
    while position < size:
        byte = block[position]
        if byte < 0x80:
            if position + 8 <= size and full_word(block, position) & HIGHS == 0:
                position += 8
            else:
                position += 1
            continue
        least, most, more = 0x80, 0xBF, 0
        if 0xC2 <= byte <= 0xDF:
            more = 1
        elif 0xE0 <= byte <= 0xEF:
            more = 2
            least = 0xA0 if byte == 0xE0 else 0x80
            most = 0x9F if byte == 0xED else 0xBF
        elif 0xF0 <= byte <= 0xF4:
            more = 3
            least = 0x90 if byte == 0xF0 else 0x80
            most = 0x8F if byte == 0xF4 else 0xBF
        else:
            return position
        if position + more >= size or not goes_on(block[position + 1], least, most):
            return position
        for each in range(2, more + 1):
            if not goes_on(block[position + each], 0x80, 0xBF):
                return position
        not_ascii[0] += more + 1
        position += more + 1
    return position


@kernel("u8[] i64 i64 i64 i64 i64[]")
def count_records(
    block: Any, delimiter: int, quote: int, width: int, returns: int, facts: Any
) -> int:
    """
    Count the whole records in a block, and hold each to one pattern.

    Args:
        quote: One byte, or -1 where quotes are only characters of the cells.
        returns: 1 if line ends are a carriage return and a line feed, 0 if only the latter.
        facts: `MULTILINE` is set to 1 if a quoted cell has a line end inside, and `TAKEN`
            to the position behind the last whole record.

    Returns:
        The number of records, or `IRREGULAR` where the pattern does not hold.
    """
    classes = facts[TAKEN + 1 :]
    for each in range(256):
        classes[each] = _PLAIN
    classes[CARRIAGE_RETURN], classes[LINE_FEED] = _RETURN, _END
    classes[delimiter] = _DELIMITER
    if quote >= 0:
        classes[quote] = _QUOTE
    ends, breaks = repeated(LINE_FEED), repeated(CARRIAGE_RETURN)
    between, quotes = repeated(delimiter), repeated(quote & 0xFF)
    if quote < 0:
        quotes = between
    size = block.size
    records, cells, position, taken = 0, 0, 0, 0
    while position < size:
        kind = classes[block[position]]
        if kind == _QUOTE:  # at the beginning of a cell
            position += 1
            several = False
            while True:
                while position + 8 <= size:
                    word = full_word(block, position)
                    if has(word, quotes) | has(word, ends) | has(word, breaks):
                        break
                    position += 8
                while position < size and block[position] != quote:
                    several = several or block[position] in (LINE_FEED, CARRIAGE_RETURN)
                    position += 1
                if position + 1 >= size:
                    facts[TAKEN] = taken
                    return records
                position += 1
                if block[position] != quote:
                    break
                position += 1
            kind = classes[block[position]]
            if kind in (_PLAIN, _QUOTE):
                return IRREGULAR
            if several:
                facts[MULTILINE] = 1
        else:
            if kind == _PLAIN:
                position += 1
                while position + 8 <= size:
                    word = full_word(block, position)
                    if has(word, between) | has(word, ends) | has(word, breaks) | has(word, quotes):
                        break
                    position += 8
                while position < size and classes[block[position]] == _PLAIN:
                    position += 1
                if position >= size:
                    facts[TAKEN] = taken
                    return records
                kind = classes[block[position]]
            if kind == _QUOTE:
                return IRREGULAR
        if kind == _RETURN:
            if returns == 0:
                return IRREGULAR
            position += 1
            if position >= size:
                break
            if block[position] != LINE_FEED:
                return IRREGULAR
        elif kind == _END and returns == 1:
            return IRREGULAR
        position += 1
        cells += 1
        if kind != _DELIMITER:
            if cells != width:
                return IRREGULAR
            records += 1
            cells = 0
            taken = position
        elif cells == width:
            return IRREGULAR
    facts[TAKEN] = taken
    return records


FACTS = TAKEN + 1 + 256
