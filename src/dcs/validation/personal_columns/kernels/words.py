"""
Read the words of one short cell: letters are looked up, numbers and marks are counted.

A word is hashed as `personal_names.tokens` hashes it, so that one gazetteer
serves both. A hyphen or an apostrophe joins two words: they are looked up
together, and each by itself.
"""

from typing import Any

from dcs.validation.kernels.marks import compiled
from dcs.validation.personal_columns.kernels.facts import (
    CODES,
    COMMAS,
    COMMON,
    COMPANY,
    COMPANY_WORD,
    CORE,
    FACTS,
    FILLERS,
    FIRST,
    LAST,
    LETTERS,
    NUMBERS,
    ODD,
    PAIRED,
    PARTICLE,
    PLACE,
    PLAIN,
    SOFT,
    STREET,
    STREET_WORD,
    TITLE_WORD,
    TITLED,
)
from dcs.validation.personal_names.tokens import (
    COMMON as COMMON_WORD,
)
from dcs.validation.personal_names.tokens import (
    FIRST_NAME,
    FNV_BASIS,
    FNV_PRIME,
    LAST_LATIN_LEAD,
    LAST_NAME,
    LATIN_LEAD,
    LOW32,
    SLOTS,
    is_capital,
    letter_width,
    whole,
)
from dcs.validation.personal_names.tokens import PLACE as PLACE_NAME

MOST_ODD = 2  # marks after which a cell is no name, no place and no street


@compiled
def read_words(data: Any, start: int, end: int, lexicon: Any, folds: Any, facts: Any) -> None:
    """
    Fill *facts* with what the words of a cell are.

    Args:
        lexicon: What is known of the words of each slot.
        folds: `tokens.FOLDS`.
        facts: `FACTS` numbers; filled anew.
    """
    for each in range(FACTS):
        facts[each] = 0
    position = start
    seen = whole(0)  # bits of all words before
    while position < end and facts[ODD] <= MOST_ODD:
        byte = whole(data[position])
        if 48 <= byte <= 57:
            position = _past_number(data, position, end)
            facts[NUMBERS] += 1
            continue
        if byte >= 128 or 97 <= byte | 32 <= 122:
            width = letter_width(data, position, end)
            if width > 0:
                position, seen = _read_word(data, position, end, lexicon, folds, facts, seen)
                continue
        position += 1
        if byte == 32 or byte == 46 or byte == 39 or byte == 45:  # space . ' -
            continue
        if byte == 44:  # ,
            facts[COMMAS] += 1
        elif byte == 40 or byte == 41 or byte == 47 or byte == 35:  # ( ) / #
            facts[SOFT] += 1
        elif byte < 128 or byte >= 0xC0:
            facts[ODD] += 1


@compiled
def _past_number(data: Any, position: int, end: int) -> int:
    """Return where a number ends, with the letter, range or flat behind it: ``12a``, ``4/2``."""
    while position < end:
        byte = whole(data[position])
        if 48 <= byte <= 57 or 97 <= byte | 32 <= 122:
            position += 1
        elif (byte == 45 or byte == 47) and position + 1 < end and 48 <= data[position + 1] <= 57:
            position += 2
        else:
            break
    return position


@compiled
def _read_word(
    data: Any, position: int, end: int, lexicon: Any, folds: Any, facts: Any, seen: int
) -> tuple[int, int]:
    """Read and note one word; return where it ends, and the bits of all words so far."""
    word, part = whole(FNV_BASIS), whole(FNV_BASIS)
    parts, letters, part_letters = whole(255), whole(0), whole(0)
    digits, joined = whole(0), whole(0)
    while position < end:
        byte = whole(data[position])
        low = byte | 32
        if byte < 128 and 97 <= low <= 122:
            word = ((word ^ low) * FNV_PRIME) & LOW32
            part = ((part ^ low) * FNV_PRIME) & LOW32
            letters += 1
            part_letters += 1
            position += 1
        elif 48 <= byte <= 57:
            digits += 1
            position += 1
        elif byte >= 128 and letter_width(data, position, end) > 0:
            width = letter_width(data, position, end)
            capital = is_capital(data, position, end, folds)
            for step in range(width):
                byte = whole(data[position + step])
                if capital and step == 1:
                    byte = whole(folds[(whole(data[position]) - LATIN_LEAD) * 64 + (byte & 63)])
                word = ((word ^ byte) * FNV_PRIME) & LOW32
                part = ((part ^ byte) * FNV_PRIME) & LOW32
            letters += 1
            part_letters += 1
            position += width
        else:
            width = _joint(data, position, end)
            if width == 0:
                break
            joint = 45 if byte == 45 else 39
            word = ((word ^ joint) * FNV_PRIME) & LOW32
            if part_letters > 1:
                parts &= whole(lexicon[part & (SLOTS - 1)])
            part, part_letters = whole(FNV_BASIS), whole(0)
            joined += 1
            position += width
    if digits > 0:
        facts[CODES] += 1
        return position, seen
    known = whole(lexicon[word & (SLOTS - 1)])
    if joined > 0:  # ``Konrad-Adenauer-Straße`` is a street by its last part
        ending = whole(lexicon[part & (SLOTS - 1)])
        known |= (parts & ending) | (ending & STREET_WORD)
    return position, _note(facts, known, letters, seen)


@compiled
def _joint(data: Any, position: int, end: int) -> int:
    """Return the bytes of a hyphen or an apostrophe between two letters, else 0."""
    byte = whole(data[position])
    width = 1
    if byte == 0xE2 and position + 2 < end:
        if data[position + 1] != 0x80 or data[position + 2] != 0x99:
            return 0
        width = 3
    elif byte != 39 and byte != 45:
        return 0
    behind = position + width
    if behind >= end:
        return 0
    after = whole(data[behind])
    if 97 <= after | 32 <= 122 and after < 128:
        return width
    return width if LATIN_LEAD <= after <= LAST_LATIN_LEAD else 0


@compiled
def _note(facts: Any, known: int, letters: int, seen: int) -> int:
    """Count a word of so many letters; return the bits of all words so far."""
    facts[LETTERS] = max(facts[LETTERS], letters)
    if known & STREET_WORD:
        facts[STREET] += 1
    if known & COMPANY_WORD:
        facts[COMPANY] += 1
    named = known & (FIRST_NAME | LAST_NAME)
    if letters == 1 or (named == 0 and known & (PARTICLE | TITLE_WORD)):
        facts[FILLERS] += 1
        if letters > 1 and known & TITLE_WORD:
            facts[TITLED] += 1
        return seen
    facts[CORE] += 1
    if known & PLACE_NAME:
        facts[PLACE] += 1
    if known & COMMON_WORD:
        facts[COMMON] += 1
        if named == 0:
            facts[PLAIN] += 1
    if known & FIRST_NAME:
        facts[FIRST] += 1
        if seen & LAST_NAME:
            facts[PAIRED] = 1
    if known & LAST_NAME:
        facts[LAST] += 1
        if seen & FIRST_NAME:
            facts[PAIRED] = 1
    return seen | named
