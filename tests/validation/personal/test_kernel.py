"""The kernel finds what the recognizers written in regular expressions find, cell by cell."""

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcs.validation.personal import ColumnScan, Settings
from dcs.validation.personal.headers import HEADERS
from dcs.validation.personal.kernels.cells import ENTITIES, FIRSTS, KNOWN, TALLIES, scan
from tests.validation.personal.reference import RECOGNIZERS

REFERENCE = {each.entity: each for each in RECOGNIZERS}
PIECES = [
    "jane.doe@example.org", "a@b.co", "@", ".", "x@y", "4111111111111111", "4111 1111 1111 1111",
    "5500-0000-0000-0004", "378282246310005", "36148900647913", "078-05-1120", "078051120", "666-12-3456",
    "123 45 6789", "GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "NO9386011117947",
    "192.168.1.77", "1.2.3.4", "300.1.2.3", "2001:db8::8a2e:370:7334", "::1", "fe80::1", "12:30:45",
    "+43 1 555 0123", "(212) 555-0123", "212-555-0123", "1-212-555-0123", "2125550123", "+1", "212.555.0123",
    "1234567890123", "2014-12-31 10:00:00", "v", " ", " ", ",", "-", "_", "x", "é", ":", "(", ")", "+", "0", "12",
]  # fmt: skip
CELLS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join)


def texts(cells: list[str]) -> tuple[np.ndarray, np.ndarray]:
    values = pa.array(cells, pa.string())
    _, offsets, data = values.buffers()
    return np.frombuffer(data, np.uint8), np.frombuffer(offsets, np.int32)[: len(cells) + 1]


def found(cells: list[str], name: str = "note") -> dict[str, int]:
    column = ColumnScan(name, Settings(b"key"))
    data, offsets = texts(cells)
    column.look_at_text(data, offsets, 1)
    return {each.entity: each.cells for each in column.found(len(cells), False)}


def places(cells: list[str], name: str) -> dict[str, tuple[int, int]]:
    column = ColumnScan(name, Settings(b"key"))
    data, offsets = texts(cells)
    column.look_at_text(data, offsets, 1)
    first = {each.entity: each.samples[0] for each in column.found(len(cells), False)}
    return {entity: (each.start, each.start + each.length) for entity, each in first.items()}


@settings(max_examples=600, deadline=None, derandomize=True)  # overlaps are endless
@given(CELLS, st.sampled_from(["note", *(min(words) for words in HEADERS.values())]))
def test_a_cell_holds_what_the_reference_finds_in_it(cell: str, name: str) -> None:
    """But for values that overlap: there the one that begins first takes the bytes, and frees the next."""
    expected = {
        entity: spans
        for entity, each in REFERENCE.items()
        if (spans := list(each.find(cell, name in HEADERS[entity])))
    }
    actual = places([cell], name)
    actual.pop("MAC_ADDRESS", None)
    taken = list(actual.values())
    known = [span for spans in expected.values() for span in spans]
    for entity in actual.keys() - expected.keys():
        begin, stop = actual[entity]  # behind a value that took its bytes, or instead of it
        assert len(actual) > 1 or any(start < stop and begin < end for start, end in known), entity
    for entity in expected.keys() - actual.keys():
        others = [span for name, spans in expected.items() if name != entity for span in spans]
        for start, end in expected[entity]:
            assert any(start < stop and begin < end for begin, stop in taken + others), entity


@settings(max_examples=300, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=4), st.integers(0, (1 << KNOWN) - 1))
def test_machine_code_and_python_find_the_same_places(cells: list[str], named: int) -> None:
    data, offsets = texts(cells)
    results = []
    for run in (scan, scan.python):
        counted = np.zeros(len(offsets) - 1, np.uint8)
        tallies, firsts = (
            np.zeros(KNOWN * TALLIES, np.int64),
            np.zeros(KNOWN * FIRSTS * 3, np.int64),
        )
        disguised = np.zeros(len(cells), np.int64)
        with np.errstate(over="ignore"):
            left_out = run(
                data, offsets, named, 1, counted, tallies, firsts, disguised, np.zeros(64, np.int64)
            )
        results.append(
            (left_out, tallies.tolist(), firsts.tolist(), disguised.tolist(), counted.tolist())
        )
    assert results[0] == results[1]


def test_what_stands_in_the_next_cell_does_not_count() -> None:
    assert found(["078-05-1120", "078-05-1120", "4111 1111 1111", "1111", "a@b", ".co"]) == {
        "US_SSN": 2
    }


@pytest.mark.parametrize(
    ("cell", "entity"),
    [
        ("\uff14\uff11\uff11\uff11 1111 1111 1111", "CREDIT_CARD"),
        ("jane\u200b.doe@exam\u00adple.org", "EMAIL_ADDRESS"),
        ("078\u201105\u20111120", "US_SSN"),
        ("4111\u00a01111\u00a01111\u00a01111", "CREDIT_CARD"),
        ("\u202e192.168.1.77\u202c", "IP_ADDRESS"),
        ("+43\u202f1\u202f555\u202f0123", "PHONE_NUMBER"),
        ("jane\uff20example.org", "EMAIL_ADDRESS"),
    ],
)
def test_disguised_characters_hide_nothing(cell: str, entity: str) -> None:
    assert found(["nothing", cell]) == {entity: 1}


def test_a_disguised_value_is_located_in_the_characters_of_its_cell() -> None:
    column = ColumnScan("note", Settings(b"key"))
    cell = "é: 078\u201105\u20111120 \u200bx"
    data, offsets = texts(["", cell])
    column.look_at_text(data, offsets, 1)
    [sample] = column.found(1, False)[0].samples
    assert (sample.row, cell[sample.start : sample.start + sample.length]) == (
        2,
        "078\u201105\u20111120",
    )
    assert sample.masked == "999-99-9999"


@pytest.mark.parametrize(
    ("cell", "is_mac"),
    [("aa:bb:cc:dd:ee:ff", True), ("00:1B:44:11:3A:B7", True), ("00-1b-44-11-3a-b7", True),
     ("00:1b:44:11:3a", False), ("00:1b:44:11:3a:b7:00", False), ("00:1b-44:11-3a:b7", False)],
)  # fmt: skip
def test_a_network_card_has_six_pairs(cell: str, is_mac: bool) -> None:
    assert found([cell]) == ({"MAC_ADDRESS": 1} if is_mac else {})


@pytest.mark.parametrize("piece", ["1", "@", ":", "a@", "1.", "+1", "(", "12:", "1 ", "a@b."])
def test_a_cell_of_one_megabyte_takes_no_longer_than_many_small_ones(piece: str) -> None:
    cell = piece * (1_000_000 // len(piece))
    assert isinstance(found([cell]), dict)


def test_whole_numbers_are_looked_at_as_they_are_written() -> None:
    column = ColumnScan("pan", Settings(b"key"))
    values = np.array([4111111111111111, 0, 12, 5500000000000004], np.int64)
    column.look_at_integers(values, np.array([1, 0, 1, 1], np.uint8), 1)
    [cards] = column.found(3, False)
    assert (cards.entity, cards.cells, cards.whole, [each.row for each in cards.samples]) == (
        "CREDIT_CARD", 2, 2, [1, 4],
    )  # fmt: skip


def test_equal_values_have_equal_digests_and_other_keys_other_digests() -> None:
    digests = []
    for key in (b"one", b"other"):
        column = ColumnScan("note", Settings(key))
        data, offsets = texts(["jane@example.org", "to jane@example.org", "otto@example.org"])
        column.look_at_text(data, offsets, 1)
        digests.append([each.digest for each in column.found(3, False)[0].samples])
    assert digests[0][0] == digests[0][1] != digests[0][2]
    assert not set(digests[0]) & set(digests[1])


def test_parts_find_what_the_whole_finds() -> None:
    random.seed(2)
    cells = ["".join(random.choices(PIECES, k=3)) for _ in range(300)]
    whole, parts = ColumnScan("note", Settings(b"key")), ColumnScan("note", Settings(b"key"))
    data, offsets = texts(cells)
    whole.look_at_text(data, offsets, 1)
    for begin in range(0, 300, 70):
        part = ColumnScan("note", Settings(b"key"))
        part.look_at_text(data, offsets[begin : begin + 71], begin + 1)
        parts.merge(ColumnScan.from_bytes(part.to_bytes()))
    assert parts.found(300, False) == whole.found(300, False)
    assert len(ENTITIES) == KNOWN


def test_an_interface_belongs_to_its_address() -> None:
    column = ColumnScan("note", Settings(b"key"))
    data, offsets = texts(["via fe80::1%eth0 today"])
    column.look_at_text(data, offsets, 1)
    [address] = column.found(1, declared=False)
    assert (address.entity, address.samples[0].start, address.samples[0].length) == (
        "IP_ADDRESS", 4, 12,
    )  # fmt: skip
