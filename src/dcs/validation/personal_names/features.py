"""
Turn a word and its neighbours into the numbers of its features.

Training and judging call this one function, so what was learnt is what is
looked up. Each feature is a few facts mixed into one of 2^18 places of the
table of weights; two features in one place is a small error that training
sees too.
"""

from typing import Any

from dcs.validation.kernels.marks import compiled
from dcs.validation.personal_names.tokens import (
    BEFORE,
    BEGIN,
    FIELDS,
    HEAD,
    KNOWN,
    LOOKS,
    NOTHING,
    TAIL,
    WORD,
)

FEATURES = 27
PLACES = 1 << 18

# What training hides from itself, so that no single kind of evidence is relied on.
HIDE_WORD, HIDE_CONTEXT = 1, 2
ABSENT = 0x9E3779B1  # stands for a neighbour that is not there


@compiled
def mix(template: int, value: int) -> int:
    """Return the place of one feature: *template* says which, *value* is below 2^32."""
    mixed = (value ^ (template * 0x01000193 + 0x3C6EF372)) & 0xFFFFFFFF
    mixed = (mixed * 0x7FEB352D) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    mixed = (mixed * 0x2C1B3C6D) & 0xFFFFFFFF
    mixed ^= mixed >> 12
    return mixed & (PLACES - 1)


@compiled
def _pair(first: int, second: int) -> int:
    return (first ^ ((second * 0x1E35A7BD) >> 7)) & 0xFFFFFFFF


@compiled
def fill_features(
    words: Any, count: int, index: int, last: int, before_last: int, hidden: int, found: Any
) -> None:
    """
    Fill *found* with the places of the features of one word.

    Args:
        words: As `cut_words` filled it; *count* of them.
        index: Which word.
        last: The label of the word before, and *before_last* of the one before that.
        hidden: What to leave out, in training; 0 in judging.
    """
    at = index * FIELDS
    word, head, tail = words[at + WORD], words[at + HEAD], words[at + TAIL]
    looks, known, mark = words[at + LOOKS], words[at + KNOWN], words[at + BEFORE]
    word_1, word_2, next_1, next_2 = ABSENT, ABSENT, ABSENT, ABSENT
    looks_before, looks_next, known_before, known_next = NOTHING, NOTHING, 0, 0
    mark_next = BEGIN
    if index > 0:
        there = at - FIELDS
        word_1, looks_before, known_before = (
            words[there + WORD],
            words[there + LOOKS],
            words[there + KNOWN],
        )
    if index > 1:
        word_2 = words[at - 2 * FIELDS + WORD]
    if index + 1 < count:
        there = at + FIELDS
        next_1, looks_next, known_next = (
            words[there + WORD],
            words[there + LOOKS],
            words[there + KNOWN],
        )
        mark_next = words[there + BEFORE]
    if index + 2 < count:
        next_2 = words[at + 2 * FIELDS + WORD]
    if hidden & HIDE_WORD != 0:
        word = ABSENT
    if hidden & HIDE_CONTEXT != 0:
        word_1, word_2, next_1, next_2 = ABSENT, ABSENT, ABSENT, ABSENT
        mark, mark_next = NOTHING, NOTHING
    around = (looks_before * 16 + looks) * 16 + looks_next
    near = (known_before * 32 + known) * 32 + known_next
    found[0] = word
    found[1] = head
    found[2] = tail & 0xFFFF
    found[3] = tail & 0xFFFFFF
    found[4] = tail
    found[5] = looks * 16 + last
    found[6] = around
    found[7] = word_1
    found[8] = next_1
    found[9] = word_2
    found[10] = next_2
    found[11] = _pair(word_1, looks)
    found[12] = _pair(next_1, looks)
    found[13] = (last * 4 + before_last) * 16 + mark
    found[14] = (mark * 16 + looks) * 16 + mark_next
    found[15] = _pair(word, last + 1)
    found[16] = known * 16 + looks
    found[17] = (known_before * 32 + known) * 16 + looks
    found[18] = (known * 32 + known_next) * 16 + looks
    found[19] = near * 4 + last
    found[20] = (known_next * 16 + looks_next) * 16 + looks
    found[21] = _pair(word_1, next_1)
    found[22] = _pair(word_1, known + 1)
    found[23] = _pair(next_1, known + 1)
    found[24] = (known * 4 + last) * 16 + mark
    found[25] = _pair(word_1, word_2)
    found[26] = (min(index, 2) * 16 + looks) * 32 + known
    for template in range(FEATURES):
        found[template] = mix(template, found[template])
