"""The score of a detector: what counts as right, wrong, missed and as nothing."""

from collections.abc import Sequence

import pytest

from benchmarks.data.labelled import Column, Labelled, Span
from benchmarks.data.people import uncommon
from benchmarks.detection_quality import (
    Quality,
    Score,
    flagged_cells,
    flagged_columns,
    lines,
    matches,
    quality_of,
    score,
    total,
)
from benchmarks.detectors import Detector, Found

CARD = Span(10, 20, "CREDIT_CARD")
ENTITIES = ("CREDIT_CARD", "US_SSN")


def one(text: str, *spans: Span) -> list[Labelled]:
    return [Labelled(text, spans, "en")]


@pytest.mark.parametrize(
    ("find", "right"),
    [
        pytest.param((10, 20, "CREDIT_CARD"), True, id="the same span"),
        pytest.param((15, 20, "CREDIT_CARD"), True, id="half of it"),
        pytest.param((16, 20, "CREDIT_CARD"), False, id="less than half of it"),
        pytest.param((5, 25, "CREDIT_CARD"), True, id="twice as much"),
        pytest.param((4, 25, "CREDIT_CARD"), False, id="more than twice as much"),
        pytest.param((20, 30, "CREDIT_CARD"), False, id="what begins where it ends"),
        pytest.param((10, 20, "US_SSN"), False, id="another entity"),
    ],
)
def test_a_find_is_right_with_its_entity_and_half_of_the_characters(
    find: Found, right: bool
) -> None:
    assert matches(CARD, find) is right


def test_an_empty_find_is_never_right() -> None:
    assert not matches(Span(3, 3, "US_SSN"), (3, 3, "US_SSN"))


def test_a_label_is_counted_once_however_often_it_is_found() -> None:
    found = [[(10, 20, "CREDIT_CARD"), (11, 20, "CREDIT_CARD")]]
    assert score(one("x" * 30, CARD), found, ENTITIES)["CREDIT_CARD"] == Score(right=1, wrong=1)


def test_the_wrong_entity_is_both_missed_and_wrong() -> None:
    scores = score(one("x" * 30, CARD), [[(10, 20, "US_SSN")]], ENTITIES)
    assert scores == {"CREDIT_CARD": Score(missed=1), "US_SSN": Score(wrong=1)}


def test_what_lies_in_a_label_that_is_not_compared_counts_neither_way() -> None:
    labelled = one("x" * 30, Span(0, 15, "PASSPORT"))
    inside, outside = (5, 12, "US_SSN"), (20, 29, "US_SSN")
    assert score(labelled, [[inside, outside]], ENTITIES)["US_SSN"] == Score(wrong=1)


def test_an_entity_that_is_not_compared_is_not_counted() -> None:
    scores = score(one("x" * 30, CARD), [[(0, 9, "PERSON"), (10, 20, "CREDIT_CARD")]], ENTITIES)
    assert total(scores) == Score(right=1)


def test_fewer_answers_than_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        score(one("x", CARD), [], ENTITIES)


def test_shares_follow_from_the_counts() -> None:
    counts = Score(right=6, wrong=2, missed=4)
    assert (counts.precision, counts.recall) == (0.75, 0.6)
    assert counts.f1 == pytest.approx(2 / 3)
    assert (Score().precision, Score().recall, Score().f1) == (1.0, 1.0, 1.0)


def test_harmless_columns_count_cells_and_not_finds() -> None:
    column = Column("order_id", "order id", ("a", "b", "c", "d"))
    found: list[list[Found]] = [[(0, 1, "US_SSN"), (0, 1, "PASSPORT")], [], [], []]
    assert dict(flagged_cells([column], found)) == {"order id": 0.25}


def test_a_detector_that_looks_at_headers_is_asked_for_every_header() -> None:
    def by_header(name: str, cells: Sequence[str]) -> list[list[Found]]:
        return [[(0, 1, "US_SSN")] if name == "value" else [] for _ in cells]

    columns = [Column(name, "order id", ("a", "b")) for name in ("order_id", "value")]
    shares = dict(flagged_columns(by_header, columns))
    assert shares == {"order id as order_id": 0.0, "order id as value": 1.0}


def test_a_whole_measurement_asks_for_every_text_once_and_finds_what_a_detector_finds() -> None:
    asked: list[str] = []

    def exclamations(texts: Sequence[str]) -> list[list[Found]]:
        asked.extend(texts)
        return [[(0, 1, "US_SSN")] if "Oak shelf" in text else [] for text in texts]

    reached = quality_of(Detector(exclamations), 3, uncommon())
    assert reached.texts == len(asked)
    assert reached.bytes == sum(len(text.encode()) for text in asked)
    assert {kind for kind, share in reached.flagged.items() if share} == {"product"}
    assert reached.micro["shared"].recall == 0.0


def test_the_figures_are_shown_with_speed_and_only_columns_that_were_flagged() -> None:
    quality = Quality(
        entities={"US_SSN": Score(right=1)},
        micro={"shared": Score(right=1, missed=1)},
        flagged={"date": 0.0, "version": 0.5},
        cpu_seconds=2.0,
        texts=1_000,
        bytes=4_000_000,
    )
    text = "\n".join(lines("peer", quality))
    assert "| **micro, shared** | 1.000 | 0.500 | 0.667 |" in text
    assert "| version | 50.0% |" in text
    assert "date" not in text
    assert "| **all** | 25.00% |" in text
    assert "2000.00 µs of processor time a text, 2.000 MB/s" in text
