"""The same table in every format is the same table: rows, types, findings, personal data."""

import gzip
import json
import random
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import fastavro
import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq
import pytest

from dcs.validation import Check, Kind, Outcome, Report
from tests.archives import zipped, zstd
from tests.spreadsheets import sheet_xml, write_xlsx
from tests.validation.conftest import Judge, check_of

ROWS = 1_000
SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("amount", pa.float64()),
        ("email", pa.string()),
        ("kind", pa.string()),
        ("paid", pa.bool_()),
        ("day", pa.date32()),
        ("at", pa.timestamp("us")),
    ]
)
TYPES = ["integer", "number", "text", "text", "boolean", "date", "timestamp"]
AVRO = {
    "type": "record",
    "name": "Row",
    "fields": [
        {"name": name, "type": ["null", kind]}
        for name, kind in {
            "id": "long",
            "amount": "double",
            "email": "string",
            "kind": "string",
            "paid": "boolean",
            "day": {"type": "int", "logicalType": "date"},
            "at": {"type": "long", "logicalType": "local-timestamp-micros"},
        }.items()
    ],
}


def rows() -> list[dict[str, Any]]:
    chance = random.Random(11)
    first = datetime.fromisoformat("2024-01-01T00:00:01")
    table: list[dict[str, Any]] = [
        {
            "id": number,
            "amount": round(chance.gauss(100, 10), 3) + 0.0625,
            "email": f"user{number}@example.org",
            "kind": "ab"[number % 2],
            "paid": number % 3 == 0,
            "day": date(2024, 1, 1) + timedelta(days=number % 700),
            "at": first + timedelta(minutes=number),
        }
        for number in range(1, ROWS + 1)
    ]
    table[17]["amount"] = 999.5
    table[613]["email"] = "nobody at all"
    for row in table[100:200]:
        row["kind"] = None
    return table


def text(value: object) -> object:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value


def csv_text(table: list[dict[str, Any]]) -> str:
    def cell(value: object) -> str:
        if value is None:
            return ""
        return str(value).lower() if isinstance(value, bool) else str(text(value))

    lines = [",".join(SCHEMA.names), *(",".join(map(cell, row.values())) for row in table)]
    return "\n".join(lines) + "\n"


def json_row(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: str(text(value)) for key, value in row.items() if isinstance(value, date)}
    return {key: value for key, value in (dict(row) | plain).items() if value is not None}


def write_avro(path: Path, table: list[dict[str, Any]]) -> None:
    with path.open("wb") as target:
        fastavro.writer(target, AVRO, table, codec="deflate", sync_interval=4_000)


def write_ipc(path: Path, table: pa.Table, *, stream: bool) -> None:
    open_writer = pa.ipc.new_stream if stream else pa.ipc.new_file
    with pa.OSFile(str(path), "wb") as sink, open_writer(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=300)


WRITERS: Mapping[str, Callable[[Path, list[dict[str, Any]], pa.Table], object]] = {
    "t.csv": lambda path, table, _: path.write_text(csv_text(table)),
    "t.tsv": lambda path, table, _: path.write_text(csv_text(table).replace(",", "\t")),
    "t.csv.gz": lambda path, table, _: path.write_bytes(gzip.compress(csv_text(table).encode())),
    "t.csv.zst": lambda path, table, _: path.write_bytes(zstd(csv_text(table).encode())),
    "t.zip": lambda path, table, _: path.write_bytes(zipped({"t.csv": csv_text(table).encode()})),
    "t.ndjson": lambda path, table, _: path.write_text(
        "".join(json.dumps(json_row(row)) + "\n" for row in table)
    ),
    "t.jsonl.gz": lambda path, table, _: path.write_bytes(
        gzip.compress("".join(json.dumps(json_row(row)) + "\n" for row in table).encode())
    ),
    "t.json": lambda path, table, _: path.write_text(json.dumps([json_row(row) for row in table])),
    "t.parquet": lambda path, _, table: pq.write_table(table, path, row_group_size=300),
    "t.arrow": lambda path, _, table: write_ipc(path, table, stream=False),
    "t.feather": lambda path, _, table: write_ipc(path, table, stream=False),
    "t.arrows": lambda path, _, table: write_ipc(path, table, stream=True),
    "t.orc": lambda path, _, table: orc.write_table(table, path, stripe_size=16_384),
    "t.avro": lambda path, table, _: write_avro(path, table),
    "t.xlsx": lambda path, table, _: write_xlsx(
        path, {"Data": sheet_xml([SCHEMA.names, *(list(row.values()) for row in table)])}
    ),
}
JSON = {"t.ndjson", "t.jsonl.gz", "t.json"}
FORMS = {
    "t.csv": "CSV",
    "t.csv.gz": "CSV, gzip",
    "t.csv.zst": "CSV, zstd",
    "t.zip": "CSV, zip",
    "t.ndjson": "NDJSON",
    "t.jsonl.gz": "NDJSON, gzip",
    "t.json": "JSON",
    "t.parquet": "Parquet",
    "t.arrow": "Arrow",
    "t.orc": "ORC",
    "t.avro": "Avro",
    "t.xlsx": "Excel",
}
ZSCORE, EMAIL, NULLS = "zscore:outliers:amount", "format:email:email", "completeness:nulls:kind"


def judged(judge: Judge, path: Path) -> Report:
    table = rows()
    WRITERS[path.name](path, table, pa.Table.from_pylist(table, SCHEMA))
    return judge(path)


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_table_gives_the_same_rows_types_and_findings(
    judge: Judge, tmp_path: Path, name: str
) -> None:
    report = judged(judge, tmp_path / name)
    assert report.rows == ROWS
    types = [*TYPES[:5], "text", "text"] if name in JSON else TYPES
    assert [each.type for each in report.columns] == types
    assert [(each.column, each.entity, each.cells) for each in report.personal_data] == [
        ("email", "EMAIL_ADDRESS", ROWS - 1)
    ]
    assert [each.row for each in check_of(report, EMAIL).samples] == [614]
    assert [each.row for each in check_of(report, ZSCORE).samples] == [18]
    assert check_of(report, NULLS).failed_rows == 100
    assert check_of(report, NULLS).outcome is Outcome.WARN
    if name in FORMS:
        assert check_of(report, "structure:table").message == f"read as {FORMS[name]}"


@pytest.mark.parametrize("name", WRITERS)
def test_the_published_table_is_the_same_from_every_format(
    judge: Judge, tmp_path: Path, name: str
) -> None:
    judged(judge, tmp_path / name)
    published = pq.read_table(tmp_path / "table.parquet")
    expected = SCHEMA
    if name in JSON:
        expected = pa.schema([*list(SCHEMA)[:5], ("day", pa.string()), ("at", pa.string())])
    if name == "t.orc":  # ORC knows timestamps in nanoseconds only
        expected = expected.set(6, pa.field("at", pa.timestamp("ns")))
    assert [str(each) for each in published.schema.types] == [str(each) for each in expected.types]
    given = rows()
    if name in JSON:
        given = [row | {key: str(text(row[key])) for key in ("day", "at")} for row in given]
    assert published.to_pylist() == given


def of_content(report: Report) -> list[Check]:
    """Return the checks of what the table holds, without those of how it was written."""
    return [each for each in report.checks if each.kind is not Kind.STRUCTURE]


@pytest.mark.parametrize("name", sorted(WRITERS.keys() - JSON - {"t.csv"}))
def test_every_check_and_every_profile_is_that_of_the_csv(
    judge: Judge, tmp_path: Path, name: str
) -> None:
    plain = judged(judge, tmp_path / "t.csv")
    other = judged(judge, tmp_path / name)
    assert other.columns == plain.columns
    assert other.personal_data == plain.personal_data
    assert of_content(other) == of_content(plain)


CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: rows
version: 1.0.0
status: active
schema:
  - name: rows
    properties:
      - {name: id, logicalType: integer, required: true, unique: true}
      - {name: amount, logicalType: number}
      - {name: email, logicalType: string}
      - {name: kind, logicalType: string, required: true}
      - {name: paid, logicalType: boolean}
      - {name: day, logicalType: date}
      - {name: at, logicalType: timestamp}
"""


@pytest.mark.parametrize("name", WRITERS)
def test_a_contract_is_kept_or_broken_alike_in_every_format(
    judge: Judge, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    table = rows()
    WRITERS[name](path, table, pa.Table.from_pylist(table, SCHEMA))
    report = judge(path, CONTRACT)
    broken = [
        each.id for each in report.checks if each.kind.value == "contract" if each.failed_rows
    ]
    assert broken == ["contract:required:kind"]


def test_the_published_file_has_the_same_form_as_that_of_a_csv(
    judge: Judge, tmp_path: Path
) -> None:
    judged(judge, tmp_path / "t.parquet")
    with pq.ParquetFile(tmp_path / "table.parquet") as published:
        assert published.metadata.row_group(0).column(0).compression == "LZ4"
        assert published.metadata.row_group(0).num_rows == ROWS
    assert duckdb.read_parquet(str(tmp_path / "table.parquet")).count("*").fetchall() == [(ROWS,)]
