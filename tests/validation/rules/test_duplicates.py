"""Rows that repeat others: every one is counted, and none that only looks alike."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcs.validation.rules import duplicates as duplicates_module
from dcs.validation.rules.duplicates import Duplicates, Repetition, duplicates
from tests.validation.rules.conftest import MIB, Write

Find = Callable[..., Duplicates]


@pytest.fixture
def find(tmp_path: Path) -> Find:
    def run(table: Path, columns: list[str] | None = None, memory: int = 256 * MIB) -> Duplicates:
        return duplicates(table, columns, scratch=tmp_path, memory=memory)

    return run


def test_rows_that_repeat_an_earlier_one_are_counted_and_located(write: Write, find: Find) -> None:
    table = write(
        "SELECT * FROM (VALUES (1, 'a'), (1, 'b'), (1, 'a'), (2, 'a'), (1, 'a')) AS t(x, y)"
    )
    found = find(table)
    assert (found.rows, found.of) == (2, 5)
    assert found.repetitions == (Repetition(3, 1), Repetition(5, 1))
    assert [(each.row, each.column, each.masked) for each in found.samples] == [
        (3, "", ""),
        (5, "", ""),
    ]


def test_some_columns_may_be_what_counts(write: Write, find: Find) -> None:
    table = write('SELECT i AS id, i % 3 AS "say ""hi""", \'x\' AS c0 FROM range(6) AS r(i)')
    assert find(table).rows == 0
    assert find(table, ['SAY "hi"', "c0"]).repetitions == (
        Repetition(4, 1),
        Repetition(5, 2),
        Repetition(6, 3),
    )


@pytest.mark.parametrize("columns", [["y"], ["x", "y"], []])
def test_a_column_that_is_not_there_is_refused(
    write: Write, find: Find, columns: list[str]
) -> None:
    with pytest.raises(ValueError, match="no such columns"):
        find(write("SELECT 1 AS x"), columns)


def test_missing_values_equal_each_other_and_nothing_else(write: Write, find: Find) -> None:
    table = write(
        "SELECT * FROM (VALUES (NULL, ''), (NULL, NULL), (NULL, NULL), ('', NULL), (NULL, '')) AS t(x, y)"
    )
    assert find(table).repetitions == (Repetition(3, 2), Repetition(5, 1))


def test_values_of_any_kind_can_repeat(write: Write, find: Find) -> None:
    table = write(
        "SELECT * FROM (VALUES ('nan'::DOUBLE, [1, NULL], {'a': 1}, DATE '0001-01-01'), "
        "('nan'::DOUBLE, [1, NULL], {'a': 1}, DATE '0001-01-01'), "
        "('inf'::DOUBLE, [1, NULL], {'a': 1}, DATE '0001-01-01')) AS t(a, b, c, d)"
    )
    assert find(table).repetitions == (Repetition(2, 1),)


def test_an_empty_table_and_a_constant_one_are_both_fine(write: Write, find: Find) -> None:
    assert find(write("SELECT 1 AS a WHERE false")) == Duplicates(0, 0, ())
    constant = find(write("SELECT 7 AS a FROM range(300000)"))
    assert (constant.rows, constant.of) == (299_999, 300_000)
    assert constant.repetitions == tuple(Repetition(row, 1) for row in range(2, 22))


def test_rows_that_share_a_hash_are_still_compared_value_by_value(
    write: Write, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates_module, "HASH", "length(concat({}))")
    table = write("SELECT * FROM (VALUES ('ab'), ('cd'), ('ab'), ('ef'), ('cd'), ('g')) AS t(x)")
    found = find(table)
    assert (found.rows, found.repetitions) == (2, (Repetition(3, 1), Repetition(5, 2)))


def test_a_table_larger_than_the_memory_is_searched_in_the_scratch_folder(
    write: Write, find: Find, tmp_path: Path
) -> None:
    table = write(
        "SELECT i % 700000 AS a, md5((i % 700000)::VARCHAR) AS b FROM range(1400000) AS r(i)"
    )
    found = find(table, memory=64 * MIB)
    assert found.rows == 700_000
    assert found.repetitions[0] == Repetition(700_001, 1)
    assert not list((tmp_path / "spill").glob("*"))


VALUES = st.one_of(st.none(), st.sampled_from(["", "a", "A", "é", "e\u0301", "a\0", " "]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES), max_size=30))
def test_any_table_has_the_duplicates_that_counting_in_python_finds(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, str | None]]
) -> None:
    folder = tmp_path_factory.mktemp("duplicates")
    columns = [pa.array([row[n] for row in rows], type=pa.string()) for n in (0, 1)]
    pq.write_table(pa.table(columns, names=["x", "y"]), folder / "t.parquet")
    firsts: dict[tuple[str | None, str | None], int] = {}
    expected = [
        Repetition(number, first)
        for number, row in enumerate(rows, start=1)
        if (first := firsts.setdefault(row, number)) != number
    ]
    found = duplicates(folder / "t.parquet", None, scratch=folder, memory=64 * MIB)
    assert found == Duplicates(len(expected), len(rows), tuple(expected[:20]))


def test_a_wide_table_is_searched_too(write: Write, find: Find) -> None:
    columns = ", ".join(f"i % 3 + {n} AS c{n}" for n in range(2_000))
    table = write(f"SELECT {columns} FROM range(9) AS r(i)")  # noqa: S608  # numbers
    assert find(table).rows == 6
