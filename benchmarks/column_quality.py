"""
How well columns are told by their name and values (tier B).

``python -m benchmarks.column_quality [--mistakes]``. Each column stands in a table about persons,
where places are somebody's. A column is right when it is told as its entity; one that is told as
another counts as wrong and as missed. Columns of dates and codes that only a header can tell
are not asked for without one.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from benchmarks.data import labelled, told
from benchmarks.data.labelled import Column
from benchmarks.detection_quality import SEED, Score, total
from dcs.validation.personal_columns import KindScan

ENTITIES = ("PERSON", "LOCATION", "STREET_ADDRESS", "DATE_OF_BIRTH", "ACCOUNT_NUMBER")
BY_NAME_ONLY = ("date of birth", "account", "postal code")
YEAR = 2026
COUNTRIES = {
    "ten countries": told.KNOWN,
    "four further ones": told.FURTHER,
    "six that no list knows": told.UNSEEN,
}


@dataclass
class Quality:
    """Counts by entity, and what went wrong in words."""

    entities: dict[str, Score] = field(default_factory=lambda: {each: Score() for each in ENTITIES})
    mistakes: list[str] = field(default_factory=list)


def told_as(column: Column) -> str | None:
    """Return the entity that a column is told as; its header and every cell are looked at."""
    scan = KindScan(column.name)
    cells = pa.array(column.cells, pa.string())
    _, offsets, data = cells.buffers()
    scan.look_at_text(
        np.frombuffer(data, np.uint8), np.frombuffer(offsets, np.int32)[: len(cells) + 1], 1
    )
    verdict = scan.verdict(len(cells), len(set(column.cells)), YEAR)
    return None if verdict is None else verdict.entity


def quality_of(columns: Iterable[Column]) -> Quality:
    """Return the counts of columns."""
    quality = Quality()
    for column in columns:
        expected = column.entity if column.entity in ENTITIES else None
        found = told_as(column)
        if found == expected:
            if expected:
                quality.entities[expected].right += 1
            continue
        if found:
            quality.entities[found].wrong += 1
        if expected:
            quality.entities[expected].missed += 1
        quality.mistakes.append(f"{column.name!r} ({column.kind}): {found}, not {expected}")
    return quality


def sets(seed: int) -> Iterator[tuple[str, list[Column]]]:
    """Yield the sets that are measured, each with the harmless columns that go with it."""
    typed = [each for each in labelled.columns(seed) if each.entity in ENTITIES]
    others = [each for each in labelled.columns(seed) if each.entity not in ENTITIES]
    negatives = [*labelled.hard_negatives(seed), *others, *told.harmless(seed)]
    named = [each for each in negatives if not told.is_neutral(each.name)]
    silent = [each for each in negatives if told.is_neutral(each.name)]
    own = [each for each in typed if each.name in _headers()]
    yield "mixed languages, half of the names in no list, telling header", [*own, *named]
    for name, locales in COUNTRIES.items():
        made = list(told.personal(seed, locales))
        telling = [each for each in made if not told.is_neutral(each.name)]
        silently = [
            each
            for each in made
            if told.is_neutral(each.name) and not each.kind.startswith(BY_NAME_ONLY)
        ]
        yield f"{name}, telling header", [*telling, *named]
        yield f"{name}, no telling header", [*silently, *silent]


def _headers() -> set[str]:
    from benchmarks.data.typed import TYPES

    return {header for kind in TYPES for header in kind.headers}


def main() -> None:
    """Print the figures as Markdown."""
    print("| set | columns | precision | recall | F1 | told wrongly, of harmless columns |")
    print("|---|---|---|---|---|---|")
    found = [(name, columns, quality_of(columns)) for name, columns in sets(SEED)]
    for name, columns, quality in found:
        counts = total(quality.entities)
        harmless = [each for each in columns if each.entity not in ENTITIES]
        wrong = sum(told_as(each) is not None for each in harmless)
        print(
            f"| {name} | {len(columns) - len(harmless)} | {counts.precision:.3f} | {counts.recall:.3f} "
            f"| {counts.f1:.3f} | {wrong} of {len(harmless)} |"
        )
    print("\n| entity, all sets | precision | recall | F1 |\n|---|---|---|---|")
    for entity in ENTITIES:
        scores = {str(n): quality.entities[entity] for n, (_, _, quality) in enumerate(found)}
        counts = total(scores)
        print(f"| {entity} | {counts.precision:.3f} | {counts.recall:.3f} | {counts.f1:.3f} |")
    if "--mistakes" in sys.argv:
        for name, _, quality in found:
            print(f"\n{name}")
            print("\n".join(quality.mistakes))


if __name__ == "__main__":
    main()
