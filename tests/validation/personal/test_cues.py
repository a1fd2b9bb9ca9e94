"""No cell that a rule would hit goes unread: the cue is wider than the rules."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcs.validation.personal.rare import CUES, RULES
from tests.validation.personal.test_rare import EXAMPLES

HARD = [
    "Telefonnummer 030 1234567",
    "Mobilnummer: 0171 1234567",
    "passno AB1234567",
    "001 212-555-0123",
    "0044/20 7946 0958",
    "de8937 0400 4405 3201 3000",
    "_AKIAABCDEFGHIJKLMNOP",
    "_0x52908400098527886E0F7030069857D2E4169EE7",
    "tax_no 86095742719",
    "x_ssn_078051120",
]
PIECES = [cell for cell, _ in EXAMPLES] + HARD
AROUND = st.sampled_from(["", " ", "_", "-", ".", ":", "(", "/", "x", "9", "é", "\n", ", "])


def hit(cell: str) -> bool:
    """Say whether a rule finds something in a cell of a column whose name says nothing."""
    lower = cell.lower()
    return any(
        rule.may_match(lower)
        and (rule.words is None or rule.words.search(cell) is not None)
        and any(True for _ in rule.find(cell))
        for rule in RULES
    )


def cued(cell: str) -> bool:
    return bool(pc.match_substring_regex(pa.array([cell]), CUES)[0].as_py())


@pytest.mark.parametrize("cell", PIECES)
def test_what_a_rule_hits_is_read(cell: str) -> None:
    assert cued(cell) or not hit(cell)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(AROUND, st.sampled_from(PIECES), AROUND), min_size=1, max_size=2))
def test_what_a_rule_hits_is_read_whatever_stands_around_it(
    parts: list[tuple[str, str, str]],
) -> None:
    cell = "".join(before + piece + behind for before, piece, behind in parts)
    assert cued(cell) or not hit(cell), cell


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PIECES), st.data())
def test_what_a_rule_hits_is_read_with_a_piece_cut_out_or_swapped(
    piece: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(piece) - 1))
    other = data.draw(st.sampled_from(["", " ", "-", "/", "_", piece[place].swapcase(), "0", "a"]))
    cell = piece[:place] + other + piece[place + 1 :]
    assert cued(cell) or not hit(cell), cell
