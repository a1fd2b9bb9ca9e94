"""Tables at the edges: as wide as they may be, empty, constant, endless, disguised; each gets a report."""

import json
import random
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dcs.validation import Outcome, Report
from dcs.validation.delimited.structure import MAX_COLUMNS
from dcs.validation.running import judge_file
from tests.validation.conftest import Judge, check_of


def kinds(report: Report) -> Mapping[str, str]:
    return {each.name: each.type for each in report.columns}


def test_ten_thousand_columns_are_all_judged(tmp_path: Path) -> None:
    names = [f"c{place}" for place in range(MAX_COLUMNS)]
    row = ",".join("a@b.org" if place % 2 else "1.5" for place in range(MAX_COLUMNS))
    path = tmp_path / "wide.csv"
    path.write_text(",".join(names) + "\n" + f"{row}\n" * 3)
    found = judge_file(
        {
            "path": str(path),
            "filename": path.name,
            "contract": None,
            "target": str(tmp_path / "table.parquet"),
            "scratch": str(tmp_path),
            "memory": 1024**3,
            "names": False,
        }
    )
    assert len(found["columns"]) == MAX_COLUMNS
    assert len(found["personal_data"]) == MAX_COLUMNS // 2
    assert found["file"]["rows"] == 3


def test_a_column_without_any_value_is_only_empty(judge: Judge) -> None:
    report = judge("id,nothing\n1,\n2,\n")
    profile = report.columns[1]
    assert (profile.type, profile.nulls, profile.distinct, profile.quartiles) == ("text", 2, 0, ())
    assert check_of(report, "completeness:nulls:nothing").observed == 1.0


def test_one_row_is_a_table(judge: Judge) -> None:
    report = judge("id,amount,name\n1,2.5,x\n")
    amount = report.columns[1]
    assert (amount.mean, amount.deviation, amount.quartiles) == (2.5, 0.0, (2.5, 2.5, 2.5))
    assert check_of(report, "zscore:outliers:amount").outcome is Outcome.PASSED


@pytest.mark.parametrize("value", ["0", "7", "-1.5", "0.1", "1e99"])
def test_a_constant_column_has_no_outliers(judge: Judge, value: str) -> None:
    report = judge("n\n" + f"{value}\n" * 50)
    assert report.columns[0].deviation == 0.0
    for check in ("zscore:outliers:n", "iqr:outliers:n"):
        assert check_of(report, check).outcome is Outcome.PASSED


def test_numbers_that_are_none_count_as_missing(judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    values = [1.0, float("nan"), float("inf"), float("-inf"), 3.0]
    pq.write_table(pa.table({"n": values}), path)
    report = judge(path)
    assert (report.columns[0].nulls, report.columns[0].mean) == (3, 2.0)
    assert check_of(report, "structure:not_finite:n").failed_rows == 3
    json.dumps(report.to_json(), allow_nan=False)


def test_texts_that_say_nan_are_texts(judge: Judge) -> None:
    assert kinds(judge("n\n1\nNaN\n")) == {"n": "text"}


@pytest.mark.parametrize("digits", ["1" * 19, "9" * 30, "-" + "8" * 25, "0123456789"])
def test_digits_that_no_number_keeps_stay_text(judge: Judge, tmp_path: Path, digits: str) -> None:
    assert kinds(judge(f"n\n1\n{digits}\n")) == {"n": "text"}
    assert pq.read_table(tmp_path / "table.parquet").column("n").to_pylist() == ["1", digits]


@pytest.mark.parametrize(
    ("day", "kind"),
    [("0001-01-01", "date"), ("9999-12-31", "date"), ("0000-01-01", "text"), ("2023-02-29", "text"),
     ("2024-02-29", "date"), ("1900-02-29", "text"), ("9999-12-31 23:59:59.999999", "timestamp")],
)  # fmt: skip
def test_days_of_all_years_are_days_or_texts(
    judge: Judge, tmp_path: Path, day: str, kind: str
) -> None:
    assert kinds(judge(f"d\n{day}\n")) == {"d": kind}
    assert str(pq.read_table(tmp_path / "table.parquet").column("d")[0].as_py()) == day


def test_a_few_strays_among_numbers_are_named_with_their_rows(judge: Judge) -> None:
    rows = [str(n) for n in range(200)]
    rows[7], rows[150] = "n/a", "unknown"
    check = check_of(judge("n\n" + "\n".join(rows) + "\n"), "format:mixed_types:n")
    assert (check.outcome, check.failed_rows) == (Outcome.WARN, 2)
    assert [(each.row, each.masked) for each in check.samples] == [(8, "x/x"), (151, "xxxxxxx")]


def test_rows_that_repeat_an_earlier_one_are_counted_and_located(judge: Judge) -> None:
    report = judge("a,b\n1,x\n2,y\n1,x\n,\n1,x\n,\n1,y\n")
    check = check_of(report, "uniqueness:repeated_rows")
    assert (check.failed_rows, [each.row for each in check.samples]) == (3, [3, 5, 6])


def test_texts_that_are_not_utf8_are_refused_whoever_wrote_them(
    judge: Judge, tmp_path: Path
) -> None:
    path = tmp_path / "t.parquet"
    raw = pa.array([b"\xffa@b.co", b"x"], pa.binary())
    texts = pa.StringArray.from_buffers(2, raw.buffers()[1], raw.buffers()[2])
    pq.write_table(pa.table({"note": texts}), path)
    [check] = judge(path).checks
    assert (check.rule, check.outcome) == ("binary_values", Outcome.FAILED)


CANARIES = ["jane.canary@example.org", "4111 1111 1111 1111", "078-05-1120", "DE89 3704 0044 0532 0130 00",
            "203.0.113.77", "+43 1 555 98765", "canaryvalue", "=canary()"]  # fmt: skip


def test_no_value_of_a_file_stands_in_its_report(judge: Judge) -> None:
    random.seed(1)
    rows = [[random.choice(CANARIES) for _ in range(4)] for _ in range(300)]
    text = "email,phone,note,kind\n" + "".join(
        ",".join(f'"{cell}"' for cell in row) + "\n" for row in rows
    )
    document = json.dumps(judge(text).to_json())
    for canary in [*CANARIES, "canary", "4111", "1120", "3704", "98765"]:
        assert canary not in document, canary
