"""Partials add up: however a file is cut, and in whatever grouping its parts are merged."""

import json
import random
from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from dcs.validation.delimited.regular import PART
from dcs.validation.passes.batches import Batch
from dcs.validation.passes.partial import Partial, Plan, examine
from dcs.validation.personal import Settings
from dcs.validation.statistics.column import ColumnStatistics
from dcs.validation.statistics.texts import Texts
from tests.validation.conftest import Judge

PLAN = Plan(Settings(b"key"), seed=7)
CELLS = [
    "",
    "1",
    "-2.50",
    "1e3",
    "true",
    "2024-02-29",
    "jane@example.org",
    "=1+1",
    "é",
    "4111111111111111",
    "x" * 200,
]
ROWS = st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(CELLS)), min_size=1, max_size=40)


def partial_of(rows: list[tuple[str, str]], first_row: int, plan: Plan = PLAN) -> Partial:
    columns = [pa.array([row[place] or None for row in rows], pa.string()) for place in (0, 1)]
    texts = {name: Texts.of(values) for name, values in zip("ab", columns, strict=True)}
    return examine(plan, Batch(len(rows), texts, {}), first_row)


def figures(column: ColumnStatistics) -> str:
    """Everything but the sketch of quantiles, which is only right within its bound."""
    state = column.to_state()
    state["quantiles"] = None if column.quantiles is None else column.quantiles.n
    for name in ("keys", "counts", "firsts"):
        if name in state["distinct"]:
            order = np.argsort(column.to_state()["distinct"]["keys"])
            state["distinct"][name] = state["distinct"][name][order]
    return json.dumps(
        state, default=lambda each: each.hex() if isinstance(each, bytes) else each.tolist()
    )


def cut(rows: list[tuple[str, str]], places: list[int]) -> list[Partial]:
    edges = sorted({0, len(rows), *(place % (len(rows) + 1) for place in places)})
    plan = Plan(PLAN.settings, PLAN.seed, partial_of(rows, 1).layout)
    return [partial_of(rows[begin:end], begin + 1, plan) for begin, end in pairwise(edges)]


def merged(partials: list[Partial]) -> Partial:
    def add(one: Partial, other: Partial) -> Partial:
        one.merge(other)
        return one

    return reduce(add, partials)


@settings(max_examples=150, deadline=None)
@given(ROWS, st.lists(st.integers(0, 40), max_size=4), st.integers(0, 3))
def test_merged_partials_equal_one_pass_on_any_split(
    rows: list[tuple[str, str]], places: list[int], group: int
) -> None:
    whole = partial_of(rows, 1)
    left = merged(cut(rows, places))
    parts = cut(rows, places)
    grouped = merged(
        [*parts[: max(len(parts) - group - 1, 0)], merged(parts[max(len(parts) - group - 1, 0) :])]
    )
    for name in "ab":
        assert figures(left.columns[name]) == figures(whole.columns[name])
        assert figures(grouped.columns[name]) == figures(whole.columns[name])


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_a_partial_survives_its_way_to_another_process(rows: list[tuple[str, str]]) -> None:
    whole = partial_of(rows, 1)
    again = Partial.from_bytes(whole.to_bytes(), PLAN)
    assert (again.rows, again.layout, again.inexact) == (whole.rows, whole.layout, whole.inexact)
    for name in "ab":
        assert figures(again.columns[name]) == figures(whole.columns[name])


def elsewhere(rows: list[tuple[str, str]], first_row: int) -> bytes:
    return partial_of(rows, first_row).to_bytes()


def test_several_processes_find_what_one_does() -> None:
    random.seed(3)
    rows = [(random.choice(CELLS), random.choice(CELLS)) for _ in range(2_000)]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        jobs = [pool.submit(elsewhere, rows[n : n + 500], n + 1) for n in range(0, 2_000, 500)]
        parts = [Partial.from_bytes(job.result(), PLAN) for job in jobs]
    found, whole = merged(parts), partial_of(rows, 1)
    for name in "ab":
        assert figures(found.columns[name]) == figures(whole.columns[name])


def test_no_text_crosses_between_processes() -> None:
    state = partial_of([("jane@example.org", "4111-1111-1111-1111")] * 3, 1).to_bytes()
    for raw in (b"jane", b"example.org", b"4111"):
        assert raw not in state


def test_a_type_that_a_later_part_contradicts_is_found_out_in_a_second_attempt(
    judge: Judge, tmp_path: Path
) -> None:
    rows = 2 * PART // len("1234567,12:34\n")
    path = tmp_path / "late.csv"
    path.write_text("n,when\n" + "1234567,1\n" * rows + "late,1\n")
    report = judge(path)
    assert report.rows == rows + 1
    assert [each.type for each in report.columns] == ["text", "integer"]
    assert report.columns[1].distinct == 1
