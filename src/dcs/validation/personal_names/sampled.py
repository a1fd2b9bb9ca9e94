"""
Run an operator's name detector over a bounded sample, whatever it does.

Such models are a thousand times slower than everything else here, so they see
distinct values of a sample, and the report says so. What they find is tier C.
A detector that raises, answers wrongly or does not answer in time leaves a
finding NOT_EVALUATED; the judgement goes on.
"""

import hashlib
import hmac
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from dcs.validation.models import (
    SAMPLES,
    SUSPECTED,
    Check,
    Kind,
    Outcome,
    PersonalData,
    Sample,
    Severity,
)
from dcs.validation.personal_names.detectors import Detection, DetectorError, NameDetector
from dcs.validation.personal_names.scan import DIGEST, ENTITIES
from dcs.validation.shapes import shape

VALUES = 1_000  # distinct ones of a column
VALUES_OF_A_BATCH = 100  # so that later parts of a file are seen too
CHARACTERS = 2_000  # of one value
SECONDS = 30.0  # for all columns of a file


@dataclass(slots=True)
class ColumnSample:
    """
    Distinct values of one column, at most `VALUES` of `CHARACTERS` characters.

    They come from the beginning of each batch. Nothing of it is kept in a report.
    """

    column: str
    filled: int = 0
    rows: dict[str, int] = field(default_factory=dict)

    def look(self, values: pa.Array, first_row: int) -> None:
        """Take values of one batch of texts; *first_row* is the row of its first cell."""
        self.filled += pc.sum(pc.greater(pc.binary_length(values), 0)).as_py() or 0
        room = min(VALUES - len(self.rows), VALUES_OF_A_BATCH)
        for position, value in enumerate(values.slice(0, 4 * VALUES_OF_A_BATCH)):
            if room <= 0:
                return
            text = (value.as_py() or "")[:CHARACTERS]
            if text and text not in self.rows:
                self.rows[text] = first_row + position
                room -= 1


@dataclass(frozen=True, slots=True)
class Detected:
    """What a detector found, and one check for each column that says what was asked."""

    personal_data: tuple[PersonalData, ...]
    checks: tuple[Check, ...]


def detect_names(
    detector: NameDetector,
    samples: Iterable[ColumnSample],
    key: bytes,
    declared: frozenset[str],
    seconds: float = SECONDS,
) -> Detected:
    """
    Ask a detector about each column's sample.

    Args:
        samples: One for each column of texts.
        key: Secret of the tenant, which the digests of samples are made with.
        declared: The columns a data contract declares as sensitive.
        seconds: How long all of it may take; later columns are then not evaluated.
    """
    waiting = [each for each in samples if each.rows]
    answers = _Answers(detector, waiting)
    answers.wait(seconds)
    found: list[PersonalData] = []
    checks: list[Check] = []
    for sample in waiting:
        names = answers.of(sample)
        if isinstance(names, str):
            checks.append(not_evaluated(sample.column, names))
            continue
        there = _personal(sample, names, key, sample.column in declared)
        found += there
        checks.append(_asked(sample, there))
    return Detected(tuple(found), tuple(checks))


def not_evaluated(column: str | None, why: str) -> Check:
    """Return the finding that a detector gave no answer."""
    return Check(
        id=f"personal_data:name_detector:{column or ''}",
        kind=Kind.PERSONAL_DATA,
        rule="name_detector",
        column=column,
        severity=Severity.INFO,
        outcome=Outcome.NOT_EVALUATED,
        message=f"The installed name detector gave no answer: {why}.",
        dimension="conformity",
        fix="Look at the detector, or remove it from the settings.",
        exact=False,
    )


class _Answers:
    """
    A detector's answers, from a thread that nobody waits for longer than allowed.

    The thread ends with the process: whoever judges is a child that ends soon.
    """

    def __init__(self, detector: NameDetector, samples: Sequence[ColumnSample]) -> None:
        self._detector = detector
        self._samples = samples
        self._given: dict[str, list[list[Detection]] | str] = {}

    def wait(self, seconds: float) -> None:
        thread = threading.Thread(target=self._ask_all, name="name-detector", daemon=True)
        thread.start()
        thread.join(seconds)

    def of(self, sample: ColumnSample) -> list[list[Detection]] | str:
        """Return the answer for a column, or why there is none."""
        return self._given.get(sample.column, "it took too long")

    def _ask_all(self) -> None:
        for sample in self._samples:
            self._given[sample.column] = self._ask(list(sample.rows))

    def _ask(self, texts: list[str]) -> list[list[Detection]] | str:
        try:
            return _proper(texts, self._detector.detect(texts))
        except DetectorError as error:
            return str(error)
        except BaseException as error:  # noqa: BLE001  # somebody else's code, and only its class is told
            return f"it raised {type(error).__name__}"


def _proper(texts: list[str], answer: Sequence[Sequence[Detection]]) -> list[list[Detection]]:
    """Return the answer if it is one: a list for each text, with places inside it."""
    names = [list(each) for each in answer]
    if len(names) != len(texts):
        raise DetectorError("it did not answer for every text")
    for text, there in zip(texts, names, strict=True):
        for each in there:
            if not 0 <= each.start < each.end <= len(text) or each.entity not in ENTITIES.values():
                raise DetectorError("it answered with a place outside the text or another entity")
    return names


def _personal(
    sample: ColumnSample, names: list[list[Detection]], key: bytes, declared: bool
) -> list[PersonalData]:
    found = []
    for entity in ENTITIES.values():
        kept: list[Sample] = []
        cells = 0
        for (text, row), there in zip(sample.rows.items(), names, strict=True):
            first = min((each for each in there if each.entity == entity), default=None, key=_start)
            if first is not None:
                cells += 1
                kept += [_sample(sample.column, row, text, first, key)] if cells <= SAMPLES else []
        if cells:
            share = cells / len(sample.rows)
            found.append(
                PersonalData(
                    sample.column, entity, cells, share, declared, tuple(kept), SUSPECTED,
                    sampled=len(sample.rows),
                )
            )  # fmt: skip
    return found


def _start(detection: Detection) -> int:
    return detection.start


def _sample(column: str, row: int, text: str, name: Detection, key: bytes) -> Sample:
    value = text[name.start : name.end]
    digest = hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:DIGEST]
    return Sample(row, column, shape(value), start=name.start, length=len(value), digest=digest)


def _asked(sample: ColumnSample, found: list[PersonalData]) -> Check:
    cells = max((each.cells for each in found), default=0)
    told = " and ".join(f"{each.entity} in {each.cells}" for each in found) or "no names"
    return Check(
        id=f"personal_data:name_detector:{sample.column}",
        kind=Kind.PERSONAL_DATA,
        rule="name_detector",
        column=sample.column,
        severity=Severity.INFO,
        outcome=Outcome.PASSED,  # it was asked; what it found stands in the personal data
        message=(
            f"The installed name detector looked at a sample of {len(sample.rows)} distinct values "
            f"({sample.filled} cells are filled) and suspects {told}."
        ),
        dimension="conformity",
        observed=float(cells),
        unit="values",
        exact=False,
    )
