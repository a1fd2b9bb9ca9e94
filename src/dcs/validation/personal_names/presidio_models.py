"""
Use Presidio, over a spaCy model the operator has installed, as a name detector.

``dcs.validation.personal_names.presidio_models:of:de:de_core_news_lg``; without
a language it is English. An analyzer set up otherwise is wrapped by a factory
of the operator's own that returns `PresidioNames`. Presidio is no dependency of
this package and is imported when a detector is made.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from dcs.validation.personal_names.detectors import Detection

ENTITIES = ["PERSON", "LOCATION"]
LEAST_SCORE = 0.5


class PresidioNames:
    """The persons and places that an ``AnalyzerEngine`` finds."""

    def __init__(self, analyzer: Any, language: str = "en") -> None:
        self._analyzer = analyzer
        self._language = language

    def detect(self, texts: Sequence[str]) -> list[list[Detection]]:
        """Return the names in each text."""
        return [
            [
                Detection(each.start, each.end, each.entity_type)
                for each in self._analyzer.analyze(
                    text, self._language, entities=ENTITIES, score_threshold=LEAST_SCORE
                )
            ]
            for text in texts
        ]


def of(model: str) -> PresidioNames:
    """Set Presidio up with a model given as ``language:model`` or as ``model``, by name or folder."""
    language, colon, name = model.partition(":")
    if not colon:
        language, name = "en", model
    provider = import_module("presidio_analyzer.nlp_engine").NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [{"lang_code": language, "model_name": name}],
        }
    )
    analyzer = import_module("presidio_analyzer").AnalyzerEngine(
        nlp_engine=provider.create_engine(), supported_languages=[language]
    )
    return PresidioNames(analyzer, language)
