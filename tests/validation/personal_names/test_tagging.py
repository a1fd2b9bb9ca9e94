"""The kernel: words, places, any bytes; machine code and Python agree."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcs.validation.personal_names.features import FEATURES
from dcs.validation.personal_names.model import shipped
from dcs.validation.personal_names.tagging import COUNTERS, SPAN, WORDS, tag_cells
from dcs.validation.personal_names.tokens import (
    CODE,
    DIGITS,
    END,
    FIELDS,
    FOLDS,
    INITIAL,
    LOOKS,
    LOWER,
    MIXED,
    SLOTS,
    START,
    TITLE,
    UPPER,
    WORD,
    cut_words,
)
from tests.validation.personal_names.columns import buffers, names, scan

NOTHING_KNOWN = np.zeros(SLOTS, np.uint8)


def tag(data: np.ndarray, offsets: np.ndarray, *, compiled: bool = True, every: int = 1) -> Any:
    model, counters, spans = shipped(), np.zeros(COUNTERS, np.int64), np.zeros(SPAN * 99, np.int64)
    run = tag_cells if compiled else tag_cells.python
    kept = run(
        data, offsets, model.weights, model.gazetteer, FOLDS, 1, 20, every,
        np.zeros(WORDS * FIELDS, np.int64), np.zeros(FEATURES, np.int64), counters, spans,
    )  # fmt: skip
    return spans[: kept * SPAN].tolist(), counters.tolist()


def words(text: str) -> list[tuple[str, int]]:
    data = np.frombuffer(text.encode(), np.uint8)
    room = np.zeros(99 * FIELDS, np.int64)
    count = cut_words(data, 0, len(data), 0, NOTHING_KNOWN, FOLDS, room, 99)
    rows = room.reshape(-1, FIELDS)[:count]
    return [(data[r[START] : r[END]].tobytes().decode(), int(r[LOOKS])) for r in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anna's bag", [("Anna", TITLE), ("s", LOWER), ("bag", LOWER)]),
        ("O'Brien-Łoś", [("O'Brien-Łoś", TITLE)]),
        ("O’Neill", [("O’Neill", TITLE)]),
        ("l'amie d'Élodie", [("l", LOWER), ("amie", LOWER), ("d", LOWER), ("Élodie", TITLE)]),
        ("«Żółw»—Ärger…", [("Żółw", TITLE), ("Ärger", TITLE)]),
        ("ZOË J. McGregor A4 2024", [("ZOË", UPPER), ("J", INITIAL), ("McGregor", MIXED), ("A4", CODE), ("2024", DIGITS)]),
        ("a😀b 日本 Ōe", [("a", LOWER), ("b", LOWER), ("日本", LOWER), ("Ōe", TITLE)]),
        ("", []),
        ("-- ' …", []),
    ],
)  # fmt: skip
def test_words_are_cut_as_people_would(text: str, expected: list[tuple[str, int]]) -> None:
    assert words(text) == expected


@given(st.text(st.characters(min_codepoint=0x41, max_codepoint=0x17F), min_size=1))
def test_latin_capitals_and_small_letters_are_one_word(text: str) -> None:
    small = [each.lower() for each in text if each.isalpha() and len(each.lower()) == 1]
    odd = "ŸĿŀŉſµİı"  # their other form has another length or is in another block
    plain = "".join(each for each in small if each not in odd and each.upper().lower() == each)
    plain = "".join(each for each in plain if each.upper() not in odd and len(each.upper()) == 1)

    def number(each: str) -> int:
        data = np.frombuffer(each.encode(), np.uint8)
        room = np.zeros(FIELDS, np.int64)
        cut_words(data, 0, len(data), 0, NOTHING_KNOWN, FOLDS, room, 1)
        return int(room[WORD])

    assert number(plain) == number(plain.upper())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(
    st.text(max_size=30),
    st.lists(st.sampled_from(["Anna", "Müller", "from", "in", "Łódź", "J.", "d'", "Paris", ",", "N/A", "42", "–"]),
             max_size=12).map(" ".join)), max_size=6))  # fmt: skip
def test_machine_code_and_python_agree(cells: list[str]) -> None:
    data, offsets = buffers([*cells, "Anna"])
    with np.errstate(over="ignore"):  # hashes wrap around
        assert tag(data, offsets) == tag(data, offsets, compiled=False)


@settings(deadline=None)
@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_any_bytes_are_survived_and_no_place_is_outside_its_cell(
    content: bytes, cuts: list[int]
) -> None:
    offsets = np.array(
        sorted({0, *(min(cut, len(content)) for cut in cuts), len(content)}), np.int32
    )
    spans, _ = tag(np.frombuffer(content, np.uint8), offsets)
    for _, row, start, end, margin in np.reshape(spans, (-1, SPAN)).tolist():
        assert 0 <= start < end <= offsets[row + 1] - offsets[row]
        assert margin > 0


def test_a_cell_longer_than_the_room_is_looked_at_to_its_end() -> None:
    cell = "and so on " * WORDS + "Please call Anna Schmidt in Berlin today."
    assert ("PERSON", 1, "Anna Schmidt") in names([cell])
    assert ("LOCATION", 1, "Berlin") in names([cell])


def test_offsets_may_begin_above_zero() -> None:
    data, offsets = buffers(
        ["Please ask Peter Novak.", "She met Anna Schmidt in Berlin.", "nothing"]
    )
    whole, _ = tag(data, offsets)
    part, _ = tag(data, offsets[1:])
    moved = np.reshape(part, (-1, SPAN)) + np.array([0, 1, 0, 0, 0])
    assert moved.tolist() == [
        each for each in np.reshape(whole, (-1, SPAN)).tolist() if each[1] == 1
    ]
    assert len(moved) == 2


def test_what_is_kept_never_exceeds_its_room() -> None:
    data, offsets = buffers(
        ["Anna Schmidt met Peter Novak in Berlin and Mary Jones in Paris."] * 50
    )
    spans, counters = tag(data, offsets)
    assert len(spans) == 99 * SPAN
    assert counters[1] == counters[2] == 50


def test_a_cell_without_capitals_is_passed_over() -> None:
    assert scan(["anna schmidt lives in berlin and likes it there"]).found(1, declared=False) == ()
