"""The corpus of dirty CSV files: as many, as mixed and as readable as it says."""

import hashlib
import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.validation.dirty_csv import Case, ambiguous, cases, read_back
from tests.validation.dirty_csv.dirt import DIRT
from tests.validation.dirty_csv.tables import SINGLE, TABLES

DIGEST = """
import hashlib
from tests.validation.dirty_csv import cases
print(hashlib.sha256(repr(list(cases())).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def corpus() -> list[Case]:
    return list(cases())


def kind_of(case: Case) -> str:
    return case.name.split("-")[1]


def dirt_of(case: Case) -> list[str]:
    return case.name.rsplit("-", 1)[1].split("+")


def place_of_the_table(case: Case) -> int | None:
    """Return how many rows stand above the table in the file, or None if it is not there."""
    found, wanted = read_back(case), [list(row) for row in case.rows]
    starts = range(len(found) - len(wanted) + 1)
    return next((n for n in starts if found[n : n + len(wanted)] == wanted), None)


def test_there_are_at_least_330_files_with_names_of_their_own(corpus: list[Case]) -> None:
    assert len(corpus) >= 330
    assert len({case.name for case in corpus}) == len(corpus)
    assert len({case.text for case in corpus}) == len(corpus)


def test_another_process_makes_the_same_files(corpus: list[Case]) -> None:
    made = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.strip() == hashlib.sha256(repr(corpus).encode()).hexdigest()


def test_every_file_gives_back_the_cells_that_were_written(corpus: list[Case]) -> None:
    assert [case.name for case in corpus if place_of_the_table(case) is None] == []


def test_most_rows_of_every_file_have_the_same_width(corpus: list[Case]) -> None:
    for case in corpus:
        ((width, count),) = Counter(map(len, case.rows)).most_common(1)
        assert count >= 0.9 * len(case.rows) or len(case.rows) - count == 1, case.name
        assert (width == 1) == (kind_of(case) in SINGLE), case.name
        assert 2 * count > len(read_back(case)), case.name


def test_no_file_holds_two_tables_for_a_careful_reader(corpus: list[Case]) -> None:
    assert [case.name for case in corpus if ambiguous(case)] == []


def test_a_file_that_two_delimiters_divide_alike_is_found_ambiguous() -> None:
    def case(text: str) -> Case:
        return Case("made", text, ";", None, None, (), spaced=False)

    assert ambiguous(case("1,5;2,5;3\n4,5;5,5;6\n7,5;8,5;9\n"))
    assert not ambiguous(case("a;b;c;d\n1,5;2;3;4\n4,5;5;6;7\n7,5;8;9;0\n"))


def test_the_answers_say_what_the_files_contain(corpus: list[Case]) -> None:
    for case in corpus:
        cells = [cell for row in case.rows for cell in row]
        if case.quote:
            assert case.text.count(case.quote) >= 2, case.name
        if case.escape:
            assert case.quote is not None
            assert any(case.quote in cell for cell in cells), case.name
            escaped = {"doubled": case.quote * 2, "backslash": f"\\{case.quote}"}[case.escape]
            assert escaped in case.text, case.name


def test_every_delimiter_quote_and_escape_has_its_share(corpus: list[Case]) -> None:
    delimiters = Counter(case.delimiter for case in corpus)
    rare = sum(delimiters[delimiter] for delimiter in ":^~")
    assert set(delimiters) == set(",;\t|:^~")
    assert min(delimiters[delimiter] for delimiter in ",;\t|") >= 30
    assert min(delimiters[delimiter] for delimiter in ":^~") >= 5
    assert 0.07 <= rare / len(corpus) <= 0.13
    quotes = Counter(case.quote for case in corpus)
    assert quotes['"'] > 3 * quotes["'"] > 90
    escapes = Counter(case.escape for case in corpus)
    assert escapes["doubled"] > escapes["backslash"] >= 25


def test_every_kind_of_table_meets_every_kind_of_dirt_in_moderation(corpus: list[Case]) -> None:
    met = Counter((kind_of(case), name) for case in corpus for name in dirt_of(case))
    assert {kind for kind, _ in met} == {*TABLES, *SINGLE}
    assert {name for _, name in met} == {*DIRT, "lf", "crlf", "cr"}
    assert {pair: n for pair, n in met.items() if n > 12 and pair[1] != "lf"} == {}
    single = sum(kind_of(case) in SINGLE for case in corpus)
    assert 0 < single <= 0.03 * len(corpus)


def test_two_or_three_files_are_larger_than_200_kib(corpus: list[Case]) -> None:
    assert 2 <= sum(len(case.text.encode()) > 200 * 1024 for case in corpus) <= 3
