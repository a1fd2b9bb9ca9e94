"""Detectors of personal data that can be compared; a new one is a function and a row in ``DETECTORS``."""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LONGEST = 3600  # seconds; Presidio needs half a millisecond a text

Found = tuple[int, int, str]  # start, end, entity
Detect = Callable[[Sequence[str]], list[list[Found]]]
DetectColumn = Callable[[str, Sequence[str]], list[list[Found]]]


@dataclass(frozen=True)
class Detector:
    """
    What finds personal data in texts.

    Attributes:
        detect: Returns for each text what it holds, positions counted in characters.
        detect_column: The same for the cells of a column whose header is known; a
            detector without it is asked cell by cell, and its columns once a kind.
    """

    detect: Detect
    detect_column: DetectColumn | None = None


def presidio(*options: str) -> Detector:
    """Return Presidio's pattern recognizers, run in a process and an environment of their own."""
    subprocess.run([str(ROOT / "tools/peers/presidio.sh")], check=True, timeout=_LONGEST)
    python = ROOT / ".peers/presidio/bin/python"
    script = ROOT / "benchmarks/peers/presidio_detect.py"

    def detect(texts: Sequence[str]) -> list[list[Found]]:
        answered = subprocess.run(
            [str(python), str(script), *options],
            input="".join(json.dumps(text) + "\n" for text in texts),
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it warns of every recognizer of another language
            text=True,
            timeout=_LONGEST,
        )
        lines = answered.stdout.splitlines()
        return [[(start, end, entity) for start, end, entity in json.loads(line)] for line in lines]

    return Detector(detect)


def ours() -> Detector:
    """Return the detector of this product: tier A, and names in free text (tier C)."""
    from benchmarks.our_detector import found_in, found_in_texts

    return Detector(found_in_texts, found_in)


DETECTORS: Mapping[str, Callable[[], Detector]] = {
    "ours": ours,
    "presidio": presidio,
    "presidio-national": lambda: presidio("national"),
}
