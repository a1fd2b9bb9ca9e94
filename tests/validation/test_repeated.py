"""Rows that repeat an earlier one are counted and located, however few hashes fit into memory."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcs.validation import repeated
from dcs.validation.models import SAMPLES
from dcs.validation.repeated import repeated_rows

WORDS = st.integers(0, 2**64 - 1)
HASHES = st.lists(st.one_of(st.sampled_from([0, 1, 2**63, 2**64 - 1]), WORDS), max_size=200)


def by_hand(hashes: list[int]) -> list[int]:
    seen: set[int] = set()
    later = []
    for row, each in enumerate(hashes, start=1):
        if each in seen:
            later.append(row)
        seen.add(each)
    return later


@given(hashes=HASHES, at_once=st.integers(1, 300))
def test_groups_give_what_one_look_at_all_hashes_gives(
    tmp_path_factory: pytest.TempPathFactory, hashes: list[int], at_once: int
) -> None:
    path = tmp_path_factory.mktemp("hashes") / "rows"
    np.array(hashes, np.uint64).tofile(path)
    expected = by_hand(hashes)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(repeated, "AT_ONCE", at_once)
        found = repeated_rows(path)
    assert (found.count, list(found.rows)) == (len(expected), expected[:SAMPLES])


def test_a_table_without_rows_repeats_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.touch()
    assert repeated_rows(path).count == 0
