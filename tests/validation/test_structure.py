"""What is not a table is refused by name and place, and never half read."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dcs.validation import Outcome
from dcs.validation.structure import MAX_CELL, StructureError, read_structure
from tests.validation.conftest import Judge


def refusal(path: Path, content: str | bytes) -> StructureError:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(StructureError) as error:
        read_structure(path)
    return error.value


@pytest.mark.parametrize(
    ("content", "rule", "says"),
    [
        (b"", "empty_file", "empty"),
        (b"\n", "empty_file", "empty"),
        (b"a,b\n", "no_rows", "header and no rows"),
        (b"a,b\n\n\n", "no_rows", "header and no rows"),
        (
            b"a,b\n1,2\n3\n4,5,6\n",
            "ragged_rows",
            "2 rows do not have 2 fields; the first is row 2 (line 3)",
        ),
        (b'a,b\n1,"2\n3,4\n', "unclosed_quote", "row 1"),
        (b'a,b\n1,"2"x\n', "broken_quoting", "Line 2"),
        (b"a,b\n1,\x002\n", "nul_bytes", "byte 6"),
        ("a,b\n1,é\n".encode("utf-16"), "utf16", "UTF-16 (little endian)"),
        ("a,b\n1,é\n".encode("utf-16-be"), "utf16", "UTF-16 (big endian"),
        ("a,b\n1,é\n".encode("utf-16-le"), "utf16", "UTF-16 (little endian"),
        ("a,b\n1,2\n3,é\n".encode("latin-1"), "not_utf8", "Line 3 is not UTF-8 (byte 10)"),
        (b"a,,c\n1,2,3\n", "empty_column_name", "Column 2 has no name"),
        (b"a, ,c\n1,2,3\n", "empty_column_name", "Column 2"),
        (b"a,b,A\n1,2,3\n", "duplicate_column_name", "Columns 1 and 3"),
        (b"PK\x03\x04\x14\x00\n1,2\n", "binary_content", "zip"),
        (b"PAR1\x15\x04\x15\n1,2\n", "binary_content", "Parquet"),
        (b"\x1f\x8b\x08\x00\n1,2\n", "binary_content", "gzip"),
        (b"%PDF-1.7\n1,2\n", "binary_content", "PDF"),
        (b"\x7fELF\x02\x01\n", "binary_content", "Linux program"),
        (b"SQLite format 3\x00", "binary_content", "SQLite"),
    ],
    ids=lambda value: value.hex()[:40] if isinstance(value, bytes) else "",
)
def test_a_file_that_is_no_table_is_refused_by_name_and_place(
    tmp_path: Path, content: bytes, rule: str, says: str
) -> None:
    error = refusal(tmp_path / "file.csv", content)
    assert error.rule == rule
    assert says in error.message
    assert error.fix


def test_every_ragged_row_is_counted_and_the_first_are_located(tmp_path: Path) -> None:
    error = refusal(tmp_path / "file.csv", "a,b\n" + "1,2\n1\n" * 50)
    assert error.rows == 50
    assert [sample.row for sample in error.samples] == list(range(2, 42, 2))
    assert [sample.line for sample in error.samples] == list(range(3, 43, 2))


def test_a_runaway_quote_is_stopped_at_the_largest_cell(tmp_path: Path) -> None:
    error = refusal(tmp_path / "file.csv", 'a,b\n1,"' + "x,y\n" * (MAX_CELL // 3))
    assert error.rule == "cell_too_large"


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path / "f.csv", ",".join(f"c{n}" for n in range(10_001)) + "\n").rule
        == "too_many_columns"
    )


def test_words_that_begin_like_a_binary_format_are_text(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("ORCHID,BZhang,PAR1S\n1,2,3\n")
    assert read_structure(path).names == ("ORCHID", "BZhang", "PAR1S")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(delimiter.join(["a", '"b;,x"', "c"]) + "\n" + delimiter.join("123") + "\n")
    found = read_structure(path)
    assert (found.delimiter, found.rows, len(found.names)) == (delimiter, 1, 3)


def test_a_mark_at_the_beginning_is_not_part_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\n1,2\n")
    assert read_structure(path).names == ("a", "b")


@pytest.mark.parametrize(
    "content", [b"a,b\r\n1,2\r\n\r\n3,4", b"a,b\n1,2\n\n3,4\n\n\n", b"a,b\n1,2\n3,4"]
)
def test_line_ends_of_every_kind_count_the_same(judge: Judge, content: bytes) -> None:
    report = judge(content)
    assert report.rows == 2
    assert report.status is not Outcome.FAILED


def test_an_empty_line_in_a_single_column_is_an_empty_cell(judge: Judge) -> None:
    report = judge("a\n1\n\n3\n")
    assert report.rows == 3
    assert report.columns[0].nulls == 1


CELLS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_whatever_a_writer_quotes_two_readers_count_alike(
    judge: Judge, rows: list[list[str]]
) -> None:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["a", "b", "c"])
    writer.writerows(rows)
    report = judge(text.getvalue())
    assert report.rows == len(rows), report.findings
