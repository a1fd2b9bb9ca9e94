"""From lists and templates to a model and its figures."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from dcs.validation.personal_names.model import Model, encode
from tools.tagger.evaluation import find, fired, score, touching, wrong_ones
from tools.tagger.gazetteer import gazetteer_of, with_further_names
from tools.tagger.learning import learn
from tools.tagger.lists import common_words, heldout_lists, training_lists
from tools.tagger.sentences import LOCATION, PERSON, Sentence, Writer, templates

LARGEST, USUAL_LARGEST = 127, 60  # of a weight in one byte
SMALL = 3  # steps
NAMES = ("known", "foreign", "new")
TO_HOLD = 0.9  # precision on sentences that are half phrases with capitals


@dataclass(frozen=True, slots=True)
class Recipe:
    """How much of what is learnt from, how often."""

    seed: int = 4
    sentences: int = 40_000
    framed: int = 15_000
    nameless: int = 25_000
    epochs: int = 5
    margin: int = 20
    judged: int = 3_000


def train(recipe: Recipe, *, mistakes: bool = False) -> tuple[bytes, list[str]]:
    """Return the model's file and lines that say how good it is."""
    lists, common = training_lists(), common_words()
    writer = Writer(lists, recipe.seed)
    sentences = [
        *writer.several(templates("templates"), recipe.sentences),
        *writer.framed(recipe.framed),
        *writer.nameless(recipe.nameless),
    ]
    gazetteer = gazetteer_of(lists, common)
    learnt = learn(sentences, gazetteer, recipe.epochs, recipe.seed, recipe.margin)
    weights = _in_bytes(learnt)
    model = Model(weights, gazetteer, 1, {})  # knows nothing of the countries it is judged by
    tuning = _unseen("tuning", recipe.seed + 1, recipe.judged)
    judged = _unseen("heldout", recipe.seed + 2, recipe.judged)
    threshold = _threshold(model, tuning["mixed"])
    figures = _figures(model, judged, threshold)
    complete = Model(weights, with_further_names(gazetteer), threshold, {})
    about: dict[str, Any] = {
        "recipe": asdict(recipe),
        "inputs_sha256": _digest(sentences, gazetteer),
        "heldout": figures,
        "tuning": _figures(model, tuning, threshold),
        "heldout_with_all_names": _figures(complete, judged, threshold),
    }
    lines = [
        f"{kind} {name}: {figure}"
        for kind in ("heldout", "heldout_with_all_names")
        for name, figure in about[kind].items()
    ]
    lines.append(f"threshold {threshold}, {np.count_nonzero(weights)} weights")
    if mistakes:
        lines += list(_mistakes(model, judged, threshold))
    return encode(replace(complete, about=about)), lines


def _in_bytes(learnt: Any) -> Any:
    """Round the weights to bytes and leave out the small ones: nine in ten, and nothing is lost."""
    largest = np.percentile(np.abs(learnt[learnt != 0]), 99.95)
    kept = np.where(np.abs(learnt) <= SMALL, 0, learnt)
    scaled = np.clip(kept * (USUAL_LARGEST / largest), -LARGEST, LARGEST)
    return np.rint(scaled).astype(np.int8).reshape(-1)


def _unseen(name: str, seed: int, count: int) -> dict[str, list[Sentence]]:
    lines = templates(name)
    writers = {names: Writer(heldout_lists(names), seed) for names in NAMES}
    written = {names: writer.several(lines, count) for names, writer in writers.items()}
    written["nameless"] = writers["known"].nameless(count * 2 // 3)
    written["mixed"] = [
        *written["known"][: count // 3],
        *written["foreign"][: count // 3],
        *written["nameless"],
    ]
    return written


def _threshold(model: Model, sentences: list[Sentence]) -> int:
    """Return the lowest margin at which enough of what is found is a name."""
    found = find(model, sentences)
    for threshold in range(1, 400):
        if touching(sentences, found, threshold) >= TO_HOLD:
            return threshold
    raise RuntimeError("No margin is precise enough: the training texts need work.")


def _figures(model: Model, judged: dict[str, list[Sentence]], threshold: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name in (*NAMES, "mixed"):
        found = find(model, judged[name])
        figures[name] = score(judged[name], found, threshold).to_json()
        figures[f"{name}_person"] = score(judged[name], found, threshold, PERSON).to_json()
        figures[f"{name}_location"] = score(judged[name], found, threshold, LOCATION).to_json()
        figures[f"{name}_any_margin"] = score(judged[name], found, 1).to_json()
        figures[f"{name}_touching"] = round(touching(judged[name], found, threshold), 3)
    figures["nameless_fired"] = round(fired(find(model, judged["nameless"]), threshold), 4)
    return figures


def _digest(sentences: list[Sentence], gazetteer: Any) -> str:
    digest = hashlib.sha256(gazetteer.tobytes())
    for each in sentences:
        digest.update(each.text + repr(each.names).encode() + b"\n")
    return digest.hexdigest()


def _mistakes(model: Model, judged: dict[str, list[Sentence]], threshold: int) -> Iterator[str]:
    for name in (*NAMES, "nameless"):
        for text, told in wrong_ones(judged[name], find(model, judged[name]), threshold)[:60]:
            yield f"{name}: {text} {told}"
