"""The personal data of one column, batch by batch; parts of a column add up to the whole."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcs.validation.masking import digest
from dcs.validation.models import SAMPLES, PersonalData, Sample
from dcs.validation.personal.disguises import plain
from dcs.validation.personal.headers import HEADERS, header_words, says_otherwise, says_signed
from dcs.validation.personal.kernels.cells import (
    CANDIDATES,
    CARD,
    CELLS,
    ENTITIES,
    FIRSTS,
    IP,
    KNOWN,
    PHONE,
    TALLIES,
    WHOLE,
    scan,
)
from dcs.validation.personal.rare import CUES, HOPELESS, RULES, Rule
from dcs.validation.shapes import shape

ENOUGH = 20  # hits, or numbers that could be one, to tell a column from chance
CHANCE_SHARE = 0.5
LEAST_INTEGER = 100_000_000  # nine digits; no shorter number identifies anybody by itself
SCRATCH = 64

ROOM = 13  # bytes of the shortest cell that a rare value and its word fit into
ALL = tuple(dict.fromkeys((*ENTITIES, *(each.entity for each in RULES))))
VERIFIED_BY = {
    "EMAIL_ADDRESS": "its form and the domain's",
    "CREDIT_CARD": "issuer, length and check digit (Luhn)",
    "US_SSN": "the ranges that are given to people",
    "IBAN_CODE": "the country's length and check digits (mod 97)",
    "IP_ADDRESS": "its form, no version number",
    "PHONE_NUMBER": "the numbering plan",
    "MAC_ADDRESS": "six pairs of hexadecimal digits",
    "URL_WITH_CREDENTIALS": "a user and a password in front of the host",
    "API_KEY": "the prefix that its issuer publishes",
    "PRIVATE_KEY": "its header (PEM)",
    "CRYPTO": "its checksum, or form",
    "MEDICAL_LICENSE": "its check digit, and a word for it",
    "US_DRIVER_LICENSE": "its form, and a word for it",
    "PASSPORT": "its form, and a word for it",
    "TAX_ID": "its check digit, and a word for it",
}
SECRET = frozenset(
    {
        "CREDIT_CARD",
        "US_SSN",
        "API_KEY",
        "PRIVATE_KEY",
        "URL_WITH_CREDENTIALS",
        "TAX_ID",
        "PASSPORT",
    }
)


@dataclass(frozen=True, slots=True)
class Settings:
    """
    How personal data is looked for.

    Attributes:
        key: What digests of values are keyed with.
        names: Whether names in free text are looked for as well (tier C).
    """

    key: bytes = b""
    names: bool = True


class ColumnScan:
    """What was found in one column so far."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self._key = settings.key
        words = header_words(name)
        self._named = sum(
            1 << place for place, entity in enumerate(ENTITIES) if HEADERS[entity] & words
        )
        shown = " ".join(re.findall(r"[^\W_]+", name))
        self._rules = [(ALL.index(each.entity), each, each.is_named(shown)) for each in RULES]
        self._tallies = np.zeros(len(ALL) * TALLIES, np.int64)
        self._samples: dict[int, list[Sample]] = {}

    def look_at_text(self, data: np.ndarray, offsets: np.ndarray, first_row: int) -> None:
        """
        Look at every cell of a batch of texts.

        Args:
            data: UTF-8.
            offsets: Where each cell begins and the last one ends; an empty cell has no bytes.
            first_row: The row of the first cell.
        """
        disguised = np.empty(len(offsets) - 1, np.int64)
        counted = np.zeros(len(offsets) - 1, np.uint8)
        left_out = self._scan(
            data,
            offsets,
            disguised,
            counted,
            lambda row, start, end: _sample_place(data, offsets, row, start, end),
            first_row,
        )
        rows = disguised[:left_out]
        behind = self._look_behind(data, offsets, rows, counted, first_row)
        self._look_for_rare(data, offsets, rows, behind, counted, first_row)

    def look_at_integers(self, values: np.ndarray, valid: np.ndarray, first_row: int) -> None:
        """Look at whole numbers, as they would be written."""
        if not len(values) or np.abs(values).max() < LEAST_INTEGER:
            return
        texts = pa.array(values, mask=valid == 0).cast(pa.string()).fill_null("")
        _, offsets, data = texts.buffers()
        self.look_at_text(
            np.frombuffer(data, np.uint8),
            np.frombuffer(offsets, np.int32)[: len(texts) + 1],
            first_row,
        )

    def merge(self, other: "ColumnScan") -> None:
        """Add what was found in another part of the column."""
        self._tallies += other._tallies
        for entity, theirs in other._samples.items():
            both = self._samples.get(entity, []) + theirs
            self._samples[entity] = sorted(both, key=lambda each: each.row)[:SAMPLES]

    def found(self, filled: int, declared: bool) -> tuple[PersonalData, ...]:
        """
        Return the column's personal data.

        Args:
            filled: Cells that are not empty.
            declared: Whether a data contract says that the column is sensitive.
        """
        return tuple(
            PersonalData(
                column=self.name,
                entity=name,
                cells=cells,
                share=cells / filled,
                declared=declared,
                samples=tuple(self._samples.get(entity, ())),
                verified_by=VERIFIED_BY[name],
                classification="SECRET" if name in SECRET else "CONFIDENTIAL",
                whole=self._tally(entity, WHOLE),
            )
            for entity, name in enumerate(ALL)
            if (cells := self._tally(entity, CELLS)) and not self._is_chance(entity)
        )

    def to_bytes(self) -> bytes:
        """Return what another process needs to go on; no value is in it."""
        samples = {
            entity: [asdict(each) for each in found]
            for entity, found in sorted(self._samples.items())
        }
        return json.dumps([self.name, self._tallies.tolist(), samples]).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "ColumnScan":
        """Return what `to_bytes` was asked of, for merging."""
        name, tallies, samples = json.loads(data)
        made = cls(name, Settings())
        made._tallies[:] = tallies
        made._samples = {int(n): [Sample(**each) for each in found] for n, found in samples.items()}
        return made

    def _scan(
        self,
        data: np.ndarray,
        offsets: np.ndarray,
        disguised: np.ndarray,
        counted: np.ndarray,
        place: Callable[[int, int, int], tuple[str, int, int]],
        first_row: int,
    ) -> int:
        """Run the kernel over a batch, and keep the first places of each entity, masked."""
        tallies = np.zeros(KNOWN * TALLIES, np.int64)
        firsts = np.zeros(KNOWN * FIRSTS * 3, np.int64)
        scratch = np.zeros(SCRATCH, np.int64)
        left_out = scan(
            data,
            offsets,
            self._named,
            int(len(disguised) > 0),
            counted,
            tallies,
            firsts,
            disguised,
            scratch,
        )
        self._tallies[: len(tallies)] += tallies
        for entity in np.flatnonzero(tallies[CELLS::TALLIES]):
            kept = self._samples.setdefault(int(entity), [])
            count = min(int(tallies[entity * TALLIES + CELLS]), FIRSTS)
            where = firsts[entity * FIRSTS * 3 :][: count * 3].reshape(count, 3)
            kept += [
                self._sample(first_row + row, *place(row, start, end))
                for row, start, end in where.tolist()
            ]
            self._samples[int(entity)] = sorted(kept, key=lambda each: each.row)[:SAMPLES]
        return left_out

    def _look_for_rare(
        self,
        data: np.ndarray,
        offsets: np.ndarray,
        disguised: np.ndarray,
        behind: Sequence[str],
        counted: np.ndarray,
        first_row: int,
    ) -> None:
        """
        Read the cells with a cue, and all of them where the column's name is one.

        A cue is looked for in what disguised cells stand for, which is *behind* them.
        """
        named = [each for each in self._rules if each[2]]
        longest = int((offsets[1:] - offsets[:-1]).max(initial=0))
        if longest < ROOM and not named:
            return
        values = pa.StringArray.from_buffers(
            len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data)
        )
        cued = np.array(pc.match_substring_regex(values, CUES))
        cued[disguised] = pc.match_substring_regex(pa.array(behind, pa.string()), CUES)
        for row in np.flatnonzero(cued):
            self._read(
                first_row + int(row), values[int(row)].as_py(), self._rules, int(counted[row])
            )
        if named:
            for row in np.flatnonzero(~cued):
                self._read(first_row + int(row), values[int(row)].as_py(), named, int(counted[row]))

    def _read(
        self, row: int, cell: str, rules: Sequence[tuple[int, Rule, bool]], counted: int
    ) -> None:
        """Hold one cell against rules; every entity counts once, and none that the kernel counted."""
        text, places = plain(cell) if not cell.isascii() else (cell, range(len(cell) + 1))
        if HOPELESS.fullmatch(text):
            return
        lower = text.lower()
        seen: set[int] = set()
        words: dict[re.Pattern[str], bool] = {}
        for entity, rule, named in rules:
            if entity in seen or counted >> entity & 1 or not rule.may_match(lower):
                continue
            if rule.words is not None and not named:
                if rule.words not in words:
                    words[rule.words] = rule.words.search(text) is not None
                if not words[rule.words]:
                    continue
            for start, end in rule.find(text):
                seen.add(entity)
                self._tallies[entity * TALLIES + CELLS] += 1
                whole = text[start:end] == text.strip()
                self._tallies[entity * TALLIES + WHOLE] += whole
                kept = self._samples.setdefault(entity, [])
                if len(kept) < SAMPLES or row < kept[-1].row:
                    first, last = places[start], places[end]
                    kept.append(self._sample(row, text[start:end], first, last - first))
                    self._samples[entity] = sorted(kept, key=lambda each: each.row)[:SAMPLES]
                break

    def _sample(self, row: int, value: str, start: int, length: int) -> Sample:
        masked = shape(value)
        return Sample(row, self.name, masked, None, start, length, digest(self._key, value))

    def _look_behind(
        self,
        data: np.ndarray,
        offsets: np.ndarray,
        rows: np.ndarray,
        counted: np.ndarray,
        first_row: int,
    ) -> list[str]:
        """Look at the cells with disguised characters at what they stand for, and return that."""
        behind: list[str] = []
        for row in rows:
            cell = data[offsets[row] : offsets[row + 1]].tobytes().decode()
            text, places = plain(cell)
            behind.append(text)
            content = np.frombuffer(text.encode() or b" ", np.uint8)
            edges = np.array([0, len(text.encode())], np.int32)

            def place(
                _: int, start: int, end: int, text: str = text, places: Sequence[int] = places
            ) -> tuple[str, int, int]:
                first, last = _characters(text, start), _characters(text, end)
                begin, stop = places[first], places[last]
                return text[first:last], begin, stop - begin

            nobody, its = np.empty(0, np.int64), counted[row : row + 1]
            self._scan(content, edges, nobody, its, place, first_row + int(row))
        return behind

    def _tally(self, entity: int, which: int) -> int:
        return int(self._tallies[entity * TALLIES + which])

    def _is_chance(self, entity: int) -> bool:
        """
        Say whether the hits are what a column of other values would give.

        Of long numbers one in ten passes Luhn; of versions nearly all are addresses, and
        most of them of small numbers, which real addresses hardly ever are. Values that
        stand alone in a column of order numbers are order numbers.
        """
        if entity >= KNOWN or self._named >> entity & 1:
            return False
        cells, candidates = self._tally(entity, CELLS), self._tally(entity, CANDIDATES)
        if says_otherwise(self.name, ENTITIES[entity]):
            if entity == PHONE and candidates and not says_signed(self.name):
                return False  # some are written with their country
            return self._tally(entity, WHOLE) >= cells * CHANCE_SHARE
        if entity == CARD:
            return candidates >= ENOUGH and cells < candidates * CHANCE_SHARE
        if entity == IP:
            return cells >= ENOUGH and candidates >= cells * CHANCE_SHARE
        return False


def _characters(text: str, position: int) -> int:
    """Return which character of a text a byte of it belongs to."""
    return len(text.encode()[:position].decode())


def _sample_place(
    data: np.ndarray, offsets: np.ndarray, row: int, start: int, end: int
) -> tuple[str, int, int]:
    """Return a value, its first character in its cell, and its length in characters."""
    before = data[offsets[row] : start].tobytes().decode()
    value = data[start:end].tobytes().decode()
    return value, len(before), len(value)
