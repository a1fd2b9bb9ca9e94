"""One table of a workbook: exact numbers, dates as dates, and nothing lost quietly."""

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dcs.validation import Outcome, Report
from tests.spreadsheets import Raw, sheet_xml, write_xlsx
from tests.validation.conftest import Judge, check_of
from tests.validation.readers.conftest import Refusal

NOON = datetime.fromisoformat("2024-05-06T12:30:00")
NIGHT = datetime.fromisoformat("2024-05-07")
Rows = list[list[Any]]


def read(judge: Judge, folder: Path, rows: Rows, **more: Any) -> Report:
    report = judge(write_xlsx(folder / "t.xlsx", {"Data": sheet_xml(rows, **more)}))
    assert report.rows is not None, report.checks
    return report


def published(folder: Path) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = pq.read_table(folder / "table.parquet").to_pydict()
    return columns


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        ([1, 2], "integer", [1, 2]),
        ([1, 2.5], "number", [1.0, 2.5]),
        ([0.1 + 0.2, 1], "number", [0.1 + 0.2, 1.0]),
        ([True, False], "boolean", [True, False]),
        ([date(2024, 5, 6), date(1999, 12, 31)], "date", [date(2024, 5, 6), date(1999, 12, 31)]),
        ([NOON, NOON], "timestamp", [NOON, NOON]),
        ([NOON, NIGHT], "timestamp", [NOON, NIGHT]),
        (["x", " y "], "text", ["x", " y "]),
        (["1", "2"], "text", ["1", "2"]),
        ([1, "x"], "text", ["1", "x"]),
        ([True, 1], "text", ["true", "1"]),
        ([Raw("><v>123456789012345678</v>"), 1], "text", ["123456789012345678", "1"]),
        ([Raw("><v>1e400</v>"), 1], "text", ["1e400", "1"]),
        ([Raw(' t="e"><v>#DIV/0!</v>'), 1], "text", ["#DIV/0!", "1"]),
        ([Raw("><f>1+1</f><v>2</v>"), 1], "integer", [2, 1]),
        ([Raw(' t="str"><f>A1</f><v></v>'), 1], "integer", [None, 1]),
        ([Raw(' t="d"><v>2024-05-06</v>'), None], "date", [date(2024, 5, 6), None]),
    ],
    ids=str,
)
def test_a_cell_keeps_its_value_and_its_kind(
    judge: Judge, tmp_path: Path, cells: list[Any], kind: str, values: list[object]
) -> None:
    report = read(judge, tmp_path, [["x", "y"], *([cell, "."] for cell in cells)])
    assert report.columns[0].type == kind
    assert published(tmp_path)["x"] == values


def test_the_table_may_begin_anywhere_and_empty_rows_do_not_count(
    judge: Judge, tmp_path: Path
) -> None:
    rows: Rows = [[None, "a", "b"], [None, 1, 2], [], [None, None, " "], [None, 3, None]]
    report = read(judge, tmp_path, rows, first_row=4)
    assert report.rows == 2
    assert published(tmp_path) == {"a": [1, 3], "b": [2, None]}


def test_formulas_errors_and_merged_cells_are_told(judge: Judge, tmp_path: Path) -> None:
    rows: Rows = [["a", "b"], [Raw("><f>1</f><v>1</v>"), Raw(' t="e"><v>#N/A</v>')], [2, "x"]]
    merged = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    report = read(judge, tmp_path, rows, more=merged)
    told = {
        each.rule: each.failed_rows for each in report.findings if each.kind.value == "structure"
    }
    assert told == {"formulas": 1, "error_cells": 1, "merged_cells": 0}
    assert report.status is Outcome.WARN


def test_shared_texts_that_show_nothing_fill_no_row(judge: Judge, tmp_path: Path) -> None:
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>a</t></si><si><t></t></si><si><r><t>x</t></r><r><t>y</t></r></si></sst>"
    )
    rows: Rows = [
        [Raw(' t="s"><v>0</v>')], [Raw(' t="s"><v>1</v>')], [Raw(' t="s"><v>2</v>')], [7],
    ]  # fmt: skip
    path = write_xlsx(
        tmp_path / "t.xlsx",
        {"Data": sheet_xml(rows)},
        parts={"xl/sharedStrings.xml": shared, **_relations_with_texts()},
    )
    assert judge(path).rows == 2
    assert published(tmp_path) == {"a": ["xy", "7"]}


def _relations_with_texts() -> dict[str, str]:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return {
        "xl/_rels/workbook.xml.rels": "<Relationships "
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId8" Type="{kind}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId9" Type="{kind}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>"
    }


def test_the_only_sheet_with_rows_is_read_and_others_are_told(judge: Judge, tmp_path: Path) -> None:
    sheets = {
        "Notes": sheet_xml([["a note"]]),
        "Empty": sheet_xml([]),
        "Data": sheet_xml([["a"], [1]]),
    }
    report = judge(write_xlsx(tmp_path / "t.xlsx", sheets))
    assert published(tmp_path) == {"a": [1]}
    assert check_of(report, "structure:other_sheets").outcome is Outcome.WARN


TABLE = sheet_xml([["a", "b"], [1, 2]])


@pytest.mark.parametrize(
    ("sheets", "rule", "says"),
    [
        ({"A": TABLE, "B": TABLE, "C": TABLE}, "several_sheets", "3 sheets"),
        ({"A": sheet_xml([["a", None, "c"], [1, 2, 3]])}, "empty_column_name", "Column 2"),
        ({"A": sheet_xml([["a"], [1, 2]])}, "empty_column_name", "Column 2"),
        ({"A": sheet_xml([["a", "A"], [1, 2]])}, "duplicate_column_name", "Columns 1 and 2"),
        ({"A": sheet_xml([["a"]]), "B": sheet_xml([])}, "no_rows", "no rows"),
        ({"A": sheet_xml([])}, "no_rows", "no rows"),
        (
            {"A": sheet_xml([["a"], [Raw("><f>1+1</f>")]])},
            "formula_without_value",
            "row 2, column 1",
        ),
        ({"A": sheet_xml([["a"], ["x\0y"]]).replace("\0", "&#0;")}, "damaged", "XML"),
        ({"A": TABLE[:-20]}, "damaged", "XML"),
        ({"A": TABLE.replace('r="B2"', 'r="XFD1048576"')}, "too_many_cells", "span more than"),
        ({"A": TABLE.replace('r="B2"', 'r="2B"')}, "damaged", "reference"),
        ({"A": '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + TABLE}, "document_type", "document type"),
    ],
    ids=range(12),
)
def test_a_workbook_that_is_no_single_table_is_refused(
    refusal: Refusal, tmp_path: Path, sheets: dict[str, str], rule: str, says: str
) -> None:
    write_xlsx(tmp_path / "t.xlsx", sheets)
    check = refusal("t.xlsx")
    assert check.rule == rule
    assert says in check.message


def test_an_archive_that_is_no_workbook_is_refused(refusal: Refusal, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal("t.xlsx").rule == "damaged"


def test_a_cut_workbook_is_refused(refusal: Refusal, tmp_path: Path) -> None:
    whole = write_xlsx(tmp_path / "t.xlsx", {"A": TABLE}).read_bytes()
    assert refusal("t.xlsx", whole[:-30]).rule == "zip_broken"


def test_dates_counted_from_1904_are_right(judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_xlsx(path, {"A": sheet_xml([["a"], [date(2020, 5, 5)]])})
    with zipfile.ZipFile(path) as archive:
        book = archive.read("xl/workbook.xml").decode()
    newer = book.replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    write_xlsx(
        path, {"A": sheet_xml([["a"], [date(2020, 5, 5)]])}, parts={"xl/workbook.xml": newer}
    )
    judge(path)
    assert published(tmp_path)["a"] == [date(2024, 5, 6)]
