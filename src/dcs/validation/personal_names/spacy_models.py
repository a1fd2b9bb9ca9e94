"""
Use a spaCy model the operator has installed as a name detector.

``dcs.validation.personal_names.spacy_models:of:en_core_web_lg``, or a folder in
place of the model's name. spaCy is no dependency of this package and is
imported when a detector is made.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from dcs.validation.personal_names.detectors import Detection

ENTITIES = {
    "PERSON": "PERSON",
    "PER": "PERSON",
    "GPE": "LOCATION",
    "LOC": "LOCATION",
    "LOCATION": "LOCATION",
    "FAC": "LOCATION",
}


class SpacyNames:
    """The persons and places that a spaCy pipeline recognises."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def detect(self, texts: Sequence[str]) -> list[list[Detection]]:
        """Return the names in each text."""
        return [
            [
                Detection(each.start_char, each.end_char, ENTITIES[each.label_])
                for each in document.ents
                if each.label_ in ENTITIES
            ]
            for document in self._pipeline.pipe(texts)
        ]


def of(model: str) -> SpacyNames:
    """Load a model by the name of its package or by its folder."""
    return SpacyNames(import_module("spacy").load(model))
