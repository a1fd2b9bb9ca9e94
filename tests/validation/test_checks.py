"""The default checks, on all rows, against what can be worked out by hand."""

import csv
import random
import statistics
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dcs.validation import Outcome, Report, Severity
from tests.validation.conftest import Judge, check_of


def column(name: str, values: list[object]) -> str:
    return "\n".join([name, *(str(value) for value in values)]) + "\n"


@pytest.mark.parametrize(("nulls", "outcome"), [(5, Outcome.PASSED), (6, Outcome.WARN)])
def test_more_than_five_percent_missing_is_a_warning(
    judge: Judge, nulls: int, outcome: Outcome
) -> None:
    rows = "".join(f"{n}{',x' if n > nulls else ','}\n" for n in range(1, 101))
    check = check_of(judge("id,name\n" + rows), "completeness:nulls:name")
    assert (check.outcome, check.severity) == (outcome, Severity.WARNING)
    assert check.observed == nulls / 100
    if outcome is Outcome.WARN:
        assert check.failed_rows == 6
        assert [sample.row for sample in check.samples] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("distinct", "outcome"), [(1, Outcome.WARN), (2, Outcome.PASSED)])
def test_fewer_than_one_percent_distinct_texts_is_worth_knowing(
    judge: Judge, distinct: int, outcome: Outcome
) -> None:
    values = [f"kind {'ab'[n % distinct]}" for n in range(200)]
    check = check_of(judge(column("kind", values)), "uniqueness:distinct:kind")
    assert (check.outcome, check.severity) == (outcome, Severity.INFO)


def test_a_wrong_email_deep_in_the_file_is_an_error_with_its_row(judge: Judge) -> None:
    values = [f"user{n}@example.org" for n in range(1, 3_001)]
    values[2_345] = "user at example.org"
    report = judge(column("email", values))
    check = check_of(report, "format:email:email")
    assert (check.outcome, check.severity, report.status) == (
        Outcome.FAILED,
        Severity.ERROR,
        Outcome.FAILED,
    )
    assert [(each.row, each.masked) for each in check.samples] == [(2_346, "xxxx xx xxxxxxx.xxx")]


def test_a_column_of_emails_is_recognised_by_its_values_too(judge: Judge) -> None:
    values = [f"user{n}@example.org" for n in range(99)] + ["nobody"]
    assert check_of(judge(column("contact", values)), "format:email:contact").failed_rows == 1


@pytest.mark.parametrize(
    "phone", ["(987) 463-2147", "+43 1 555 0123", "1-212-555-0123", "212.555.0123", "2125550123",
              "+1 (212) 555-0123 x45"]
)  # fmt: skip
def test_phones_are_right_in_all_their_spellings(judge: Judge, phone: str) -> None:
    report = judge(column("phone", [f'"{phone}"'] * 3))
    assert check_of(report, "format:phone:phone").outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "phone", ["call me", "123", "+0 123 456 789", "12345678901234567", "555-CALL"]
)
def test_what_is_no_phone_is_an_error(judge: Judge, phone: str) -> None:
    report = judge(column("phone", ["+43 1 555 0123", phone]))
    assert check_of(report, "format:phone:phone").failed_rows == 1


def test_a_title_is_not_a_telephone(judge: Judge) -> None:
    report = judge(column("title", ["Dune", "Emma"]))
    assert [check.id for check in report.checks if check.kind.value == "format"] == []


def test_outliers_are_exactly_those_of_the_textbook(judge: Judge) -> None:
    chance = random.Random(5)
    values = [round(chance.gauss(100, 10), 3) for _ in range(2_000)] + [171.5, 20.25, -4.0]
    report = judge(column("x", values))
    mean, deviation = statistics.fmean(values), statistics.pstdev(values)
    far = [n for n, value in enumerate(values, 1) if abs(value - mean) > 3 * deviation]
    check = check_of(report, "zscore:outliers:x")
    assert check.failed_rows == len(far)
    assert [sample.row for sample in check.samples] == far[:20]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    reach = 1.5 * (high - low)
    outside = [n for n, value in enumerate(values, 1) if not low - reach <= value <= high + reach]
    check = check_of(report, "iqr:outliers:x")
    assert check.failed_rows == len(outside)
    assert [sample.row for sample in check.samples] == outside[:20]


def test_a_constant_column_has_no_outliers(judge: Judge) -> None:
    report = judge(column("x", [7] * 50))
    assert check_of(report, "zscore:outliers:x").outcome is Outcome.PASSED
    assert check_of(report, "iqr:outliers:x").outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", "0"], "integer"),
        (["01234", "1"], "text"),
        (["1.5", "2", "-3e4", ".5"], "number"),
        (["123456789012345678901"], "text"),
        (["12345678901234567.5"], "text"),
        (["true", "FALSE"], "boolean"),
        (["2014-7-1", "2014-12-31"], "date"),
        (["2014-13-01"], "text"),
        (["2014-07-01 10:00", "2014-07-01T10:00:59.5"], "timestamp"),
        (["1", "#N/A"], "text"),
        (["NaN"], "text"),
        (["", ""], "text"),
        (["1", ""], "integer"),
    ],
    ids=str,
)
def test_a_column_has_the_narrowest_type_of_all_its_values(
    judge: Judge, values: list[str], kind: str
) -> None:
    report = judge("id,x\n" + "".join(f"{n},{value}\n" for n, value in enumerate(values)))
    assert report.columns[1].type == kind


def test_the_published_table_has_the_rows_in_order_with_their_types(
    judge: Judge, tmp_path: Path
) -> None:
    judge('when,"a ""b""",n\n2024-1-2,x,1\n,"y,z",\n')
    table = pq.read_table(tmp_path / "table.parquet")
    assert table.column_names == ["when", 'a "b"', "n"]
    assert [str(each) for each in table.schema.types] == ["date32[day]", "string", "int64"]
    assert [list(row.values())[1:] for row in table.to_pylist()] == [["x", 1], ["y,z", None]]


def test_a_report_survives_being_stored(judge: Judge) -> None:
    report = judge("email,n\nx@example.org,1\nwrong,2\n")
    assert Report.from_json(report.to_json()) == report


def test_names_that_look_like_sql_are_only_names(judge: Judge) -> None:
    report = judge('row,"x""; DROP TABLE data; --",file_row_number\n1,2,3\n')
    assert report.status is not Outcome.FAILED
    assert [each.name for each in report.columns] == [
        "row",
        'x"; DROP TABLE data; --',
        "file_row_number",
    ]


ROWS = {
    "bechdel_movies.csv": 1_794,
    "college-majors_recent-grads.csv": 173,
    "comic-characters_dc-wikia-data.csv": 6_896,
    "congress-demographics_data_aging_congress.csv": 29_120,
    "us-weather-history_KMDW.csv": 365,
}
PERSONS = {
    "congress-demographics_data_aging_congress.csv": {
        ("state_abbrev", "LOCATION", "B"),
        ("bioname", "PERSON", "B"),
        ("birthday", "DATE_OF_BIRTH", "B"),
    },
}
OUTLIERS = {
    "bechdel_movies.csv": "budget",
    "college-majors_recent-grads.csv": "Total",
    "congress-demographics_data_aging_congress.csv": "cmltv_cong",
    "us-weather-history_KMDW.csv": "actual_precipitation",
}


@pytest.mark.parametrize("name", ROWS)
def test_published_files_are_read_whole_with_the_findings_they_have(
    judge: Judge, real_data: Mapping[str, Path], name: str
) -> None:
    report = judge(real_data[name])
    assert report.rows == ROWS[name]
    assert report.status is Outcome.WARN
    found = {(each.column, each.entity, each.tier) for each in report.personal_data}
    assert found == PERSONS.get(name, set())
    with real_data[name].open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) == ROWS[name]
    if name in OUTLIERS:
        values = [float(row[OUTLIERS[name]]) for row in rows if row[OUTLIERS[name]]]
        mean, deviation = statistics.fmean(values), statistics.pstdev(values)
        far = sum(abs(value - mean) > 3 * deviation for value in values)
        assert far > 0
        assert check_of(report, f"zscore:outliers:{OUTLIERS[name]}").failed_rows == far
    for profile in report.columns:
        nulls = sum(row[profile.name] == "" for row in rows)
        assert profile.nulls == nulls, profile.name
        warned = check_of(report, f"completeness:nulls:{profile.name}").outcome is Outcome.WARN
        assert warned is (nulls / len(rows) > 0.05)
