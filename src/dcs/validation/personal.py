"""
Find personal data in every cell of every column, and say where.

Columns pass as Arrow batches. RE2 picks the candidate cells of a whole batch
at once, the recognizers then verify only those, so the cost follows the
candidates and memory stays at one batch. Nothing is sampled.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcs.validation.models import SAMPLES, PersonalData, Sample
from dcs.validation.recognizers import RECOGNIZERS, Recognizer, header_words
from dcs.validation.shapes import shape

CARD = "CREDIT_CARD"
CHANCE_CANDIDATES = 20  # enough bare numbers to tell cards from chance
CHANCE_SHARE = 0.5  # Luhn lets one random number in ten pass; real cards nearly all


@dataclass(slots=True)
class Tally:
    """What one recognizer found in one column so far."""

    recognizer: Recognizer
    column: str
    named: bool
    candidates: int = 0
    cells: int = 0
    samples: list[Sample] = field(default_factory=list)

    def look(self, values: pa.Array, first_row: int) -> None:
        """Look through one batch; *first_row* is the row of its first cell."""
        for position, cell in self._candidates(values):
            self.candidates += 1
            spans = list(self.recognizer.find(cell, self.named))
            if spans:
                self.cells += 1
                self._keep(first_row + position, cell, spans[0])

    def _candidates(self, values: pa.Array) -> Iterator[tuple[int, str]]:
        pattern = self.recognizer.candidate
        if self.named and self.recognizer.bare is not None:
            pattern = f"{pattern}|{self.recognizer.bare}"
        hits = pc.indices_nonzero(
            pc.fill_null(pc.match_substring_regex(values, pattern=pattern), False)
        )
        cells = values.take(hits)
        yield from zip(hits.to_pylist(), cells.to_pylist(), strict=True)

    def _keep(self, row: int, cell: str, span: tuple[int, int]) -> None:
        if len(self.samples) < SAMPLES:
            start, end = span
            masked = shape(cell[start:end])
            self.samples.append(Sample(row, self.column, masked, start=start, length=end - start))

    @property
    def is_chance(self) -> bool:
        """Whether the hits are what random numbers would give: long numbers that pass Luhn."""
        return (
            self.recognizer.entity == CARD
            and not self.named
            and self.candidates >= CHANCE_CANDIDATES
            and self.cells < self.candidates * CHANCE_SHARE
        )


def scan(
    columns: Iterable[str], batches: Iterable[pa.RecordBatch], declared: frozenset[str]
) -> tuple[PersonalData, ...]:
    """
    Return the personal data of a table of texts, by column and entity.

    Args:
        columns: The names, in the order of the batches' columns.
        batches: All rows; every column as text, null where a cell is empty.
        declared: The columns a data contract declares as sensitive.
    """
    tallies = [
        [Tally(each, name, bool(each.header & header_words(name))) for each in RECOGNIZERS]
        for name in columns
    ]
    filled = [0] * len(tallies)
    row = 1
    for batch in batches:
        for position, values in enumerate(batch.columns):
            filled[position] += len(values) - values.null_count
            for tally in tallies[position]:
                tally.look(values, row)
        row += batch.num_rows
    return tuple(
        PersonalData(
            column=tally.column,
            entity=tally.recognizer.entity,
            cells=tally.cells,
            share=tally.cells / filled[position],
            declared=tally.column in declared,
            samples=tuple(tally.samples),
        )
        for position, column in enumerate(tallies)
        for tally in column
        if tally.cells and not tally.is_chance
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """How personal data is looked for."""

    key: bytes = b""


class ColumnScan:
    """Personal data of one column, batch by batch."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self.settings = settings
        words = header_words(name)
        self._tallies = [Tally(each, name, bool(each.header & words)) for each in RECOGNIZERS]

    def look_at_text(self, data: np.ndarray, offsets: np.ndarray, first_row: int) -> None:
        rows = len(offsets) - 1
        values = pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(data))
        for tally in self._tallies:
            tally.look(values, first_row)

    def look_at_integers(self, values: np.ndarray, valid: np.ndarray, first_row: int) -> None:
        texts = pa.array(values, mask=valid == 0).cast(pa.string())
        for tally in self._tallies:
            tally.look(texts, first_row)

    def look_at_dates(self, values: np.ndarray, valid: np.ndarray, first_row: int) -> None:
        return

    def merge(self, other: "ColumnScan") -> None:
        for mine, theirs in zip(self._tallies, other._tallies, strict=True):
            mine.candidates += theirs.candidates
            mine.cells += theirs.cells
            mine.samples = sorted(mine.samples + theirs.samples, key=lambda s: s.row)[:SAMPLES]

    def found(self, filled: int, declared: bool) -> tuple[PersonalData, ...]:
        return tuple(
            PersonalData(
                self.name,
                t.recognizer.entity,
                t.cells,
                t.cells / filled,
                declared,
                tuple(t.samples),
            )
            for t in self._tallies
            if t.cells and not t.is_chance
        )

    def to_bytes(self) -> bytes:
        return json.dumps(
            [
                self.name,
                [[t.candidates, t.cells, [asdict(s) for s in t.samples]] for t in self._tallies],
            ]
        ).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "ColumnScan":
        name, tallies = json.loads(data)
        made = cls(name, Settings())
        for tally, (candidates, cells, samples) in zip(made._tallies, tallies, strict=True):
            tally.candidates, tally.cells = candidates, cells
            tally.samples = [Sample(**each) for each in samples]
        return made
