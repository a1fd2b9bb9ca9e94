"""Personal data that was not there before, and what it asks of the dataset's classification."""

from collections.abc import Iterator
from dataclasses import dataclass

from dcs.core.classification import Classification
from dcs.validation.drift.models import ColumnSketch, Sketch
from dcs.validation.drift.settings import Metric
from dcs.validation.drift.verdicts import Difference


@dataclass(frozen=True, slots=True)
class Entity:
    """Personal data of one kind in one column, before and now, in cells."""

    column: str
    entity: str
    before: int
    now: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A column that holds newly found personal data, and how it should be treated."""

    column: str
    classification: Classification
    tags: tuple[str, ...]
    why: str


def found_newly(previous: ColumnSketch | None, current: ColumnSketch) -> Iterator[Difference]:
    """Yield the kinds of personal data a column did not have before, if it has any now."""
    known = dict(previous.entities) if previous is not None else {}
    for entity, cells in current.entities:
        new = 0 if known.get(entity) else cells
        yield Difference(
            Metric.PERSONAL_DATA,
            f"new_{entity.lower()}",
            current.name,
            float(new),
            "cells",
            f"{entity} in {cells:,} cells, where the previous version had none",
            failed_rows=new,
        )


def changed_entities(previous: Sketch, current: Sketch) -> tuple[tuple[Entity, ...], ...]:
    """Return the new personal data, then what is gone, by column and entity."""
    before, now = _cells(previous), _cells(current)
    new = [Entity(*key, 0, cells) for key, cells in now.items() if not before.get(key)]
    gone = [Entity(*key, cells, 0) for key, cells in before.items() if not now.get(key)]
    return tuple(new), tuple(gone)


def proposals(new: tuple[Entity, ...]) -> tuple[Proposal, ...]:
    """Propose how the columns with new personal data should be classified and tagged."""
    tags: dict[str, list[str]] = {}
    for each in new:
        tags.setdefault(each.column, []).append(each.entity)
    return tuple(
        Proposal(
            column,
            Classification.CONFIDENTIAL,
            tuple(names),
            f"it holds {', '.join(names)}, which the other version does not",
        )
        for column, names in tags.items()
    )


def _cells(sketch: Sketch) -> dict[tuple[str, str], int]:
    return {
        (column.name, entity): cells
        for column in sketch.columns
        for entity, cells in column.entities
        if cells
    }
