"""JSON is read strictly, number for number as it was written."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dcs.validation import Outcome, Report
from dcs.validation.readers import json_rows
from tests.validation.conftest import Judge
from tests.validation.readers.conftest import Refusal


def read(judge: Judge, folder: Path, content: str | bytes, name: str = "t.ndjson") -> Report:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    report = judge(path)
    assert report.rows is not None, report.checks
    return report


def published(folder: Path) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = pq.read_table(folder / "table.parquet").to_pydict()
    return columns


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", "0"], "integer"),
        (["1", "2.5", "-3e4"], "number"),
        (["true", "false"], "boolean"),
        (['"1"', '"2"'], "text"),
        (["1", '"x"'], "text"),
        (["1", "true"], "text"),
        (["123456789012345678901234567890"], "text"),
        (["9223372036854775807"], "text"),
        (["0.30000000000000004", "1.5"], "number"),
        (["0.1000000000000000055511151231257827"], "text"),
        (["1.00000000000000000001"], "text"),
        (["1e400"], "text"),
        (["null", "null"], "text"),
        (["null", "3"], "integer"),
        (['{"a": 1}', "[2]"], "text"),
    ],
    ids=str,
)
def test_a_column_is_a_number_only_where_no_digit_is_lost(
    judge: Judge, tmp_path: Path, values: list[str], kind: str
) -> None:
    report = read(judge, tmp_path, "".join(f'{{"x": {each}, "y": 1}}\n' for each in values))
    assert report.columns[0].type == kind
    if kind == "text":
        texts = [None if v == "null" else v.strip('"') for v in values]
        assert published(tmp_path)["x"] == texts


def test_nested_values_become_json_with_every_digit(judge: Judge, tmp_path: Path) -> None:
    deep = '{"a": [1.10, 123456789012345678901234567890, null, true], "é\\n": {"b": "x"}}'
    read(judge, tmp_path, f'{{"x": {deep}}}\n')
    [text] = published(tmp_path)["x"]
    assert (
        str(text) == '{"a": [1.10, 123456789012345678901234567890, null, true], "é\\n": {"b": "x"}}'
    )


def test_a_missing_key_is_null_and_a_late_key_is_a_column(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rows, "WINDOW", 64)
    lines = [{"a": n} if n < 50 else {"b": f"x{n}", "a": n} for n in range(100)]
    lines[99]["c"] = True
    read(judge, tmp_path, "".join(json.dumps(line) + "\n" for line in lines))
    assert published(tmp_path) == {
        "a": list(range(100)),
        "b": [None] * 50 + [f"x{n}" for n in range(50, 100)],
        "c": [None] * 99 + [True],
    }


def test_an_empty_text_counts_as_missing_and_stays_an_empty_text(
    judge: Judge, tmp_path: Path
) -> None:
    report = read(judge, tmp_path, '{"a": "", "b": 1}\n{"a": null, "b": 2}\n{"a": "x", "b": 3}\n')
    assert report.columns[0].nulls == 2
    assert published(tmp_path)["a"] == ["", None, "x"]


def test_line_ends_marks_and_empty_lines_do_not_count(judge: Judge, tmp_path: Path) -> None:
    content = b'\xef\xbb\xbf{"a": 1}\r\n\r\n  {"a": 2}  \n\n{"a": 3}'
    assert read(judge, tmp_path, content).rows == 3
    assert published(tmp_path) == {"a": [1, 2, 3]}


def shown(value: str | bytes) -> str:
    """Name a test by the end of its file."""
    return value if isinstance(value, str) else ascii(value[-24:])


GOOD = b'{"a": 1}\n'


@pytest.mark.parametrize(
    ("content", "rule", "says"),
    [
        (GOOD + b"[1]\n" + GOOD, "not_an_object", "Line 2 is not a JSON object"),
        (GOOD + b"7\n", "not_an_object", "Line 2 is not a JSON object"),
        (GOOD + b'{"a": \n', "not_an_object", "Line 2 is not a JSON value"),
        (GOOD + b'{"a": 1} {"a": 2}\n', "not_an_object", "Line 2 is more than one"),
        (GOOD + b'{"a": 1,}\n', "not_an_object", "Line 2 is not a JSON value"),
        (GOOD + b"{'a': 1}\n", "not_an_object", "Line 2 is not a JSON value"),
        (GOOD + b'{"a": 01}\n', "not_an_object", "Line 2 is not a JSON value"),
        (GOOD + b'{"a": NaN}\n', "not_a_number", "Line 2 holds NaN"),
        (GOOD + b'{"a": [-Infinity]}\n', "not_a_number", "Line 2 holds NaN"),
        (GOOD + b'{"a": 1, "a": 1}\n', "duplicate_keys", "Line 2 has a key twice"),
        (GOOD + b'{"b": {"a": 1, "a": 2}}\n', "duplicate_keys", "Line 2 has a key twice"),
        (GOOD + b'{"A": 1}\n', "duplicate_column_name", "Columns 1 and 2"),
        (GOOD + b'{"": 1}\n', "empty_column_name", "Column 2 has no name"),
        (GOOD + b'{"b\\u0000": 1}\n', "unreadable_column_name", "column 2"),
        (GOOD + b'{"\\ud800": 1}\n', "unreadable_column_name", "column 2"),
        (GOOD + b'{"a": "\\ud800"}\n', "lone_surrogate", "half a character"),
        (GOOD + b'{"a": "\\u0000"}\n', "nul_bytes", "row 2"),
        (GOOD + b'{"a": "\0"}\n', "nul_bytes", "Line 2 has a NUL byte"),
        (GOOD + b'{"a": "\xe9"}\n', "not_utf8", "Line 2 is not UTF-8"),
        (GOOD + b'{"a": "' + b"x" * 2 * 1024**2 + b'"}\n', "line_too_long", "Line 2"),
        (GOOD + b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}\n", "nested_too_deep", "Line 2"),
        (GOOD.decode().encode("utf-16"), "utf16", "UTF-16 (little endian)"),
        (b"{}\n" * 3, "no_columns", "no columns"),
    ],
    ids=shown,
)
def test_a_line_that_is_no_strict_object_is_refused_with_its_line(
    refusal: Refusal, content: bytes, rule: str, says: str
) -> None:
    check = refusal("t.ndjson", content)
    assert check.rule == rule
    assert says in check.message


@pytest.mark.parametrize(
    ("content", "rule", "says"),
    [
        (b'{"a": 1}', "not_an_array", "not an array"),
        (b'{"a": 1}\n{"a": 2}\n', "not_an_array", "not an array"),
        (b'[{"a": 1}', "not_an_object", "Row 1 is followed by neither"),
        (b'[{"a": 1},', "not_an_object", "Row 2 is not a JSON value"),
        (b'[{"a": 1},]', "not_an_object", "Row 2 is not a JSON value"),
        (b'[{"a": 1} {"a": 2}]', "not_an_object", "Row 1 is followed by neither"),
        (b'[{"a": 1}] x', "not_an_object", "behind the array's end"),
        (b'[{"a": 1}, 2]', "not_an_object", "Row 2 is not a JSON object"),
        (b'[{"a": 1}, {"a": Infinity}]', "not_a_number", "Row 2 holds NaN"),
        (b'[{"a": 1, "a": 2}]', "duplicate_keys", "Row 1 has a key twice"),
        (b"[" * 200_000, "nested_too_deep", "Row 1 is nested too deep"),
        (b'[{"a": "\xff"}]', "not_utf8", "not UTF-8"),
        (b'[{"a": "' + b"x" * 3 * 1024**2, "not_an_object", "Row 1 is not a JSON value"),
    ],
    ids=shown,
)
def test_what_is_no_array_of_objects_is_refused_with_its_row(
    refusal: Refusal, content: bytes, rule: str, says: str
) -> None:
    check = refusal("t.json", content)
    assert check.rule == rule
    assert says in check.message


def test_an_array_is_read_over_every_edge_of_its_pieces(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"a": n, "b": "é" * (n % 7)} for n in range(300)]
    content = json.dumps(rows, ensure_ascii=False, indent=1)
    for size in (7, 11, 64):
        monkeypatch.setattr(json_rows, "CHUNK", size)
        assert read(judge, tmp_path, content, "t.json").rows == 300
        assert published(tmp_path)["a"] == list(range(300))


def test_an_array_beyond_its_size_is_refused_and_says_so(
    refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rows, "MOST_ARRAY", 10)
    check = refusal("t.json", b'[{"a": 1}]\n')
    assert check.rule == "array_too_large"
    assert ".ndjson" in check.fix


def test_too_many_keys_are_refused(refusal: Refusal) -> None:
    keys = ",".join(f'"k{n}":1' for n in range(100_000))
    assert refusal("t.json", f"[{{{keys[:900_000].rpartition(',')[0]}}}]".encode()).rule == (
        "too_many_columns"
    )


def test_no_value_of_a_refused_line_is_in_the_report(refusal: Refusal) -> None:
    check = refusal("t.ndjson", b'{"a": "jane@example.org", "a": NaN')
    assert "jane" not in repr(check)


def test_formats_of_text_pass_their_default_checks(judge: Judge, tmp_path: Path) -> None:
    report = read(judge, tmp_path, '{"email": "a@example.org"}\n{"email": "wrong"}\n')
    assert report.status is Outcome.FAILED
