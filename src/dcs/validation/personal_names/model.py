"""
The trained tagger as a file: weights and gazetteer, behind a line that says where they come from.

The first line is JSON: the format's version, what it was trained from, how it
did on sentences it had not seen, and the digest of the rest. The rest is two
compressed pieces of plain numbers; nothing in it is code. Names are not in it:
a word of the gazetteer is one of 2^20 slots, and a slot is shared by many words.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from dcs.validation.personal_names.features import PLACES
from dcs.validation.personal_names.tagging import STRIDE
from dcs.validation.personal_names.tokens import SLOTS

FORMAT = "dcs.names/1"
LONGEST_GAP = 255  # one byte; stands for going on in the next


class ModelError(RuntimeError):
    """The file is not a model this release can use."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """
    What tagging needs.

    Attributes:
        weights: `STRIDE` for each place, one for each label.
        gazetteer: What is known of the words of each slot.
        threshold: The margin a span needs.
        about: The file's first line.
    """

    weights: np.ndarray
    gazetteer: np.ndarray
    threshold: int
    about: Mapping[str, Any]


@cache
def shipped() -> Model:
    """Return the model of this release; read once in each process."""
    return decode(files("dcs.validation.personal_names").joinpath("model.bin").read_bytes())


def encode(model: Model) -> bytes:
    """Return a model as a file."""
    slots = np.flatnonzero(model.gazetteer)
    parts = (
        model.weights.reshape(-1, STRIDE).T.tobytes(),
        _gaps(slots).tobytes(),
        model.gazetteer[slots].tobytes(),
    )
    pieces = [zlib.compress(each, 9) for each in parts]
    body = b"".join(pieces)
    about = {
        "format": FORMAT,
        **model.about,
        "threshold": model.threshold,
        "pieces": [len(each) for each in pieces],
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return json.dumps(about, separators=(",", ":")).encode() + b"\n" + body


def decode(content: bytes) -> Model:
    """
    Read a model.

    Raises:
        ModelError: It is of another format, was cut, or was changed.
    """
    line, _, body = content.partition(b"\n")
    try:
        about = json.loads(line)
    except ValueError as error:
        raise ModelError("This is no model of names.") from error
    if not isinstance(about, dict):
        raise ModelError("This is no model of names.")
    if about.get("format") != FORMAT:
        raise ModelError(f"A model of format {about.get('format')} cannot be used here.")
    if hashlib.sha256(body).hexdigest() != about.get("sha256"):
        raise ModelError("The model of names is damaged.")
    weights, gaps, bits = _pieces(body, about["pieces"])
    table = np.frombuffer(weights, np.int8).reshape(STRIDE, PLACES).T
    steps = np.frombuffer(gaps, np.uint8)
    gazetteer = np.zeros(SLOTS, np.uint8)
    gazetteer[np.cumsum(steps, dtype=np.int64)[steps < LONGEST_GAP]] = np.frombuffer(bits, np.uint8)
    return Model(np.ascontiguousarray(table).reshape(-1), gazetteer, about["threshold"], about)


def _gaps(slots: np.ndarray) -> np.ndarray:
    """Return the distances between slots as bytes; a long one is several."""
    distances = np.diff(slots, prepend=0)
    whole, rest = np.divmod(distances, LONGEST_GAP)
    steps = np.full(len(slots) + int(whole.sum()), LONGEST_GAP, np.uint8)
    steps[np.cumsum(whole + 1) - 1] = rest
    return steps


def _pieces(body: bytes, sizes: list[int]) -> list[bytes]:
    found, start = [], 0
    for size in sizes:
        found.append(zlib.decompress(body[start : start + size]))
        start += size
    return found
