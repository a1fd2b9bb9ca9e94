"""The approvals' benchmark on a few of them, and what of its figures needs no clock."""

import asyncio
from pathlib import Path

import pytest

from benchmarks.approvals import Figures, _beside, _round
from benchmarks.peers.installed import Missing


@pytest.mark.parametrize(("levels", "most"), [(1, 12), (2, 12)])
def test_an_approval_takes_no_more_rows_than_promised(
    tmp_path: Path, levels: int, most: int
) -> None:
    found = asyncio.run(_round(tmp_path, None, levels, count=4))
    assert 0 < found.rows <= most
    assert len(found.waits) == 4


def test_a_peer_is_set_beside_ours_by_medians() -> None:
    ours = [Figures(a_second=each, cpu_ms=10.0) for each in (20.0, 100.0, 200.0)]
    _, told, _ = _beside("SQLite", ours, [{"a_second": 50.0, "cpu_ms": 5.0}], None)
    assert told == "50/s, 5.0 CPU ms each; ours 2.00 × as many, 0.50 × as many a CPU second"


def test_a_peer_that_is_missing_is_named_with_its_reason() -> None:
    assert _beside("SQLite", [], [], Missing("no network"))[1] == "no network"
