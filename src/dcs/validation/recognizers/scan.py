"""What an organisation's own recognizers find in one column, batch by batch; parts add up to the whole."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcs.validation.masking import digest
from dcs.validation.models import SAMPLES, PersonalData, Sample
from dcs.validation.personal.disguises import plain
from dcs.validation.recognizers.checksums import CHECKSUMS
from dcs.validation.recognizers.models import Recognizer
from dcs.validation.recognizers.patterns import compiled, spans
from dcs.validation.shapes import shape
from dcs.validation.statistics.texts import Texts

NOT_ASCII = r"[^\x00-\x7F]"  # such a cell may be disguised, and is read as what it stands for


@dataclass(frozen=True, slots=True)
class _Ready:
    """
    A recognizer, ready to be used.

    Attributes:
        cue: RE2's pattern of every cell that is worth reading.
        pattern: Compiled by RE2; None where only words tell the entity.
        words: Of these one has to stand in the cell; None where none has to.
        deny: Finds the words that are the entity by themselves.
    """

    of: Recognizer
    cue: str
    pattern: Any
    words: re.Pattern[str] | None
    deny: re.Pattern[str] | None
    allow: frozenset[str]

    def is_named(self, header: str) -> bool:
        """Say whether a column's name has one of the words."""
        there = _words(header)
        return any(wanted <= there for each in self.of.words if (wanted := _words(each)))

    def places(self, text: str, named: bool) -> Iterator[tuple[int, int]]:
        """Yield where the entity stands in a cell."""
        if self.deny is not None:
            yield from (each.span() for each in self.deny.finditer(text))
        if self.pattern is None or not (named or self.words is None or self.words.search(text)):
            return
        checked = CHECKSUMS.get(self.of.checksum or "", bool)
        for start, end in spans(self.pattern, text):
            value = text[start:end]
            if value.casefold() not in self.allow and checked(value):
                yield start, end


class OwnScan:
    """
    Count the cells of a column in which the organisation's own recognizers find something.

    Args:
        name: The column's name.
        key: Secret of the tenant, which the digests of samples are made with.
    """

    def __init__(self, name: str, key: bytes, recognizers: tuple[Recognizer, ...]) -> None:
        self.name = name
        self._key = key
        self._ready = [(each, each.is_named(name)) for each in ready(recognizers)]
        self._counts: dict[str, list[int]] = {}
        self._samples: dict[str, list[Sample]] = {}

    def look_at_text(self, data: np.ndarray, offsets: np.ndarray, first_row: int) -> None:
        """
        Look at every cell of a batch of texts.

        Args:
            data: UTF-8.
            offsets: Where each cell begins and the last one ends; an empty cell has no bytes.
            first_row: The row of the first cell.
        """
        if not self._ready:
            return
        values = pa.StringArray.from_buffers(
            len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data)
        )
        odd = np.asarray(pc.match_substring_regex(values, NOT_ASCII))
        disguised = [(row, plain(values[row].as_py())) for row in np.flatnonzero(odd).tolist()]
        for each, named in self._ready:
            cued = np.asarray(pc.match_substring_regex(values, each.cue)) & ~odd
            for row in np.flatnonzero(cued).tolist():
                text = values[row].as_py()
                self._read(each, first_row + row, text, range(len(text) + 1), named)
            for row, (text, places) in disguised:
                self._read(each, first_row + row, text, places, named)

    def look_at_integers(self, values: pa.Array, first_row: int) -> None:
        """Look at whole numbers, as they would be written."""
        if self._ready:
            texts = Texts.of(values.cast(pa.string()))
            self.look_at_text(texts.data, texts.offsets, first_row)

    def merge(self, other: "OwnScan") -> None:
        """Add what was found in another part of the column."""
        for entity, (cells, whole) in other._counts.items():
            mine = self._counts.setdefault(entity, [0, 0])
            mine[0] += cells
            mine[1] += whole
        for entity, theirs in other._samples.items():
            self._samples[entity] = _first([*self._samples.get(entity, []), *theirs])

    def found(self, filled: int, declared: bool) -> tuple[PersonalData, ...]:
        """
        Return what was found, by entity.

        Args:
            filled: Cells that are not empty.
            declared: Whether a data contract says that the column is sensitive.
        """
        return tuple(
            PersonalData(
                column=self.name,
                entity=each.of.entity,
                cells=counts[0],
                share=counts[0] / filled,
                declared=declared,
                samples=tuple(self._samples[each.of.entity]),
                verified_by=_verified_by(each.of),
                classification=each.of.classification,
                whole=counts[1],
                own=True,
            )
            for each, _ in self._ready
            if (counts := self._counts.get(each.of.entity))
        )

    def to_state(self) -> dict[str, Any]:
        """Return what another process needs to go on; no value is in it."""
        samples = {name: [asdict(each) for each in kept] for name, kept in self._samples.items()}
        return {"counts": self._counts, "samples": samples}

    def take_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `to_state` returned elsewhere."""
        self._counts = {name: list(counts) for name, counts in state["counts"].items()}
        self._samples = {
            name: [Sample(**each) for each in kept] for name, kept in state["samples"].items()
        }

    def _read(self, ready: _Ready, row: int, text: str, places: Sequence[int], named: bool) -> None:
        """Hold one cell against a recognizer; *places* says where its characters really stand."""
        for start, end in ready.places(text, named):
            counts = self._counts.setdefault(ready.of.entity, [0, 0])
            counts[0] += 1
            counts[1] += text[start:end] == text.strip()
            first = places[start]
            self._keep(ready.of.entity, row, text[start:end], first, places[end] - first)
            return

    def _keep(self, entity: str, row: int, value: str, start: int, length: int) -> None:
        kept = self._samples.setdefault(entity, [])
        if len(kept) < SAMPLES or row < kept[-1].row:
            made = Sample(
                row, self.name, shape(value), None, start, length, digest(self._key, value)
            )
            self._samples[entity] = _first([*kept, made])


@cache
def ready(recognizers: tuple[Recognizer, ...]) -> Sequence[_Ready]:
    """Return recognizers ready to be used; compiled once a process."""
    return [_made(each) for each in recognizers]


def cue_of(recognizer: Recognizer) -> str:
    """Return a pattern of every cell that a recognizer may find something in, in RE2's syntax."""
    cues = [f"(?:{recognizer.pattern})"] if recognizer.pattern else []
    cues += [f"(?i:{re.escape(each)})" for each in recognizer.deny]
    return "|".join(cues)


def _made(recognizer: Recognizer) -> _Ready:
    return _Ready(
        of=recognizer,
        cue=cue_of(recognizer),
        pattern=compiled(recognizer.pattern) if recognizer.pattern else None,
        words=_alone(recognizer.words),
        deny=_alone(recognizer.deny),
        allow=frozenset(each.casefold() for each in recognizer.allow),
    )


def _alone(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern of plain words that stand alone, in any case; linear, as they are literal."""
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    """Split a name into its words, in any script: ``staffNo_职工号`` has staff, no and 职工号."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    return frozenset(re.findall(r"[^\W_]+", spaced.casefold()))


def _verified_by(recognizer: Recognizer) -> str:
    said = "a recognizer of this organisation"
    return f"{said}, check digit ({recognizer.checksum})" if recognizer.checksum else said


def _first(samples: list[Sample]) -> list[Sample]:
    return sorted(samples, key=lambda each: each.row)[:SAMPLES]
