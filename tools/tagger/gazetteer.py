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
from tools.tagger.lists import Lists, further_names


def gazetteer_of(lists: Lists, common: Iterable[str]) -> Any:
    """Return one byte for each slot."""
    slots = np.zeros(SLOTS, np.uint8)
    _note(slots, lists.firsts, lists.lasts, lists.places + lists.countries)
    for slot, _ in _words(common):
        slots[slot] |= COMMON
    return slots


def with_further_names(slots: Any) -> Any:
    """Return a gazetteer that knows the names of further countries too; the weights stay as they are."""
    more = slots.copy()
    _note(more, *further_names())
    return more


def _note(slots: Any, firsts: Iterable[str], lasts: Iterable[str], places: Iterable[str]) -> None:
    for names, bit in ((firsts, FIRST_NAME), (lasts, LAST_NAME), (places, PLACE)):
        for slot, looks in _words(names):
            if looks != LOWER:  # the particles of names are ordinary words
                slots[slot] |= bit


def _words(names: Iterable[str]) -> list[tuple[int, int]]:
    text = "\n".join(names).encode()
    room = len(text) + 1
    words = np.zeros(room * FIELDS, np.int64)
    nothing = np.zeros(SLOTS, np.uint8)
    count = cut_words(np.frombuffer(text, np.uint8), 0, len(text), 0, nothing, FOLDS, words, room)
    table = words.reshape(-1, FIELDS)[:count]
    return [(int(row[WORD]) & (SLOTS - 1), int(row[LOOKS])) for row in table]
