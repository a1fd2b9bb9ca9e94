"""
Say of every cell of a column what it could be, and count it, in one call.

Only short cells are read word by word: nothing longer is a name, a place or a
street. What only a column's name can tell (dates of birth, postal codes, account
numbers) is looked at where the name asks for it.
"""

from typing import Any

from dcs.validation.kernels.marks import compiled, kernel
from dcs.validation.personal_columns.kernels import facts as f
from dcs.validation.personal_columns.kernels.dates import year_of
from dcs.validation.personal_columns.kernels.numbers import characters_of, is_account, is_postal
from dcs.validation.personal_columns.kernels.streets import has_street_ending
from dcs.validation.personal_columns.kernels.words import read_words
from dcs.validation.personal_names.tokens import whole

LONGEST = 100  # bytes of a cell that is read
MOST_NAMES, MOST_TITLED, MOST_PLACE_WORDS, MOST_WORDS, MOST_NUMBERS, MOST_CODES = 5, 8, 8, 12, 5, 2
JOINED = 9  # letters of one word that a street's own name is joined to with hyphens
UPPER_A = 65


@kernel("u8[] i32[] u8[] u8[] u8[] i64 i64 i64[] i64[] i64[]")
def tally_cells(
    data: Any,
    offsets: Any,
    lexicon: Any,
    folds: Any,
    regions: Any,
    wanted: int,
    first_row: int,
    facts: Any,
    counts: Any,
    firsts: Any,
) -> int:
    """
    Count the cells of a buffer by every sign that they have.

    Args:
        offsets: One more than there are cells; none is beyond *data*.
        lexicon: What is known of the words of each slot.
        folds: `tokens.FOLDS`.
        regions: 1 for each pair of capitals that is a state or a province, 26 times 26.
        wanted: What the column's name asks for, as ``WANT_…`` bits.
        first_row: The row of the first cell.
        facts: Room for the facts of one cell.
        counts: Counted up: `SIGNS` numbers, or `COUNTS` where digits are wanted.
        firsts: The first `FIRSTS` rows of each sign; as many as there are counts of it.

    Returns:
        How many cells were read.
    """
    read = 0
    for row in range(offsets.size - 1):
        start, end = whole(offsets[row]), whole(offsets[row + 1])
        while start < end and data[start] == 32:
            start += 1
        while end > start and data[end - 1] == 32:
            end -= 1
        if start == end or end - start > LONGEST:
            continue
        read += 1
        signs = whole(0)
        if wanted & (f.WANT_WORDS | f.WANT_STREET):
            read_words(data, start, end, lexicon, folds, facts)
            if facts[f.ODD] == 0 and facts[f.CODES] + facts[f.NUMBERS] == 0:
                signs |= _name_signs(facts)
                signs |= _place_signs(data, start, end, regions, facts)
            elif facts[f.ODD] == 0 and 0 < facts[f.NUMBERS] <= MOST_NUMBERS:
                signs |= _street_signs(data, start, end, facts)
        if wanted & f.WANT_DIGITS:
            signs |= _digit_signs(data, start, end, wanted, counts)
        sign = 0
        while signs:
            if signs & 1:
                if counts[sign] < f.FIRSTS:
                    firsts[sign * f.FIRSTS + counts[sign]] = first_row + row
                counts[sign] += 1
            signs >>= 1
            sign += 1
    return read


@compiled
def _name_signs(facts: Any) -> int:
    core = facts[f.CORE]
    titled = facts[f.TITLED] > 0  # ``Cumings, Mrs. John Bradley (Florence Briggs Thayer)``
    if core == 0 or core > (MOST_TITLED if titled else MOST_NAMES) or facts[f.COMMAS] > 1:
        return 0
    if facts[f.SOFT] > 0 and not titled:
        return 0
    if facts[f.COMPANY] > 0 and facts[f.PAIRED] == 0:
        return 1 << f.COMPANY_LIKE
    signs: int = whole(0)
    first, last, common = facts[f.FIRST], facts[f.LAST], facts[f.COMMON]
    if facts[f.COMPANY] > 0:
        signs |= 1 << f.COMPANY_LIKE
    if core <= 3 and facts[f.LETTERS] > 1:
        signs |= 1 << f.NAME_SHAPE
        if first == core:
            signs |= 1 << f.FIRST_KNOWN
            if common == 0:
                signs |= 1 << f.FIRST_SURE
        if last == core:
            signs |= 1 << f.LAST_KNOWN
            if common == 0:
                signs |= 1 << f.LAST_SURE
    if core >= 2 or (core == 1 and facts[f.FILLERS] > 0):
        signs |= 1 << f.FULL_SHAPE
        is_place = facts[f.PLACE] == core  # ``Boston Logan`` has two names in it as well
        is_name = not is_place and facts[f.PLAIN] == 0
        if titled or (is_name and first > 0):
            signs |= 1 << f.FULL_LIKELY
        if is_name and facts[f.PAIRED] and core <= 4:
            signs |= 1 << f.FULL_SURE
    return signs


@compiled
def _place_signs(data: Any, start: int, end: int, regions: Any, facts: Any) -> int:
    core = facts[f.CORE]
    if end - start == 2:
        one, two = whole(data[start]) - UPPER_A, whole(data[start + 1]) - UPPER_A
        if 0 <= one < 26 and 0 <= two < 26:
            is_region = regions[one * 26 + two]
            return (1 << f.PLACE_SHAPE) | ((1 << f.REGION) if is_region else 0)
    if core == 0 or core + facts[f.FILLERS] > MOST_PLACE_WORDS or facts[f.LETTERS] < 2:
        return 0
    signs: int = whole(1 << f.PLACE_SHAPE)
    if facts[f.PLACE] == core and facts[f.COMPANY] == 0:
        signs |= (1 << f.PLACE_KNOWN) | (1 << f.REGION)
        if facts[f.COMMON] == 0:
            signs |= 1 << f.PLACE_SURE
    return signs


@compiled
def _street_signs(data: Any, start: int, end: int, facts: Any) -> int:
    """Say what a cell with words and numbers is; a street has both, and mostly a word for it."""
    words = facts[f.CORE] + facts[f.FILLERS]
    if words == 0 or words > MOST_WORDS or facts[f.CODES] > MOST_CODES:
        return 0
    signs: int = whole(0)
    if facts[f.LETTERS] >= 3 or facts[f.STREET] > 0:
        signs |= 1 << f.STREET_SHAPE
    named = facts[f.STREET] > 0 and (words > 1 or facts[f.LETTERS] >= JOINED)
    if named or (facts[f.LETTERS] >= 6 and has_street_ending(data, start, end)):
        signs |= 1 << f.STREET_SURE
    return signs


@compiled
def _digit_signs(data: Any, start: int, end: int, wanted: int, counts: Any) -> int:
    signs: int = whole(0)
    if wanted & f.WANT_POSTAL and is_postal(data, start, end):
        signs |= 1 << f.POSTAL
    if wanted & f.WANT_ACCOUNT and is_account(data, start, end):
        signs |= 1 << f.ACCOUNT
    if signs:
        counts[f.LENGTHS + min(characters_of(data, start, end), f.MOST_CHARACTERS)] += 1
    if wanted & (f.WANT_DATE | f.WANT_YEAR):
        year, whole_date = year_of(data, start, end)
        if f.FIRST_YEAR <= year <= f.LAST_YEAR:
            signs |= 1 << (f.DATE if whole_date else f.YEAR)
            counts[f.YEARS + year - f.FIRST_YEAR] += 1
    return signs
