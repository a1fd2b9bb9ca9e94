"""
Find personal data with Presidio's pattern recognizers; runs in Presidio's own environment.

Reads JSON strings from standard input, one a line, and answers each with a line
``[[start, end, entity], …]`` in our entity names. spaCy's pipeline is blank, so nothing
finds names; what overlaps is resolved by score. ``national`` as the first argument adds the
recognizers of other countries, which Presidio keeps for other languages or leaves switched off.
"""

import json
import sys

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerResult, predefined_recognizers
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from spacy.language import Language
from spacy.tokens import Doc

THRESHOLD = 0.4
OURS = {
    "EMAIL_ADDRESS": "EMAIL_ADDRESS",
    "CREDIT_CARD": "CREDIT_CARD",
    "US_SSN": "US_SSN",
    "IBAN_CODE": "IBAN_CODE",
    "IP_ADDRESS": "IP_ADDRESS",
    "PHONE_NUMBER": "PHONE_NUMBER",
    "MAC_ADDRESS": "MAC_ADDRESS",
    "US_DRIVER_LICENSE": "US_DRIVER_LICENSE",
    "MEDICAL_LICENSE": "MEDICAL_LICENSE",
    "CRYPTO": "CRYPTO",
    "US_PASSPORT": "PASSPORT",
}
NATIONAL = {
    "DeTaxIdRecognizer": "TAX_ID",
    "UkNinoRecognizer": "TAX_ID",
    "EsNifRecognizer": "TAX_ID",
    "EsNieRecognizer": "TAX_ID",
    "ItFiscalCodeRecognizer": "TAX_ID",
    "PlPeselRecognizer": "TAX_ID",
    "DePassportRecognizer": "PASSPORT",
    "UkPassportRecognizer": "PASSPORT",
    "EsPassportRecognizer": "PASSPORT",
    "ItPassportRecognizer": "PASSPORT",
}


class BlankEngine(SpacyNlpEngine):
    """Splits into words and knows no names; needs no model."""

    def __init__(self) -> None:
        super().__init__()
        pipeline = spacy.blank("en")
        pipeline.add_pipe("word_as_lemma")
        self.nlp = {"en": pipeline}


@Language.component("word_as_lemma")
def word_as_lemma(doc: Doc) -> Doc:
    """Let each word be its own lemma: Presidio looks for context words among lemmas, a blank one has none."""
    for token in doc:
        token.lemma_ = token.lower_
    return doc


def main() -> None:
    """Answer line by line until the input ends."""
    analyzer = AnalyzerEngine(nlp_engine=BlankEngine(), supported_languages=["en"])
    names = dict(OURS)
    for recognizer, ours in NATIONAL.items() if "national" in sys.argv[1:] else ():
        made = getattr(predefined_recognizers, recognizer)(supported_language="en")
        analyzer.registry.add_recognizer(made)
        names.update(dict.fromkeys(made.supported_entities, ours))
    for line in sys.stdin:
        found = analyzer.analyze(
            json.loads(line), language="en", entities=list(names), score_threshold=THRESHOLD
        )
        print(json.dumps([[r.start, r.end, names[r.entity_type]] for r in _best(found)]))


def _best(found: list[RecognizerResult]) -> list[RecognizerResult]:
    kept: list[RecognizerResult] = []
    for result in sorted(found, key=lambda r: (-r.score, r.start - r.end)):
        if all(result.end <= other.start or other.end <= result.start for other in kept):
            kept.append(result)
    return sorted(kept, key=lambda r: r.start)


if __name__ == "__main__":
    main()
