"""Parts of a column add up, hostile columns end like others, and no value is kept."""

import itertools
import json
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dcs.validation import Outcome, to_html
from dcs.validation.masking import digest
from dcs.validation.personal_columns import KindScan
from dcs.validation.personal_columns.kernels import facts as f
from dcs.validation.personal_columns.kernels.cells import tally_cells
from dcs.validation.personal_columns.lexicon import lexicon, regions
from dcs.validation.personal_columns.naming import naming_of
from dcs.validation.personal_names.tokens import FOLDS
from dcs.validation.statistics.texts import Texts
from tests.validation.conftest import Judge
from tests.validation.personal_columns.tables import (
    BIRTHS,
    CITIES,
    FULL,
    STREETS,
    beside_mail,
    told,
)

HEADERS = ["full_name", "x", "address", "dob", "zip", "account_no", "city", "product"]
CELLS: list[str | None] = [
    None,
    "",
    " ",
    *FULL["de"],
    *STREETS["fr"],
    *CITIES["pl"],
    *BIRTHS,
    "TX",
    "1980",
    "12345678",
    "SW1A 1AA",
    "O’Brien-D'Angelo, Jean-Luc",
    "99999999999999999999999999999",
    "Ångström \U0001f600 \x00",
    "-",
    "a" * 101,
]


def texts(cells: list[str | None]) -> Texts:
    return Texts.of(pa.array(cells, pa.string()))


def scan(header: str, cells: list[str | None], first_row: int = 1) -> KindScan:
    found = KindScan(header)
    column = texts(cells)
    found.look_at_text(column.data, column.offsets, first_row)
    return found


def state(found: KindScan) -> str:
    return json.dumps(found.to_state(), default=lambda each: each.tolist())


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(HEADERS),
    st.lists(st.sampled_from(CELLS), min_size=1, max_size=80),
    st.lists(st.integers(0, 80), max_size=4),
    st.randoms(use_true_random=False),
)
def test_any_split_in_any_order_gives_what_one_pass_gives(
    header: str, cells: list[str | None], cuts: list[int], chance: Random
) -> None:
    places = sorted({0, len(cells), *(cut for cut in cuts if cut < len(cells))})
    parts = [scan(header, cells[a:b], a + 1) for a, b in itertools.pairwise(places)]
    chance.shuffle(parts)
    while len(parts) > 1:  # as a tree from the right, so that grouping does not matter either
        last = KindScan.from_state(header, parts.pop().to_state())
        parts[-1].merge(last)
    assert state(parts[0]) == state(scan(header, cells))


def counted(cells: list[str | None], *, compiled: bool) -> list[int]:
    column = texts(cells)
    counts, firsts = np.zeros(f.COUNTS, np.int64), np.zeros(f.SIGNS * f.FIRSTS, np.int64)
    kernel = tally_cells if compiled else tally_cells.python
    wanted = f.WANT_WORDS | f.WANT_STREET | f.WANT_DIGITS
    room = np.zeros(f.FACTS, np.int64)
    kernel(
        column.data, column.offsets, lexicon(), FOLDS, regions(), wanted, 1, room, counts, firsts
    )
    return [*counts.tolist(), *firsts.tolist()]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(CELLS), st.text(max_size=30)), min_size=1, max_size=10))
@example(["\u01c0", "\u017d\u017e", "\u0241 \u023f", "\u2d39", "a\u2d39 \u2c60x", "O\u2019Hara"])
def test_any_cells_end_alike_in_machine_code_and_in_python(cells: list[str | None]) -> None:
    assert counted(cells, compiled=True) == counted(cells, compiled=False)


def test_samples_are_the_first_twenty_places_masked_under_a_key(judge: Judge) -> None:
    [found] = told(judge, "surname", ["Wójcik"] * 6)
    assert [each.row for each in found.samples] == list(range(1, 21))
    first = found.samples[0]
    assert (first.masked, first.start, first.length) == ("Xxxxxx", 0, 6)
    assert first.digest == digest(b"", "Wójcik")
    assert found.cells == 30


CANARIES = {
    "surname": "Canarywitz",
    "address": "17 Canary Street",
    "birth_city": "Canaryville",
    "dob": "14.03.1961",
    "account_no": "77665544332",
    "zip": "90417",
}


def test_no_raw_value_is_in_the_state_or_in_the_report(judge: Judge) -> None:
    rows = ",".join(CANARIES.values())
    report = judge(",".join(CANARIES) + "\n" + f"{rows}\n" * 30)
    assert {each.column for each in report.personal_data} == set(CANARIES)
    text = json.dumps(report.to_json(), ensure_ascii=False)
    for name, value in CANARIES.items():
        assert value not in text, name
        assert value not in state(scan(name, [value] * 30)), name


@pytest.mark.parametrize(
    "header", ["", " ", "___", "123", "姓名", "\U0001f600", "%s{0}", "name " * 200_000]
)
def test_a_name_of_any_kind_is_read(header: str) -> None:
    assert scan(header, CELLS).verdict(len(CELLS), len(CELLS), 2026) is None or "name" in header


def test_a_name_of_a_megabyte_says_what_its_beginning_says() -> None:
    assert naming_of("surname " + "x" * 1_000_000).says == naming_of("surname " + "x" * 200).says


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("cells", [[None], [None] * 50, [""], [" "] * 30, ["\x00"], ["é" * 60]])
def test_columns_without_a_value_are_columns_of_nothing(
    header: str, cells: list[str | None]
) -> None:
    filled = sum(bool(each) for each in cells)
    found = scan(header, cells).verdict(filled, 1, 2026)
    assert found is None or cells == ["é" * 60]


def test_one_row_is_enough_for_a_telling_name(judge: Judge) -> None:
    report = judge("first_name,birth_date\nAnna,1980-05-01\n")
    assert [(each.column, each.cells) for each in report.personal_data] == [
        ("first_name", 1),
        ("birth_date", 1),
    ]


def test_ten_thousand_columns_keep_little() -> None:
    cells: list[str | None] = [*FULL["en"], "12 Main Street"] * 5
    scans = [scan(f"column {number}", cells) for number in range(1_000)]
    assert sum(len(state(each)) for each in scans) / len(scans) < 2_000
    plain = [scan(f"product_{number}", cells) for number in range(100)]
    assert max(len(state(each)) for each in plain) < 100


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_of_birth_are_found_in_typed_columns(judge: Judge, tmp_path: Path, unit: str) -> None:
    born = np.array(["1980-12-31", "1962-01-01", "NaT", "2001-06-30"], f"datetime64[{unit}]")
    days = born.astype("datetime64[D]")
    table = pa.table(
        {
            "born_at": pa.array(born),
            "birthday": pa.array(days),
            "created_at": pa.array(born),
            "account_number": pa.array([12345678, 87654321, None, 55554444]),
            "zip": pa.array([10115, 20095, 80331, None], pa.int32()),
        }
    )
    path = tmp_path / "people.parquet"
    pq.write_table(table, path)
    found = {each.column: each for each in judge(path).personal_data}
    assert {name: (each.entity, each.cells) for name, each in found.items()} == {
        "born_at": ("DATE_OF_BIRTH", 3),
        "birthday": ("DATE_OF_BIRTH", 3),
        "account_number": ("ACCOUNT_NUMBER", 3),
        "zip": ("LOCATION", 3),
    }
    assert [each.row for each in found["birthday"].samples] == [1, 2, 4]


def test_a_column_of_persons_is_tagged_classified_and_shows_no_figures(judge: Judge) -> None:
    report = judge(beside_mail("dob", ["1980-12-31", "1962-01-01"]))
    profile = next(each for each in report.columns if each.name == "dob")
    assert (profile.tags, profile.proposed_classification) == (("DATE_OF_BIRTH",), "CONFIDENTIAL")
    assert profile.low is None
    assert profile.frequent == ()
    assert report.status.value == "WARN"


def test_what_a_column_tells_never_fails_a_report_and_is_not_certain(judge: Judge) -> None:
    report = judge("surname,amount\n" + "Smith,1.5\n" * 30)
    [found] = report.established
    assert (found.tier, found.is_told, found.is_suspected) == ("B", True, False)
    assert report.undeclared == (found,)
    assert report.certain == ()
    assert report.status is Outcome.WARN


def test_the_page_says_what_told_a_column_and_how_sure_it_is(judge: Judge) -> None:
    page = to_html(judge("surname,amount\n" + "Smith,1.5\n" * 30))
    assert "last names, by the column&#39;s name and values · score 0.95" in page
    assert "Smith" not in page
