"""Values that only other formats than CSV bring are delivered exactly, in every form."""

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dcs.sharing.formats import Format, first_rows, write_rows

LONG = "1234567890123456789012345678.0123456789"
TABLE = pa.table(
    {
        "decimal": pa.array([Decimal(LONG), None], pa.decimal128(38, 10)),
        "unsigned": pa.array([2**64 - 1, 0], pa.uint64()),
        "double": [float("inf"), float("nan")],
    }
)
JSON = [
    {"decimal": LONG, "unsigned": 2**64 - 1, "double": None},
    {"decimal": None, "unsigned": 0, "double": None},
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    pq.write_table(TABLE, tmp_path / "table.parquet")
    return tmp_path / "table.parquet"


def test_lines_of_json_hold_decimals_as_texts_and_no_nan(path: Path) -> None:
    lines = b"".join(write_rows(path, Format.NDJSON, None, None)).decode().splitlines()
    assert [json.loads(line) for line in lines] == JSON
    assert "NaN" not in "".join(lines)


def test_a_preview_holds_them_too(path: Path) -> None:
    assert first_rows(path, 5) == (TABLE.column_names, [list(row.values()) for row in JSON])


def test_csv_holds_every_digit(path: Path) -> None:
    text = b"".join(write_rows(path, Format.CSV, None, None)).decode()
    assert text.splitlines()[1].split(",")[:2] == [LONG, str(2**64 - 1)]
