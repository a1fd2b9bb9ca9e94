"""
Learn the weights: an averaged perceptron in whole numbers.

The features come from the functions that judging calls, compiled by this
package's front door. Whole numbers add up alike everywhere, so equal sentences give
equal weights on every machine.
"""

from typing import Any

import numba
import numpy as np

from dcs.validation.personal_names import features, tagging, tokens
from tools.tagger.sentences import Sentence

FIELDS, START, LOOKS = tokens.FIELDS, tokens.START, tokens.LOOKS
KNOWN, COMMON = tokens.KNOWN, tokens.COMMON
PLACES, FEATURES, LABELS = features.PLACES, features.FEATURES, 3
HIDE_WORD, HIDE_CONTEXT = features.HIDE_WORD, features.HIDE_CONTEXT
cut_words, fill_features, begins = tokens.cut_words, features.fill_features, tagging._begins
ROOM = 512  # words of one sentence

# Of a hundred sentences or words, how many have something hidden.
FORGOTTEN = 45  # sentences: that any word is a name
NAMELESS = 15  # words: that it is a name
UNCOMMON = 20  # words: that it is an ordinary one
ALONE = 10  # sentences: what stands around a word
WORDLESS = 40  # words: which one it is, leaving how it begins and ends
TRUSTED = 70  # words: what comes before is labelled rightly

MODULUS, MULTIPLIER = 2147483647, 48271  # the minimal standard generator of Park and Miller


def learn(sentences: list[Sentence], gazetteer: Any, epochs: int, seed: int, margin: int) -> Any:
    """
    Return the averaged weights of person and location in each place, above those of neither.

    Args:
        sentences: What to learn from.
        gazetteer: What is known of words, by slot.
        epochs: How often every sentence is seen.
        seed: Of the order and of what is hidden.
        margin: How far, in steps, the right label should be above the others.
    """
    data = np.frombuffer(b"".join(each.text for each in sentences), np.uint8)
    ends = np.cumsum([0, *(len(each.text) for each in sentences)])
    name_ends = np.cumsum([0, *(len(each.names) for each in sentences)])
    names = np.array([name for each in sentences for name in each.names], np.int64)
    chance = np.random.default_rng(seed)
    order = np.concatenate([chance.permutation(len(sentences)) for _ in range(epochs)])
    weights = np.zeros(PLACES * LABELS, np.int64)
    totals = np.zeros(PLACES * LABELS, np.int64)
    steps = _learn(
        data, ends, names, name_ends, gazetteer, tokens.FOLDS, order, seed, margin, weights, totals
    )
    averaged = (weights - totals / steps).reshape(PLACES, LABELS)
    return averaged[:, 1:] - averaged[:, :1]


@numba.njit
def _learn(
    data: Any, ends: Any, names: Any, name_ends: Any, gazetteer: Any, folds: Any, order: Any, seed: int, margin: int,
    weights: Any, totals: Any,
) -> int:  # fmt: skip
    words = np.zeros(ROOM * FIELDS, np.int64)
    found = np.zeros(FEATURES, np.int64)
    chance, step = seed + 1, 1
    for row in order:
        start = ends[row]
        count = cut_words(data, start, ends[row + 1], start, gazetteer, folds, words, ROOM)
        chance = chance * MULTIPLIER % MODULUS
        forget = 100 if chance % 100 < FORGOTTEN else NAMELESS
        chance = chance * MULTIPLIER % MODULUS
        whole = HIDE_CONTEXT if chance % 100 < ALONE else 0
        for index in range(count):
            chance = chance * MULTIPLIER % MODULUS
            if chance % 100 < forget:
                words[index * FIELDS + KNOWN] &= COMMON
            chance = chance * MULTIPLIER % MODULUS
            if chance % 100 < UNCOMMON:
                words[index * FIELDS + KNOWN] &= ~COMMON
        last, before_last = 0, 0
        for index in range(count):
            right = 0
            place = words[index * FIELDS + START] - start
            for name in range(name_ends[row], name_ends[row + 1]):
                if names[name, 0] <= place < names[name, 1]:
                    right = names[name, 2]
            given = 0
            if last != 0 or begins(words, index):
                chance = chance * MULTIPLIER % MODULUS
                hidden = whole | (HIDE_WORD if chance % 100 < WORDLESS else 0)
                fill_features(words, count, index, last, before_last, hidden, found)
                given = _best(weights, found, right, margin)
                if given != right:
                    for each in range(FEATURES):
                        at = found[each] * LABELS
                        weights[at + right] += 1
                        totals[at + right] += step
                        weights[at + given] -= 1
                        totals[at + given] -= step
                step += 1
            chance = chance * MULTIPLIER % MODULUS
            before_last, last = last, right if chance % 100 < TRUSTED else given
    return step


@numba.njit
def _best(weights: Any, found: Any, right: int, margin: int) -> int:
    best, most = 0, -(1 << 60)
    for label in range(LABELS):
        score = 0 if label == right else margin
        for each in range(FEATURES):
            score += weights[found[each] * LABELS + label]
        if score > most:
            best, most = label, score
    return best
