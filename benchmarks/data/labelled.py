"""The labelled set: sentences with known spans, columns without personal data, and typed columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from random import Random

from benchmarks.data.negatives import KINDS
from benchmarks.data.people import Population, everyone, read_list
from benchmarks.data.typed import TYPES
from benchmarks.data.values import CASELESS, SPACED, VALUES

FILLS = 50  # of each sentence: with 77 of them, 3,850 texts
CELLS = 500
_NEUTRAL = ("value", "field_1", "col", "data", "x", "attr", "v2", "text", "column_b", "raw")
_BRACKETS = ("()", "[]", "<>", '""', "''", "„“", "{}")
_UNICODE_SPACES = "\u00a0\u202f\u2009\u3000"


@dataclass(frozen=True)
class Span:
    """Where personal data stands in a text: characters from *start* up to *end*."""

    start: int
    end: int
    entity: str


@dataclass(frozen=True)
class Labelled:
    """A text in one language, and everything in it that a detector should find."""

    text: str
    spans: tuple[Span, ...]
    language: str


@dataclass(frozen=True)
class Column:
    """A column; *entity* says what it holds, ``None`` that it holds nothing personal."""

    name: str
    kind: str
    cells: tuple[str, ...]
    entity: str | None = None


def sentences(seed: int, population: Population | None = None) -> list[Labelled]:
    """
    Return every template, filled ``FILLS`` times with different values and dress.

    Args:
        seed: The same seed gives the same sentences.
        population: Who may be named; Faker's names and our own unless given.
    """
    population = population or everyone(seed)
    rng, turn = Random(seed), cycle(VALUES)
    templates = [line.split(" | ", 1) for line in read_list("sentences.txt")]
    return [
        _fill(template, language, rng, population, turn)
        for _ in range(FILLS)
        for language, template in templates
    ]


def hard_negatives(seed: int) -> list[Column]:
    """Return every harmless kind twice: under the header it would have, and under one that tells nothing."""
    made = []
    for number, kind in enumerate(KINDS):
        rng = Random(f"{seed} {kind.name}")
        cells = tuple(kind.make(rng) for _ in range(CELLS))
        made += [Column(name, kind.name, cells) for name in (kind.header, _neutral(number))]
    return made


def columns(seed: int, population: Population | None = None) -> list[Column]:
    """Return every typed column under each of its headers, last under one that tells nothing."""
    population = population or everyone(seed)
    made = []
    for number, kind in enumerate(TYPES):
        for header in (*kind.headers, _neutral(number)):
            rng = Random(f"{seed} {kind.name} {header}")
            cells = tuple(kind.make(rng, population) for _ in range(CELLS))
            made.append(Column(header, kind.name, cells, kind.entity))
    return made


def _fill(
    template: str, language: str, rng: Random, population: Population, turn: Iterator[str]
) -> Labelled:
    text, spans = "", []
    small = rng.random() < 0.15
    for part in template.replace("{", "\0{").replace("}", "}\0").split("\0"):
        if not part.startswith("{"):
            text += part.lower() if small else part
            continue
        entity = next(turn) if part == "{any}" else part[1:-1]
        before, value, after = _dressed(entity, rng, population, small=small)
        if entity in VALUES or entity in {"PERSON", "LOCATION"}:
            start = len(text) + len(before)
            spans.append(Span(start, start + len(value), entity))
        text += before + value + after
    return Labelled(text, tuple(spans), language)


def _dressed(
    entity: str, rng: Random, population: Population, *, small: bool
) -> tuple[str, str, str]:
    if entity == "PERSON":
        person = population.person(rng)
        value = rng.choice((person.full, person.full, person.full, person.last))
        return "", value.lower() if small else value, ""
    if entity == "LOCATION":
        place = population.place(rng)
        return "", place.lower() if small else place, ""
    if entity == "noise":
        return "", rng.choice(KINDS).make(rng), ""
    before, value = VALUES[entity](rng)
    value = value.lower() if small and entity in CASELESS else value
    return _wrapped(before, value, rng, spaced=entity in SPACED)


def _wrapped(before: str, value: str, rng: Random, *, spaced: bool) -> tuple[str, str, str]:
    draw = rng.random()
    if draw < 0.12:
        pair = rng.choice(_BRACKETS)
        return before + pair[0], value, pair[1]
    if draw < 0.18:
        space = rng.choice(_UNICODE_SPACES)
        value = value.replace(" ", space) if spaced else value
        return before.replace(" ", space) or space, value, space
    return before, value, ""


def _neutral(number: int) -> str:
    return _NEUTRAL[number % len(_NEUTRAL)] if number % 2 else f"c{number + 1}"
