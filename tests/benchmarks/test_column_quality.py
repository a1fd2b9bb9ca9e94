"""The measurement of told columns counts what it should, and its figures hold without Faker's names."""

import pytest

from benchmarks import column_quality
from benchmarks.column_quality import ENTITIES, quality_of, told_as
from benchmarks.data import labelled
from benchmarks.data.labelled import Column
from benchmarks.data.people import uncommon
from benchmarks.detection_quality import total


def test_right_wrong_and_missed_columns_are_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"a": "PERSON", "b": "LOCATION", "c": None, "d": "PERSON", "e": None}
    monkeypatch.setattr(column_quality, "told_as", lambda column: answers[column.name])
    asked = [
        Column("a", "x", ("1",), "PERSON"),
        Column("b", "x", ("1",), "PERSON"),
        Column("c", "x", ("1",), "PERSON"),
        Column("d", "x", ("1",)),
        Column("e", "x", ("1",), "TAX_ID"),
    ]
    quality = quality_of(asked)
    person, place = quality.entities["PERSON"], quality.entities["LOCATION"]
    assert (person.right, person.wrong, person.missed) == (1, 1, 2)
    assert (place.right, place.wrong, place.missed) == (0, 1, 0)
    assert len(quality.mistakes) == 3


def test_columns_of_names_that_are_in_no_list_are_told_by_their_headers() -> None:
    neutral = {column.name for column in labelled.hard_negatives(7)[1::2]}
    made = [
        column
        for column in labelled.columns(7, uncommon())
        if column.entity in ENTITIES and column.name not in neutral
    ]
    counts = total(quality_of(made).entities)
    assert len(made) >= 50
    assert counts.wrong == 0
    assert counts.recall > 0.9


def test_no_harmless_column_is_told_to_be_one_of_persons() -> None:
    told = [(each.name, told_as(each)) for each in labelled.hard_negatives(7)]
    assert [each for each in told if each[1]] == []
