"""The model file: small, whole, explained, and the same whenever it is trained."""

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from dcs.validation.personal_names.model import Model, ModelError, decode, encode, shipped

ROOT = Path(__file__).parents[3]
SHIPPED = files("dcs.validation.personal_names").joinpath("model.bin").read_bytes()

TWICE = """
import hashlib
from tools.tagger.training import Recipe, train
content, _ = train(Recipe(sentences=2_000, framed=500, nameless=500, epochs=1, judged=200))
print(hashlib.sha256(content).hexdigest())
"""


def test_the_shipped_model_is_small_and_says_how_good_it_is() -> None:
    about = shipped().about
    assert len(SHIPPED) <= 200 * 1024
    assert about["recipe"]["seed"] is not None
    assert len(about["inputs_sha256"]) == 64
    assert about["heldout"]["known"]["f1"] >= 0.88
    assert about["heldout"]["foreign_any_margin"]["f1"] >= 0.7
    assert about["heldout"]["mixed_touching"] >= 0.9


def test_a_model_is_read_as_it_was_written() -> None:
    model = shipped()
    again = decode(encode(model))
    assert np.array_equal(again.weights, model.weights)
    assert np.array_equal(again.gazetteer, model.gazetteer)
    assert again.threshold == model.threshold


def test_far_and_near_words_of_the_gazetteer_are_read_as_they_were_written() -> None:
    model = shipped()
    for slots in ([], [0], [254, 255, 256], [0, 255, 510, 766], [len(model.gazetteer) - 1]):
        gazetteer = np.zeros_like(model.gazetteer)
        gazetteer[slots] = 3
        again = decode(encode(Model(model.weights, gazetteer, 1, {})))
        assert np.flatnonzero(again.gazetteer).tolist() == slots


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (SHIPPED[:-1], "damaged"),
        (SHIPPED[:-1] + bytes([SHIPPED[-1] ^ 1]), "damaged"),
        (SHIPPED.replace(b"dcs.names/1", b"dcs.names/9", 1), "dcs.names/9 cannot be used"),
        (b"", "no model"),
        (b"[]\n", "no model"),
        (b'{"format": "dcs.names/1"}\n', "damaged"),
    ],
)
def test_what_is_no_model_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(ModelError, match=why):
        decode(content)


def test_training_again_gives_the_same_bytes() -> None:
    seeds = ("0", "1")  # of Python's own hashes, which order sets
    [first, second] = [
        subprocess.run(
            [sys.executable, "-c", TWICE], cwd=ROOT, env={"PYTHONHASHSEED": seed, "PATH": ""},
            check=True, capture_output=True, text=True,
        ).stdout
        for seed in seeds
    ]  # fmt: skip
    assert first == second
    assert len(first.strip()) == 64
