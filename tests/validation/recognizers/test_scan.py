"""An organisation's own recognizers look at every cell, add up in any split, and keep no value."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcs.validation import PersonalData, Report
from dcs.validation.recognizers.checksums import is_luhn, is_mod11, is_mod97, is_verhoeff
from dcs.validation.recognizers.models import Recognizer
from dcs.validation.recognizers.scan import OwnScan
from dcs.validation.running import judge_file
from dcs.validation.statistics.texts import Texts

EMPLOYEE = Recognizer("EMPLOYEE_ID", r"\bE[0-9]{6}\b", allow=("e000000",))
STAFF = Recognizer("STAFF_ID", r"\b[0-9]{6}\b", words=("staff", "employee no"))
PROJECT = Recognizer("PROJECT", deny=("Aurora Blue", "Ölprinz"))
CHECKED = Recognizer("MEMBER", r"no (?P<value>[0-9]{11})", checksum="luhn")
ALL = (EMPLOYEE, STAFF, PROJECT, CHECKED)


def scan(
    values: list[str | None], *recognizers: Recognizer, name: str = "note", first: int = 1
) -> OwnScan:
    made = OwnScan(name, b"key", recognizers)
    texts = Texts.of(pa.array(values, pa.string()))
    made.look_at_text(texts.data, texts.offsets, first)
    return made


def cells(values: list[str | None], recognizer: Recognizer, name: str = "note") -> list[int]:
    """Return the rows in which a recognizer finds something."""
    found = scan(values, recognizer, name=name).found(len(values), False)
    return [each.row for each in found[0].samples] if found else []


def test_a_pattern_is_found_where_it_stands_and_counted_once_a_cell() -> None:
    [found] = scan(["E123456 and E654321", None, "", "xE123456", " E111111 "], EMPLOYEE).found(
        4, True
    )
    assert (found.cells, found.whole, found.share, found.declared, found.own) == (
        2,
        1,
        0.5,
        True,
        True,
    )
    assert [(each.row, each.start, each.length, each.masked) for each in found.samples] == [
        (1, 0, 7, "X999999"), (5, 1, 7, "X999999"),
    ]  # fmt: skip
    assert found.tag == "PERSONAL_DATA"


def test_what_is_allowed_is_never_it() -> None:
    assert cells(["E000000", "e000000", "E000000 E000001"], EMPLOYEE) == [3]


def test_a_word_has_to_stand_in_the_cell_or_in_the_columns_name() -> None:
    values: list[str | None] = ["123456", "staff 123456", "staffing 123456", "Employee No 123456"]
    assert cells(values, STAFF) == [2, 4]
    assert cells(values, STAFF, name="staff_id") == [1, 2, 3, 4]
    assert cells(values, STAFF, name="employeeNo") == [1, 2, 3, 4]
    assert cells(values, STAFF, name="employees") == [2, 4]


@pytest.mark.parametrize("word", ["职工号", "сотрудник", "employé"])
def test_words_of_any_script_have_to_stand_there_as_well(word: str) -> None:
    recognizer = Recognizer("STAFF_ID", r"\b[0-9]{6}\b", words=(word,))
    values: list[str | None] = ["order 123456", f"{word} 123456"]
    assert cells(values, recognizer, name="employ") == [2]
    assert cells(values, recognizer, name=f"x_{word}") == [1, 2]


def test_denied_words_are_found_alone_and_in_any_case() -> None:
    values: list[str | None] = [
        "about AURORA BLUE.",
        "aurora  blue",
        "Aurora Bluebell",
        "der ölprinz",
        "ölprinzen",
    ]
    assert cells(values, PROJECT) == [1, 4]


def test_the_group_value_is_checked_and_shown() -> None:
    values: list[str | None] = [
        "no 79927398713 x", "no 79927398710", "no 79927398710 no 79927398713", "79927398713",
    ]  # fmt: skip
    [found] = scan(values, CHECKED).found(4, False)
    assert [(each.row, each.start, each.length) for each in found.samples] == [
        (1, 3, 11), (3, 18, 11),
    ]  # fmt: skip
    assert found.verified_by.endswith("check digit (luhn)")


def test_disguised_values_are_read_as_what_they_stand_for() -> None:
    values: list[str | None] = ["Ｅ１２３４５６", "E12\u200b3456", "E123456"]
    [found] = scan(values, EMPLOYEE).found(3, False)
    assert [(each.row, each.start, each.length) for each in found.samples] == [
        (1, 0, 7), (2, 0, 8), (3, 0, 7),
    ]  # fmt: skip


def test_a_pattern_that_would_take_others_forever_takes_a_moment() -> None:
    assert cells(["a" * 100_000 + "!"], Recognizer("BAD", "(a+)+$")) == []


@given(st.data())
def test_merged_parts_equal_one_pass_on_any_split(data: st.DataObject) -> None:
    piece = st.sampled_from(
        [
            "E123456",
            "staff 654321",
            "Aurora Blue",
            "no 79927398713",
            "",
            "x",
            "Ｅ１２３４５６",
            None,
        ]
    )
    values = data.draw(st.lists(piece, max_size=60))
    cut = data.draw(st.integers(0, len(values)))
    whole = scan(values, *ALL)
    parts = [scan(values[:cut], *ALL), scan(values[cut:], *ALL, first=cut + 1)]
    data.draw(st.permutations(parts))
    merged, other = data.draw(st.permutations(parts))
    crossed = OwnScan("note", b"key", ALL)
    crossed.take_state(json.loads(json.dumps(merged.to_state())))
    crossed.merge(other)
    filled = max(sum(bool(each) for each in values), 1)
    assert crossed.found(filled, False) == whole.found(filled, False)


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        (is_luhn, "4111 1111 1111 1111", "4111 1111 1111 1112"),
        (is_mod97, "GB82WEST12345698765432"[4:] + "GB82", "WEST12345698765433GB82"),
        (is_mod11, "0-306-40615-2", "0-306-40615-3"),
        (is_mod11, "080442957X", "0804429571"),
        (is_verhoeff, "2363", "2364"),
        (is_verhoeff, "1428570", "1428571"),
    ],
)
def test_check_digits_follow_their_published_examples(rule: Any, right: str, wrong: str) -> None:
    assert rule(right)
    assert not rule(wrong)
    assert not rule("")
    assert not rule("no digits")


DOCUMENT = r"""
recognizers:
  - {entity: EMPLOYEE_ID, pattern: '\b[0-9]{6}\b', classification: SECRET}
thresholds:
  - {entity: EMAIL_ADDRESS, cells: 3}
suppressions:
  - {entity: IBAN_CODE, column: account, reason: test accounts of the bank}
  - {entity: EMPLOYEE_ID, dataset: other, reason: not here}
  - {entity: EMPLOYEE_ID, column: id, reason: over, until: '2020-01-01'}
"""


def judged(folder: Path, path: Path, dataset: str | None = "mine") -> Report:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return Report.from_json(
        judge_file(
            {
                "path": str(path),
                "filename": path.name,
                "contract": None,
                "target": str(folder / "table.parquet"),
                "scratch": str(scratch),
                "memory": 1024**3,
                "recognizers": DOCUMENT,
                "dataset": dataset,
            }
        )
    )


def by_column(report: Report) -> dict[str, PersonalData]:
    return {each.column: each for each in report.personal_data}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_numbers_are_looked_at_as_they_are_written(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"file.{form}"
    table = pa.table(
        {
            "id": [123456, 654321, 1],
            "account": ["DE89370400440532013000"] * 3,
            "mail": ["a@example.org", "b@example.org", None],
        }
    )
    if form == "csv":
        import pyarrow.csv

        pyarrow.csv.write_csv(table, path)
    else:
        pq.write_table(table, path)
    report = judged(tmp_path, path)
    found = by_column(report)
    assert (found["id"].entity, found["id"].cells, found["id"].excluded) == ("EMPLOYEE_ID", 2, "")
    assert found["account"].excluded == "test accounts of the bank"
    assert found["mail"].excluded == "below the threshold of 3 cells"
    profiles = {each.name: each for each in report.columns}
    assert (profiles["id"].tags, profiles["id"].proposed_classification) == (
        ("PERSONAL_DATA",),
        "SECRET",
    )
    assert (profiles["account"].tags, profiles["mail"].tags) == ((), ())
    assert [each.column for each in report.undeclared] == ["id"]
    assert len(report.engine["recognizers"]) == 64
    assert "123456" not in json.dumps(report.to_json()["personal_data"])


def test_a_suppression_of_one_dataset_counts_there_alone(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("number\n123456\n")
    assert by_column(judged(tmp_path, path, "other"))["number"].excluded == "not here"
    for dataset in ("mine", None):
        assert by_column(judged(tmp_path, path, dataset))["number"].excluded == ""
