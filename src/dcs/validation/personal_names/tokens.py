"""
Cut a cell's UTF-8 bytes into words, and keep of each what features are made of.

A word is letters and digits; a hyphen or an apostrophe inside it belongs to it,
except an English possessive (``Anna's`` is ``Anna``) and what Romance languages
put in front (``d'Anna`` is ``d`` and ``Anna``). Letters of Latin scripts are
folded to lower case; all other letters count as such and are left as they are.
Whole numbers stay below 2^63 everywhere, so Python counts as machine code does.
"""

from typing import Any

import numpy as np

from dcs.validation.kernels.marks import compiled

# What is kept of each word, in this order.
START, END, WORD, HEAD, TAIL, LOOKS, KNOWN, BEFORE, LABEL, MARGIN = range(10)
FIELDS = 10
SLOTS = 1 << 20  # of the gazetteer
FIRST_NAME, LAST_NAME, PLACE, COMMON = 1, 2, 4, 8  # what it knows of a word

# What a word looks like.
LOWER, TITLE, INITIAL, PAIR, UPPER, MIXED, DIGITS, CODE, NOTHING = range(9)

# What stands in front of a word.
SPACE, COMMA, PERIOD, HYPHEN, APOSTROPHE, QUOTE, COLON, OTHER, BEGIN = range(9)

LATIN_LEAD, LAST_LATIN_LEAD = 0xC3, 0xC9  # first bytes of Latin letters that are not ASCII
FNV_BASIS, FNV_PRIME, LOW32 = 2166136261, 16777619, 0xFFFFFFFF


@compiled
def whole(number: Any) -> Any:
    """Return a number as one of 64 bits: a function is compiled again for every other kind."""
    return np.int64(number)


def folding() -> np.ndarray:
    """Return the second byte of the lower case of each two-byte Latin letter, where that is all that changes."""
    letters = [chr(each) for each in range(0xC0, 0x280)]
    return np.array([_second_of_lower(each) for each in letters], np.uint8)


def _second_of_lower(letter: str) -> int:
    lower, same = letter.lower().encode(), letter.encode()
    return lower[1] if len(lower) == 2 and lower[0] == same[0] else same[1]


FOLDS = folding()


@compiled
def cut_words(
    data: Any, start: int, end: int, first: int, gazetteer: Any, folds: Any, words: Any, room: int
) -> int:
    """
    Cut words from *start* on until the cell or the room ends.

    Args:
        first: Where the cell begins.
        gazetteer: What is known of the words of each slot.
        folds: `FOLDS`.
        words: Filled with `FIELDS` numbers for each word.
        room: How many words it may hold.

    Returns:
        How many there are; as many as *room* if more may follow the last one's end.
    """
    count = 0
    position = start
    before = BEGIN if start == first else SPACE
    while position < end and count < room:
        width = letter_width(data, position, end)
        if width == 0:
            before = _mark(data, position, before)
            position += 1
            continue
        place = count * FIELDS
        position = _read_word(data, position, end, folds, words, place)
        words[place + BEFORE] = before
        words[place + KNOWN] = gazetteer[words[place + WORD] & (SLOTS - 1)]
        before = SPACE
        count += 1
    return count


@compiled
def letter_width(data: Any, position: int, end: int) -> int:
    """Return how many bytes the letter or digit at *position* has; 0 if it is none."""
    byte = data[position]
    if byte < 128:
        is_digit = 48 <= byte <= 57
        folded = byte | 32
        return 1 if is_digit or 97 <= folded <= 122 else 0
    if byte < 0xC3:  # continuations, and the signs of Latin-1
        return 0
    if byte < 0xE0:
        return 2 if position + 1 < end else 0
    if byte < 0xF0:
        if position + 2 >= end:
            return 0
        second = data[position + 1]
        if byte == 0xE2 and second < 0xB0:  # punctuation, currencies, arrows, drawings
            return 0
        if byte == 0xE3 and second == 0x80:  # punctuation of Chinese and Japanese
            return 0
        if byte == 0xEF and second >= 0xB8:  # full-width forms and the mark of byte order
            return 0
        return 3
    return 0  # pictures


@compiled
def is_capital(data: Any, position: int, end: int, folds: Any) -> bool:
    """Say whether a Latin capital letter stands at *position*."""
    byte = whole(data[position])
    if byte < 128:
        return bool(65 <= byte <= 90)
    if byte < LATIN_LEAD or byte > LAST_LATIN_LEAD or position + 1 >= end:
        return False
    second = whole(data[position + 1])
    return bool(folds[(byte - LATIN_LEAD) * 64 + (second & 63)] != second)


@compiled
def _read_word(data: Any, position: int, end: int, folds: Any, words: Any, place: int) -> int:
    """Read one word into *words* and return where it ends."""
    start = position
    word, head, tail, letters = FNV_BASIS, 0, 0, 0
    capitals, small, digits, marks = whole(0), whole(0), whole(0), whole(0)
    begins_capital = is_capital(data, position, end, folds)
    while position < end:
        width = letter_width(data, position, end)
        if width == 0:
            width = _joint(data, position, end, begins_capital)
            if width == 0:
                break
            joint = 39 if width != 1 or data[position] == 39 else 45
            marks += 1
            word = ((word ^ joint) * FNV_PRIME) & LOW32
            tail = ((tail << 8) | joint) & LOW32
            position += width
            continue
        capital = is_capital(data, position, end, folds)
        if 48 <= data[position] <= 57:
            digits += 1
        elif capital:
            capitals += 1
        else:
            small += 1
        for step in range(width):
            byte = whole(data[position + step])
            if capital and width == 1:
                byte |= 32
            elif capital and step == 1:
                byte = whole(folds[(whole(data[position]) - LATIN_LEAD) * 64 + (byte & 63)])
            word = ((word ^ byte) * FNV_PRIME) & LOW32
            tail = ((tail << 8) | byte) & LOW32
            if letters < 3:
                head = (head << 8) | byte
        letters += 1
        position += width
    words[place + START] = start
    words[place + END] = position
    words[place + WORD] = word
    words[place + HEAD] = head & LOW32
    words[place + TAIL] = tail
    words[place + LOOKS] = _looks(begins_capital, capitals, small, digits, marks)
    return position


@compiled
def _joint(data: Any, position: int, end: int, begins_capital: bool) -> int:
    """Return the bytes of a hyphen or apostrophe that joins two letters of one word, else 0."""
    byte = data[position]
    width = 1
    if byte == 0xE2 and position + 2 < end:
        if data[position + 1] != 0x80 or data[position + 2] != 0x99:
            return 0
        width = 3
    elif byte != 39 and byte != 45:
        return 0
    behind = position + width
    if behind >= end or letter_width(data, behind, end) == 0 or 48 <= data[behind] <= 57:
        return 0
    if byte == 45:
        return width
    if not begins_capital:
        return 0
    last = behind + 1 >= end or letter_width(data, behind + 1, end) == 0
    return 0 if last and data[behind] | 32 == 115 else width


@compiled
def _looks(begins_capital: bool, capitals: int, small: int, digits: int, marks: int) -> int:
    if digits > 0:
        return DIGITS if capitals + small == 0 else CODE
    if capitals == 0:
        return LOWER
    if small == 0:
        if capitals <= 2:
            return INITIAL if capitals == 1 else PAIR
        return UPPER
    return TITLE if begins_capital and capitals <= 1 + marks else MIXED


@compiled
def _mark(data: Any, position: int, before: int) -> int:
    """Return what stands in front of the next word, given what stood there until now."""
    byte = data[position]
    if byte == 32:
        return before
    if byte == 44 or byte == 59:
        return COMMA
    if byte == 46 or byte == 33 or byte == 63:
        return PERIOD
    if byte == 45:
        return HYPHEN
    if byte == 39:
        return APOSTROPHE
    if byte == 34 or byte == 40 or byte == 91:
        return QUOTE
    if byte == 58 or byte == 61:
        return COLON
    if 0x80 <= byte < 0xC0:  # the rest of a sign that was seen
        return before
    return OTHER
