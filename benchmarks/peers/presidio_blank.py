"""
Presidio without a language model, as the guide asks it; runs in the guide's environment.

The guide names ``en_core_web_lg``, a download of its own. spaCy's blank pipeline stands in
for it: names and places are not found, and everything is quicker than it would be.
"""

import logging

import spacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine

ENTITIES = (
    "PHONE_NUMBER",
    "EMAIL_ADDRESS",
    "CREDIT_CARD",
    "US_SSN",
    "PERSON",
    "LOCATION",
    "IP_ADDRESS",
    "MEDICAL_LICENSE",
    "US_DRIVER_LICENSE",
)


class BlankEngine(SpacyNlpEngine):
    """Splits a text into words and knows nothing more of it."""

    def __init__(self) -> None:
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}


def analyzer() -> AnalyzerEngine:
    """Return an engine with Presidio's own recognizers for English."""
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    return AnalyzerEngine(nlp_engine=BlankEngine(), supported_languages=["en"])
