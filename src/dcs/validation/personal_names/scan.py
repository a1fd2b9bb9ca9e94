"""Suspect names in one column of texts, batch by batch, in parts that can be put together."""

import hashlib
import hmac
import json
from dataclasses import asdict

import numpy as np

from dcs.validation.models import SAMPLES, SUSPECTED, PersonalData, Sample
from dcs.validation.personal_names.features import FEATURES
from dcs.validation.personal_names.model import shipped
from dcs.validation.personal_names.tagging import (
    CELLS_CAPITAL,
    CELLS_SHORT,
    COUNTERS,
    LOCATION,
    PERSON,
    SPAN,
    WORDS,
    tag_cells,
)
from dcs.validation.personal_names.tokens import FIELDS, FOLDS
from dcs.validation.shapes import shape

ENTITIES = {PERSON: "PERSON", LOCATION: "LOCATION"}
SHORT_SHARE = 0.9  # of the cells with a capital; such a column holds values, not sentences
DIGEST = 16  # hexadecimal characters


class NameScan:
    """
    Count the cells of a column in which a person or a place seems to be named, and say where.

    What it finds is always a suspicion: tier C. A column in which nine of ten
    cells with a capital are short phrases of at most five words says nothing
    here; whether such cells are names, companies or colours is told by tier B
    from the column as a whole. Cells without any capital are passed over.

    Parts of a column may be looked at in any order and by several scans:
    merging is associative, and any split gives what one pass gives. Memory
    stays the same however many cells there are.

    Args:
        name: The column's name.
        key: Secret of the tenant, which the digests of samples are made with.
    """

    def __init__(self, name: str, key: bytes) -> None:
        self.name = name
        self._key = key
        self._counters = np.zeros(COUNTERS, np.int64)
        self._samples: dict[int, list[Sample]] = {label: [] for label in ENTITIES}

    def look_at_text(self, data: np.ndarray, offsets: np.ndarray, first_row: int) -> None:
        """
        Look through one batch of texts.

        Args:
            data: The bytes of an Arrow array of texts, in UTF-8.
            offsets: Where its cells begin and end, one more than there are rows; the
                first may be above 0. Nulls and empty cells have no length.
            first_row: The row of the first cell.
        """
        counters = np.zeros(COUNTERS, np.int64)
        # Room of each call, not of each scan: a table may have ten thousand columns.
        words, found = np.empty(WORDS * FIELDS, np.int64), np.empty(FEATURES, np.int64)
        spans = np.empty(SAMPLES * len(ENTITIES) * SPAN, np.int64)
        model = shipped()
        limit = SAMPLES if self._wants(first_row) else 0
        kept = tag_cells(
            data, offsets, model.weights, model.gazetteer, FOLDS, model.threshold, limit, 0,
            words, found, counters, spans,
        )  # fmt: skip
        self._counters += counters
        for label, row, start, end, _ in spans[: kept * SPAN].reshape(-1, SPAN).tolist():
            began = int(offsets[row])
            before = data[began : began + start].tobytes().decode(errors="replace")
            value = data[began + start : began + end].tobytes().decode(errors="replace")
            self._keep(label, first_row + row, len(before), value)

    def merge(self, other: "NameScan") -> None:
        """Add what another scan found in other rows of the same column."""
        self._counters += other._counters
        for label in ENTITIES:
            self._samples[label] = _first(self._samples[label] + other._samples[label])

    def found(self, filled: int, declared: bool) -> tuple[PersonalData, ...]:
        """
        Return what is suspected, by entity.

        Args:
            filled: How many cells of the column are not empty.
            declared: Whether the data contract says that the column is sensitive.
        """
        if self._holds_values():
            return ()
        return tuple(
            PersonalData(
                column=self.name,
                entity=entity,
                cells=int(self._counters[label]),
                share=float(self._counters[label] / filled),
                declared=declared,
                samples=tuple(self._samples[label]),
                tier=SUSPECTED,
            )
            for label, entity in ENTITIES.items()
            if self._counters[label]
        )

    def to_bytes(self) -> bytes:
        """Return the state; neither a value nor the key is in it."""
        state = {
            "name": self.name,
            "counters": self._counters.tolist(),
            "samples": {
                entity: [asdict(each) for each in self._samples[label]]
                for label, entity in ENTITIES.items()
            },
        }
        return json.dumps(state).encode()

    @classmethod
    def from_bytes(cls, content: bytes, key: bytes) -> "NameScan":
        """Return the scan whose state this is, to go on or to merge."""
        state = json.loads(content)
        scan = cls(state["name"], key)
        scan._counters[:] = state["counters"]
        for label, entity in ENTITIES.items():
            scan._samples[label] = [Sample(**each) for each in state["samples"][entity]]
        return scan

    def _wants(self, row: int) -> bool:
        """Say whether a sample in this row or a later one could be among the first."""
        return any(len(each) < SAMPLES or row < each[-1].row for each in self._samples.values())

    def _keep(self, label: int, row: int, start: int, value: str) -> None:
        digest = hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()[:DIGEST]
        sample = Sample(row, self.name, shape(value), start=start, length=len(value), digest=digest)
        self._samples[label] = _first([*self._samples[label], sample])

    def _holds_values(self) -> bool:
        cells, short = self._counters[CELLS_CAPITAL], self._counters[CELLS_SHORT]
        return bool(short >= SHORT_SHARE * cells)


def _first(samples: list[Sample]) -> list[Sample]:
    return sorted(samples, key=lambda each: (each.row, each.start))[:SAMPLES]
