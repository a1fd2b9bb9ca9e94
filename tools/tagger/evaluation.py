"""Compare what the tagger finds with what was written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dcs.validation.personal_names.model import Model
from dcs.validation.personal_names.tagging import COUNTERS, FEATURES, SPAN, WORDS, tag_cells
from dcs.validation.personal_names.tokens import FIELDS, FOLDS
from tools.tagger.sentences import Sentence

Found = list[list[tuple[int, int, int, int]]]


@dataclass(frozen=True, slots=True)
class Score:
    """How many names were found, were no names, and were missed; only exact spans count."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Return the share of what was found that is a name."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Return the share of the names that was found."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Return the harmonic mean of both."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    def to_json(self) -> dict[str, float]:
        """Return the three figures."""
        return {
            "precision": round(self.precision, 3),
            "recall": round(self.recall, 3),
            "f1": round(self.f1, 3),
        }


def find(model: Model, sentences: list[Sentence]) -> Found:
    """Return start, end, label and margin of every span in each sentence, whatever its margin."""
    data = np.frombuffer(b"".join(each.text for each in sentences), np.uint8)
    offsets = np.cumsum([0, *(len(each.text) for each in sentences)]).astype(np.int32)
    spans = np.zeros(SPAN * 40 * len(sentences), np.int64)
    words, places = np.zeros(WORDS * FIELDS, np.int64), np.zeros(FEATURES, np.int64)
    kept = tag_cells(
        data, offsets, model.weights, model.gazetteer, FOLDS, 1, 0, 1, words, places,
        np.zeros(COUNTERS, np.int64), spans,
    )  # fmt: skip
    found: Found = [[] for _ in sentences]
    for label, row, start, end, margin in spans.reshape(-1, SPAN)[:kept].tolist():
        found[row].append((start, end, label, margin))
    return found


def score(
    sentences: Iterable[Sentence], found: Found, threshold: int, label: int | None = None
) -> Score:
    """Count the spans at or above a margin, of one label or of both."""
    right = wrong = missed = 0
    for sentence, spans in zip(sentences, found, strict=True):
        given = {each[:3] for each in spans if each[3] >= threshold and label in (None, each[2])}
        names = {each for each in sentence.names if label in (None, each[2])}
        right += len(given & names)
        wrong += len(given - names)
        missed += len(names - given)
    return Score(right, wrong, missed)


def touching(sentences: Iterable[Sentence], found: Found, threshold: int) -> float:
    """Return the share of what was found that touches a name, be its edges and label right or not."""
    true = total = 0
    for sentence, spans in zip(sentences, found, strict=True):
        for start, end, _, margin in spans:
            if margin >= threshold:
                total += 1
                true += any(start < each[1] and each[0] < end for each in sentence.names)
    return true / max(1, total)


def fired(found: Found, threshold: int) -> float:
    """Return the share of sentences in which anything was found."""
    return sum(any(each[3] >= threshold for each in spans) for spans in found) / len(found)


def wrong_ones(sentences: list[Sentence], found: Found, threshold: int) -> list[Any]:
    """Return sentences with a mistake, for those who want to see them."""
    shown = []
    for sentence, spans in zip(sentences, found, strict=True):
        given = {each[:3] for each in spans if each[3] >= threshold}
        if given != set(sentence.names):
            told = [(sentence.text[a:b].decode(), "NPL"[c]) for a, b, c in sorted(given)]
            shown.append((sentence.text.decode(), told))
    return shown
