"""Rows leave exactly as they are, except that CSV carries no formula a spreadsheet would run."""

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as pa_ipc
import pyarrow.parquet as pq
import pytest

from dcs.sharing.formats import Format, write_rows

ROWS = {
    "=name": ["=cmd|' /C calc'!A0", "-2.5", None, "+12125550123", "@here", "plain"],
    "amount": [-1.5, 2.0, -3.0, 4.0, 5.0, None],
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table(ROWS), path)
    return path


def test_csv_puts_an_apostrophe_before_a_formula(table: Path) -> None:
    content = b"".join(write_rows(table, Format.CSV, None, None)).decode()
    header, *rows = csv.reader(io.StringIO(content))
    assert header == ["'=name", "amount"]
    assert [row[0] for row in rows] == [
        "'=cmd|' /C calc'!A0", "-2.5", "", "+12125550123", "'@here", "plain",
    ]  # fmt: skip
    assert [row[1] for row in rows] == ["-1.5", "2", "-3", "4", "5", ""]


def test_csv_of_chosen_columns_and_rows_is_neutral_too(table: Path) -> None:
    content = b"".join(write_rows(table, Format.CSV, ["amount", "=name"], 1)).decode()
    assert list(csv.reader(io.StringIO(content))) == [
        ["amount", "'=name"],
        ["-1.5", "'=cmd|' /C calc'!A0"],
    ]


def test_other_forms_carry_every_value_exactly(table: Path) -> None:
    lines = b"".join(write_rows(table, Format.NDJSON, None, None)).splitlines()
    assert [json.loads(line)["=name"] for line in lines] == ROWS["=name"]
    arrow = pa_ipc.open_stream(b"".join(write_rows(table, Format.ARROW, None, None))).read_all()
    parquet = pq.read_table(
        pa.BufferReader(b"".join(write_rows(table, Format.PARQUET, None, None)))
    )
    assert arrow.to_pydict() == parquet.to_pydict() == ROWS
