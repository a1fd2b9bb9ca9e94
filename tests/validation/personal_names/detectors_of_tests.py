"""Name detectors that behave well and badly."""

import re
import time
from collections.abc import Sequence

from dcs.validation.personal_names.detectors import Detection


class Capitals:
    """Takes every word with a capital for a person."""

    def __init__(self, word: str = "[A-Z][a-z]+") -> None:
        self.asked: list[str] = []
        self._word = word

    def detect(self, texts: Sequence[str]) -> list[list[Detection]]:
        self.asked += texts
        return [
            [Detection(*each.span(), "PERSON") for each in re.finditer(self._word, text)]
            for text in texts
        ]


class Raising:
    def __init__(self, error: type[BaseException] = ValueError) -> None:
        self._error = error

    def detect(self, texts: Sequence[str]) -> list[list[Detection]]:
        raise self._error(f"cannot read {texts[0]}")


class Answering:
    """Gives whatever answer it was made with."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    def detect(self, texts: Sequence[str]) -> object:
        return self._answer


class Sleeping:
    def detect(self, texts: Sequence[str]) -> list[list[Detection]]:
        time.sleep(30)
        return [[] for _ in texts]


def broken() -> None:
    raise OSError("no model at /secret/place")


def pointless() -> object:
    return object()
