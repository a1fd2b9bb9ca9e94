"""
Suspect names of persons and places in every cell of a column, in one call.

Words are labelled from left to right; neighbouring words with one label are one
span. Only a word that begins with a capital may begin a span, and only such a
word may end it, so a cell without capitals costs no more than the look for one.
"""

from typing import Any

from dcs.validation.kernels.marks import compiled, kernel
from dcs.validation.personal_names.features import FEATURES, fill_features
from dcs.validation.personal_names.tokens import (
    APOSTROPHE,
    BEFORE,
    CODE,
    DIGITS,
    END,
    FIELDS,
    HYPHEN,
    LABEL,
    LAST_LATIN_LEAD,
    LATIN_LEAD,
    LOOKS,
    LOWER,
    MARGIN,
    PERIOD,
    SPACE,
    START,
    cut_words,
    is_capital,
    whole,
)

NEITHER, PERSON, LOCATION = range(3)
STRIDE = 2  # weights of one place: of each label, above those of being neither
WORDS = 4096  # looked at together; a longer cell is cut there

# Counters; the first three are places of the labels.
CELLS_SHORT, CELLS_CAPITAL = 3, 4
COUNTERS = 5
SHORT_WORDS = 5  # a cell with no more is a short phrase

# What is kept of each span.
SPAN_LABEL, SPAN_ROW, SPAN_START, SPAN_END, SPAN_MARGIN = range(5)
SPAN = 5


@kernel("u8[] i32[] i8[] u8[] u8[] i64 i64 i64 i64[] i64[] i64[] i64[]")
def tag_cells(
    data: Any,
    offsets: Any,
    weights: Any,
    gazetteer: Any,
    folds: Any,
    threshold: int,
    limit: int,
    every: int,
    words: Any,
    found: Any,
    counters: Any,
    spans: Any,
) -> int:
    """
    Label the cells of one buffer, count those with a label, and keep where spans are.

    Args:
        offsets: One more than there are cells; none is beyond *data*.
        weights: `STRIDE` for each place.
        threshold: How far above being no name a span's surest word must be.
        limit: How many cells of each label have their first span kept.
        every: 1 to keep every span as long as there is room, whatever *limit* says.
        words: Room for `WORDS` words of `FIELDS` numbers.
        found: Room for `FEATURES` places.
        counters: `COUNTERS` numbers, counted up.
        spans: Filled with `SPAN` numbers each, positions in bytes within the cell.

    Returns:
        How many spans were kept.
    """
    kept = 0
    for row in range(offsets.size - 1):
        start, end = whole(offsets[row]), whole(offsets[row + 1])
        if not _has_capital(data, start, end, folds):
            continue
        counters[CELLS_CAPITAL] += 1
        position, total, seen = start, 0, 0
        while position < end:
            count = cut_words(data, position, end, start, gazetteer, folds, words, WORDS)
            if count == 0:
                break
            total += count
            position = words[(count - 1) * FIELDS + END]
            _label_words(words, count, weights, found)
            first = whole(0)
            while first < count:
                label = words[first * FIELDS + LABEL]
                behind = first + 1
                if label == NEITHER or not _begins(words, first):
                    first = behind
                    continue
                ending, margin = first, words[first * FIELDS + MARGIN]
                while behind < count and _goes_on(words, behind, label):
                    if _begins(words, behind):
                        ending = behind
                        margin = max(margin, words[behind * FIELDS + MARGIN])
                    behind += 1
                if margin >= threshold:
                    fresh = seen & (1 << label) == 0
                    wanted = every == 1 or (fresh and counters[label] < limit)
                    if wanted and (kept + 1) * SPAN <= spans.size:
                        place = kept * SPAN
                        spans[place + SPAN_LABEL] = label
                        spans[place + SPAN_ROW] = row
                        spans[place + SPAN_START] = words[first * FIELDS + START] - start
                        spans[place + SPAN_END] = words[ending * FIELDS + END] - start
                        spans[place + SPAN_MARGIN] = margin
                        kept += 1
                    if fresh:
                        counters[label] += 1
                        seen |= 1 << label
                first = ending + 1
        if total <= SHORT_WORDS:
            counters[CELLS_SHORT] += 1
    return kept


@compiled
def _has_capital(data: Any, start: int, end: int, folds: Any) -> bool:
    for position in range(start, end):
        byte = data[position]
        if 65 <= byte <= 90:
            return True
        if LATIN_LEAD <= byte <= LAST_LATIN_LEAD and is_capital(data, position, end, folds):
            return True
    return False


@compiled
def _label_words(words: Any, count: int, weights: Any, found: Any) -> None:
    """Label the words one after the other; the labels of the last two are evidence."""
    last, before_last, hidden = whole(NEITHER), whole(NEITHER), whole(0)
    for index in range(count):
        label, margin = NEITHER, 0
        if last != NEITHER or _begins(words, index):
            fill_features(words, count, index, last, before_last, hidden, found)
            label, margin = _decide(weights, found)
        words[index * FIELDS + LABEL] = label
        words[index * FIELDS + MARGIN] = margin
        before_last, last = last, label


@compiled
def _begins(words: Any, index: int) -> bool:
    """Say whether a word could be a name by its look: a capital in front, no digits."""
    looks = words[index * FIELDS + LOOKS]
    return looks not in (LOWER, DIGITS, CODE)


@compiled
def _goes_on(words: Any, index: int, label: int) -> bool:
    """Say whether a word belongs to the span before it: ``J. Doe``, not ``Doe, Jane``."""
    at = index * FIELDS
    before = at - FIELDS
    if words[at + LABEL] != label:
        return False
    gap = words[at + START] - words[before + END]
    mark = words[at + BEFORE]
    if mark == PERIOD:
        return bool(gap == 2 and words[before + END] - words[before + START] <= 3)
    return bool(gap <= 2 and mark in (SPACE, HYPHEN, APOSTROPHE))


@compiled
def _decide(weights: Any, found: Any) -> tuple[int, int]:
    """Return the best label of a word and how far it is above being no name."""
    person, location = 0, 0
    for each in range(FEATURES):
        place = found[each] * STRIDE
        person += int(weights[place])
        location += int(weights[place + 1])
    if person <= 0 and location <= 0:
        return NEITHER, 0
    if person >= location:
        return PERSON, person
    return LOCATION, location
