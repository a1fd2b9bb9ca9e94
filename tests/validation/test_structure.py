"""What is not a table is refused by name and place, and never half read."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dcs.validation import Outcome
from dcs.validation.delimited.dialect import DELIMITERS, Dialect
from dcs.validation.delimited.regular import BLOCK, Irregular, count_records
from dcs.validation.delimited.structure import MAX_CELL, MAX_LINE, StructureError, read_structure
from dcs.validation.delimited.structure import _read as careful
from dcs.validation.opening import opened
from dcs.validation.passes.batches import parts_of
from dcs.validation.readers import source_of
from tests.validation.conftest import Judge


def refusal(path: Path, content: str | bytes) -> StructureError:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(StructureError) as error:
        read_structure(path, path.parent)
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
        (b"a,,c\n1,2,3\n", "empty_column_name", "Column 2 has no name"),
        (b"a, ,c\n1,2,3\n", "empty_column_name", "Column 2"),
        (b"a,b,A\n1,2,3\n", "duplicate_column_name", "Columns 1 and 3"),
        (b"\n1,2\n", "empty_header", "first line is empty"),
        (b"Stations of May\na;b;c\n1;2;3\n4;5;6\n7;8;9\n", "ragged_rows", "row 1 (line 2)"),
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


def test_a_line_without_end_is_stopped_before_it_fills_the_memory(tmp_path: Path) -> None:
    error = refusal(tmp_path / "file.csv", "a,b\n1,2\n" + "1,x" * MAX_LINE)
    assert (error.rule, "Line 3" in error.message) == ("line_too_long", True)


def test_lines_above_the_header_are_named_and_not_guessed_away(tmp_path: Path) -> None:
    error = refusal(tmp_path / "file.csv", "Stations of May\n" + "a;b;c\n" * 30)
    assert "Remove what stands above the header" in error.fix


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path / "f.csv", ",".join(f"c{n}" for n in range(10_001)) + "\n").rule
        == "too_many_columns"
    )


def test_words_that_begin_like_a_binary_format_are_text(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("ORCHID,BZhang,PAR1S\n1,2,3\n")
    assert read_structure(path, tmp_path).names == ("ORCHID", "BZhang", "PAR1S")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(delimiter.join(["a", '"b;,x"', "c"]) + "\n" + delimiter.join("123") + "\n")
    found = read_structure(path, tmp_path)
    assert (found.delimiter, found.rows, len(found.names)) == (delimiter, 1, 3)


def test_a_mark_at_the_beginning_is_not_part_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\n1,2\n")
    assert read_structure(path, tmp_path).names == ("a", "b")


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\r\n1,2\r\n\r\n3,4",
        b"a,b\n1,2\n\n3,4\n\n\n",
        b"a,b\n1,2\n3,4",
        b"a,b\r\n1,2\r\n3,4\r\n",
        b"a,b\r1,2\r3,4\r",
    ],
)
def test_line_ends_of_every_kind_count_the_same(judge: Judge, content: bytes) -> None:
    report = judge(content)
    assert report.rows == 2
    assert report.status is not Outcome.FAILED


def test_an_empty_line_in_a_single_column_is_an_empty_cell(judge: Judge) -> None:
    report = judge("a\n1\n\n3\n")
    assert report.rows == 3
    assert report.columns[0].nulls == 1


def test_a_name_that_promises_tabs_decides(judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "stations.TSV"
    path.write_text("a,b,c\n1,2,3\n4,5,6\n")
    assert [each.name for each in judge(path).columns] == ["a,b,c"]
    for name in ("x.tsv", "x.tab", "x.Tsv.gz", "x.y.tsv.zst"):
        assert read_structure(path, tmp_path, name).delimiter == "\t", name
    for name in ("x.csv", "tsv.csv", "x.tsv.csv", "x.tsvx", ""):
        assert read_structure(path, tmp_path, name).delimiter == ",", name


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize(("quote", "escape"), [('"', '"'), ('"', "\\"), ("'", "'"), ("'", "\\")])
def test_every_dialect_is_loaded_as_it_was_written(
    judge: Judge, tmp_path: Path, delimiter: str, quote: str, escape: str
) -> None:
    rows = [
        ["id", "words"],
        ["1", f"a{delimiter}b"],
        ["2", f"{quote}said{quote} so"],
        ["3", "one\ntwo"],
        ["4", "back\\slash"],
        ["5", "é " + delimiter * 3],
    ]
    doubled = escape == quote
    text = io.StringIO()
    csv.writer(
        text,
        delimiter=delimiter,
        quotechar=quote,
        doublequote=doubled,
        escapechar=None if doubled else escape,
        quoting=csv.QUOTE_NONNUMERIC,
        lineterminator="\n",
    ).writerows(rows)
    report = judge(text.getvalue())
    assert report.status is not Outcome.FAILED, report.findings
    table = pq.read_table(tmp_path / "table.parquet")
    assert table["words"].to_pylist() == [row[1] for row in rows[1:]]


def test_quotes_that_are_only_characters_are_kept(judge: Judge, tmp_path: Path) -> None:
    assert judge('id\tsize\n1\t5" pipe\n2\t7" pipe, "old"\n').rows == 2
    table = pq.read_table(tmp_path / "table.parquet")
    assert table["size"].to_pylist() == ['5" pipe', '7" pipe, "old"']


def test_spaces_behind_delimiters_are_no_part_of_the_cells(judge: Judge, tmp_path: Path) -> None:
    report = judge('id, n, word\n1, 20, "x, y"\n2, 30, z\n3, , q\n')
    assert [(each.name, each.type) for each in report.columns][1] == ("n", "integer")
    table = pq.read_table(tmp_path / "table.parquet")
    assert table["n"].to_pylist() == [20, 30, None]
    assert table["word"].to_pylist() == ["x, y", "z", "q"]


def test_a_space_inside_quotes_is_never_dropped(judge: Judge, tmp_path: Path) -> None:
    judge('id, word\n1, " x"\n2, "y"\n')
    assert pq.read_table(tmp_path / "table.parquet")["word"].to_pylist() == [" x", "y"]


def test_what_the_loader_does_not_understand_is_refused_with_its_line_and_byte(
    judge: Judge,
) -> None:
    [check] = judge("a,b\n1,2\n3,x\\,y\n5,6\n").checks
    assert (check.rule, check.failed_rows) == ("not_loadable", 1)
    assert "line 3 (byte 12)" in check.message
    assert "too many columns" in check.message


def test_another_count_than_the_strict_readers_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    structure = read_structure(path, tmp_path)
    [part] = structure.parts
    [pending] = parts_of(replace(structure, parts=(replace(part, rows=3),)))
    with pytest.raises(StructureError) as error:
        pending.make()
    assert error.value.rule == "counts_differ"


def test_another_count_than_the_careful_readers_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("a,b\n1,2\n\n3,4\n")
    file = opened(source_of(path, path.name, tmp_path), tmp_path, 256 * 1024**2, frozenset())
    assert sum(each.make().rows for each in file.batches()) == 2
    with pytest.raises(StructureError) as error:
        file.check_rows(3)
    assert error.value.rule == "counts_differ"


PIECES = st.lists(
    st.sampled_from(["a", "é", ",", '"', '""', "\n", "\r\n", "\r", '"a"', " "]), max_size=30
)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(PIECES, st.sampled_from([Dialect(), Dialect(quote="", escape=""), Dialect(";")]))
def test_counting_blocks_says_what_reading_records_says(
    tmp_path: Path, pieces: list[str], dialect: Dialect
) -> None:
    path = tmp_path / "file.csv"
    for names in (("a",), ("a", "b")):
        path.write_bytes((dialect.delimiter.join(names) + "\n" + "".join(pieces)).encode())
        try:
            counted = count_records(path, dialect, len(names), 0)
        except Irregular:
            continue
        assert (counted.rows, counted.multiline) == careful(path, dialect, names)[:2]
        assert sum(part.rows for part in counted.parts) == counted.rows


def test_records_are_counted_alike_across_the_edges_of_blocks(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    cell = '"' + "x\n" * 5_000 + '""'
    path.write_text("a,b\n" + f'1,{cell}"\n' * 300, newline="")
    assert path.stat().st_size > 4 * BLOCK
    counted = count_records(path, Dialect(), 2, 0)
    assert (counted.rows, counted.multiline) == (300, True)
    assert careful(path, Dialect(), ("a", "b"))[:2] == (300, True)


CELLS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_whatever_a_writer_quotes_two_readers_count_alike(
    judge: Judge, rows: list[list[str]]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["a", "b", "c"])
    writer.writerows(rows)
    report = judge(text.getvalue())
    assert report.rows == len(rows), report.findings
