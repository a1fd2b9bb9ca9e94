"""Write down, by slot, what the lists say of words: first name, last name, place, ordinary word."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from dcs.validation.personal_names.tokens import (
    COMMON,
    FIELDS,
    FIRST_NAME,
    FOLDS,
    LAST_NAME,
    LOWER,
    PLACE,
    SLOTS,
    WORD,
)
from tools.tagger.learning import LOOKS, cut_words
from tools.tagger.lists import Lists


def gazetteer_of(lists: Lists, common: Iterable[str]) -> Any:
    """Return one byte for each slot."""
    slots = np.zeros(SLOTS, np.uint8)
    for names, bit in (
        (lists.firsts, FIRST_NAME),
        (lists.lasts, LAST_NAME),
        (lists.places + lists.countries, PLACE),
    ):
        for slot, looks in _words(names):
            if looks != LOWER:  # the particles of names are ordinary words
                slots[slot] |= bit
    for slot, _ in _words(common):
        slots[slot] |= COMMON
    return slots


def _words(names: Iterable[str]) -> list[tuple[int, int]]:
    text = "\n".join(names).encode()
    room = len(text) + 1
    words = np.zeros(room * FIELDS, np.int64)
    nothing = np.zeros(SLOTS, np.uint8)
    count = cut_words(np.frombuffer(text, np.uint8), 0, len(text), 0, nothing, FOLDS, words, room)
    table = words.reshape(-1, FIELDS)[:count]
    return [(int(row[WORD]) & (SLOTS - 1), int(row[LOOKS])) for row in table]
