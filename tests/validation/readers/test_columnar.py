"""Parquet, Arrow, ORC and Avro: exact values, or a refusal that says why."""

import io
import struct
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import fastavro
import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq
import pytest

from dcs.validation import Outcome, Report
from dcs.validation.readers import parquet
from tests.validation.conftest import Judge, check_of
from tests.validation.readers.conftest import Refusal

NOON = datetime.fromisoformat("2024-05-06T12:30:00.000001")


def arrow_bytes(table: pa.Table, *, stream: bool = False) -> bytes:
    sink = io.BytesIO()
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def parquet_bytes(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def orc_bytes(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    orc.write_table(table, sink)
    return sink.getvalue()


def avro_bytes(fields: list[dict[str, Any]], rows: list[dict[str, Any]], **more: Any) -> bytes:
    sink = io.BytesIO()
    fastavro.writer(sink, {"type": "record", "name": "Row", "fields": fields}, rows, **more)
    return sink.getvalue()


def read(judge: Judge, folder: Path, name: str, content: bytes) -> Report:
    path = folder / name
    path.write_bytes(content)
    report = judge(path)
    assert report.rows is not None, report.checks
    return report


def published(folder: Path) -> pa.Table:
    return pq.read_table(folder / "table.parquet")


EXACT: Mapping[str, tuple[pa.Array, str, str, list[object]]] = {
    "int8": (pa.array([-128, 127], pa.int8()), "integer", "int8", [-128, 127]),
    "int64": (pa.array([-(2**63), 2**63 - 1]), "integer", "int64", [-(2**63), 2**63 - 1]),
    "uint64": (pa.array([0, 2**64 - 1], pa.uint64()), "integer", "uint64", [0, 2**64 - 1]),
    "float32": (pa.array([0.1, 2], pa.float32()), "number", "float", [0.10000000149011612, 2.0]),
    "float16": (pa.array([0.5, 2], pa.float16()), "number", "float", [0.5, 2.0]),
    "double": (pa.array([0.1 + 0.2, 1e-300]), "number", "double", [0.1 + 0.2, 1e-300]),
    "decimal": (
        pa.array([Decimal("1234567890123456789012345678.0123456789"), Decimal("-0.5")], pa.decimal128(38, 10)),
        "number",
        "decimal128(38, 10)",
        [Decimal("1234567890123456789012345678.0123456789"), Decimal("-0.5000000000")],
    ),
    "decimal32": (
        pa.array([Decimal("1.5"), None], pa.decimal32(5, 2)), "number", "decimal128(5, 2)", [Decimal("1.50"), None],
    ),
    "decimal256": (
        pa.array([Decimal(10**50 + 1), None], pa.decimal256(60, 2)), "text", "string", [f"{10**50 + 1}.00", None],
    ),
    "date64": (pa.array([date(2024, 5, 6), None], pa.date64()), "date", "date32[day]", [date(2024, 5, 6), None]),
    "seconds": (
        pa.array([0, 1], pa.timestamp("s")), "timestamp", "timestamp[us]",
        [datetime.fromisoformat("1970-01-01"), datetime.fromisoformat("1970-01-01T00:00:01")],
    ),
    "zone": (
        pa.array([NOON.replace(tzinfo=UTC)], pa.timestamp("us", "Europe/Vienna")), "timestamp",
        "timestamp[us, tz=UTC]", [NOON.replace(tzinfo=UTC)],
    ),
    "time": (pa.array([time(12, 30), None], pa.time32("s")), "text", "string", ["12:30:00", None]),
    "duration": (pa.array([timedelta(seconds=5), None]), "text", "string", ["5000000 us", None]),
    "null": (pa.nulls(2), "text", "string", [None, None]),
    "large": (pa.array(["x", None], pa.large_string()), "text", "string", ["x", None]),
    "view": (pa.array(["x", "a longer text than fits"], pa.string_view()), "text", "string", ["x", "a longer text than fits"]),
    "dictionary": (pa.array(["x", None, "x"]).dictionary_encode(), "text", "string", ["x", None, "x"]),
    "bytes": (pa.array(["für".encode(), None]), "text", "string", ["für", None]),
    "fixed": (pa.array([b"ab", b"cd"], pa.binary(2)), "text", "string", ["ab", "cd"]),
    "uuid": (pa.array([b"\x01" * 16, None], pa.uuid()), "text", "string", [str(UUID(bytes=b"\x01" * 16)), None]),
    "runs": (pa.RunEndEncodedArray.from_arrays([2, 3], [7, 8]), "integer", "int64", [7, 7, 8]),
    "list": (pa.array([[1, None], [], None]), "text", "string", ["[1, null]", "[]", None]),
    "struct": (
        pa.array([{"a": Decimal("1.10"), "b": [NOON], "é": float("nan")}]), "text", "string",
        ['{"a": "1.10", "b": ["2024-05-06 12:30:00.000001"], "é": "NaN"}'],
    ),
    "map": (
        pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())), "text", "string", ['{"k": 1}', None],
    ),
}  # fmt: skip
NOT_IN_PARQUET = {"float16", "decimal32", "runs", "decimal256", "time"}


@pytest.mark.parametrize("stream", [False, True], ids=["file", "stream"])
@pytest.mark.parametrize("name", EXACT)
def test_every_arrow_type_keeps_its_values_or_their_exact_text(
    judge: Judge, tmp_path: Path, name: str, stream: bool
) -> None:
    given, kind, published_type, values = EXACT[name]
    table = pa.table({"x": given, "y": list(range(len(given)))})
    report = read(judge, tmp_path, "t.arrow", arrow_bytes(table, stream=stream))
    assert report.columns[0].type == kind
    found = published(tmp_path)
    assert str(found.schema.field("x").type) == published_type
    assert found["x"].to_pylist() == values


@pytest.mark.parametrize("name", sorted(EXACT.keys() - NOT_IN_PARQUET))
def test_parquet_keeps_them_too(judge: Judge, tmp_path: Path, name: str) -> None:
    given, kind, _, values = EXACT[name]
    table = pa.table({"x": given, "y": list(range(len(given)))})
    report = read(judge, tmp_path, "t.parquet", parquet_bytes(table))
    assert report.columns[0].type == kind
    assert published(tmp_path)["x"].to_pylist() == values


def test_nanoseconds_are_kept_with_and_without_a_zone(judge: Judge, tmp_path: Path) -> None:
    given = [1_700_000_000_000_000_001, None]
    for zone in (None, "UTC"):
        table = pa.table({"x": pa.array(given, pa.timestamp("ns", zone))})
        assert (
            read(judge, tmp_path, "t.parquet", parquet_bytes(table)).columns[0].type == "timestamp"
        )
        found = published(tmp_path)["x"]
        assert found.type == pa.timestamp("ns", zone)
        assert found.cast(pa.int64()).to_pylist() == given


def test_old_timestamps_are_read_beyond_the_range_of_nanoseconds(
    judge: Judge, tmp_path: Path
) -> None:
    given = [
        datetime.fromisoformat("9999-12-31T23:59:59"),
        datetime.fromisoformat("0001-01-01"),
        NOON,
    ]
    table = pa.table({"x": pa.array(given, pa.timestamp("us"))})
    content = parquet_bytes(table, use_deprecated_int96_timestamps=True)
    read(judge, tmp_path, "t.parquet", content)
    assert published(tmp_path)["x"].to_pylist() == given


def test_old_timestamps_with_nanoseconds_are_refused_and_not_rounded(refusal: Refusal) -> None:
    table = pa.table({"x": pa.array([1_700_000_000_000_000_001], pa.timestamp("ns"))})
    content = parquet_bytes(table, use_deprecated_int96_timestamps=True)
    assert refusal("t.parquet", content).rule == "inexact_values"


REFUSED: Mapping[str, tuple[pa.Table, str]] = {
    "bytes that are no text": (pa.table({"x": [b"\xff\xfe"]}), "binary_values"),
    "union": (
        pa.table({"x": pa.UnionArray.from_dense(pa.array([0, 1], pa.int8()), pa.array([0, 0], pa.int32()), [pa.array([1]), pa.array(["x"])])}),
        "unsupported_type",
    ),
    "interval": (pa.table({"x": pa.array([(1, 2, 3)], pa.month_day_nano_interval())}), "unsupported_type"),
    "list view": (pa.table({"x": pa.array([[1]], pa.list_view(pa.int64()))}), "unsupported_type"),
    "same fields": (
        pa.table({"x": pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])}), "duplicate_keys",
    ),
    "NUL": (pa.table({"x": ["a\0b"]}), "nul_bytes"),
    "long": (pa.table({"x": ["x" * (1024**2 + 1)]}), "cell_too_large"),
    "same names": (pa.table([[1], [2]], names=["a", "A"]), "duplicate_column_name"),
    "no name": (pa.table([[1], [2]], names=["a", ""]), "empty_column_name"),
    "no columns": (pa.table({}), "no_columns"),
    "far second": (pa.table({"x": pa.array([2**60], pa.timestamp("s"))}), "inexact_values"),
    "same keys": (
        pa.table({"x": pa.array([[("k", 1), ("k", 2)]], pa.map_(pa.string(), pa.int64()))}), "inexact_values",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_kept_or_searched_is_refused(refusal: Refusal, name: str) -> None:
    table, rule = REFUSED[name]
    assert refusal("t.arrow", arrow_bytes(table)).rule == rule


def test_deep_types_are_refused(refusal: Refusal) -> None:
    deep = pa.int64()
    for _ in range(40):
        deep = pa.list_(deep)
    table = pa.table({"x": pa.nulls(1, deep)})
    assert refusal("t.arrow", arrow_bytes(table)).rule == "nested_too_deep"


def test_too_many_columns_are_refused(refusal: Refusal) -> None:
    wide = pa.table({f"c{n}": pa.array([1], pa.int8()) for n in range(100_000)})
    assert refusal("t.arrow", arrow_bytes(wide)).rule == "too_many_columns"
    narrower = wide.select(range(10_001))
    assert refusal("t.parquet", parquet_bytes(narrower)).rule == "too_many_columns"


def test_nan_and_infinity_count_as_missing_and_stay_what_they_are(
    judge: Judge, tmp_path: Path
) -> None:
    values = [1.5, float("nan"), float("inf"), 2.5, None]
    report = read(judge, tmp_path, "t.parquet", parquet_bytes(pa.table({"x": values})))
    assert (report.columns[0].type, report.columns[0].nulls, report.columns[0].mean) == (
        "number",
        3,
        2.0,
    )
    check = check_of(report, "structure:not_finite:x")
    assert (check.outcome, check.failed_rows) == (Outcome.WARN, 2)
    assert repr(published(tmp_path)["x"].to_pylist()) == "[1.5, nan, inf, 2.5, None]"


@pytest.mark.parametrize("values", [[None, None], [float("nan")], [1e300, -1e300, 1.0]], ids=str)
def test_a_column_of_numbers_that_cannot_be_measured_is_still_published(
    judge: Judge, tmp_path: Path, values: list[float | None]
) -> None:
    table = pa.table({"x": pa.array(values, pa.float64())})
    report = read(judge, tmp_path, "t.parquet", parquet_bytes(table))
    assert report.columns[0].type == "text"
    assert repr(published(tmp_path)["x"].to_pylist()) == repr(values)


def test_a_promised_type_is_the_columns_own_and_not_that_of_its_texts(
    judge: Judge, tmp_path: Path
) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(
        parquet_bytes(
            pa.table(
                {
                    "n": [2**63 - 1],
                    "d": pa.array([Decimal(10**30)], pa.decimal128(38, 0)),
                    "t": pa.array([1], pa.timestamp("ns", "UTC")),
                    "s": ["7.5"],
                }
            )
        )
    )
    contract = (
        "apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema:\n"
        "  - name: t\n    properties:\n      - {name: n, logicalType: integer}\n"
        "      - {name: d, logicalType: number}\n      - {name: t, logicalType: timestamp}\n"
        "      - {name: s, logicalType: integer}\n"
    )
    report = judge(path, contract)
    broken = [
        each.id for each in report.checks if each.id.startswith("contract") and each.failed_rows
    ]
    assert broken == ["contract:type:s"]


TABLE = pa.table({"a": list(range(500)), "b": [f"text {n}" for n in range(500)]})
FIELDS = [{"name": "a", "type": "long"}, {"name": "b", "type": "string"}]
WHOLE: Mapping[str, Callable[[], bytes]] = {
    "t.parquet": lambda: parquet_bytes(TABLE),
    "t.arrow": lambda: arrow_bytes(TABLE),
    "t.arrows": lambda: arrow_bytes(TABLE, stream=True),
    "t.orc": lambda: orc_bytes(TABLE),
    "t.avro": lambda: avro_bytes(FIELDS, TABLE.to_pylist(), sync_marker=b"s" * 16),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_was_cut_anywhere_is_refused(refusal: Refusal, name: str) -> None:
    whole = WHOLE[name]()
    for share in (0.1, 0.5, 0.9):
        assert refusal(name, whole[: int(len(whole) * share)]).rule == "damaged"
    assert refusal(name, whole[:-1]).rule == "damaged"


@pytest.mark.parametrize("name", WHOLE)
def test_bytes_behind_the_end_are_refused(refusal: Refusal, name: str) -> None:
    assert refusal(name, WHOLE[name]() + b"<script>").rule == "damaged"


def test_a_stream_that_ends_between_two_batches_is_refused(refusal: Refusal) -> None:
    assert refusal("t.arrows", arrow_bytes(TABLE, stream=True)[:-8]).rule == "damaged"


@pytest.mark.parametrize(
    ("footer", "rule"),
    [(0, "damaged"), (2**31, "damaged"), (2**32 - 1, "damaged"), (50, "damaged")],
)
def test_a_parquet_footer_that_lies_about_its_length_is_refused(
    refusal: Refusal, footer: int, rule: str
) -> None:
    whole = parquet_bytes(TABLE)
    assert refusal("t.parquet", whole[:-8] + struct.pack("<I", footer) + b"PAR1").rule == rule


def test_an_encrypted_parquet_file_is_refused_by_name(refusal: Refusal) -> None:
    whole = parquet_bytes(TABLE)
    assert refusal("t.parquet", b"PARE" + whole[4:-4] + b"PARE").rule == "encrypted"
    assert refusal("t.parquet", whole[:-4] + b"PARE").rule == "encrypted"


def test_a_changed_byte_of_a_parquet_page_is_noticed_by_its_checksum(refusal: Refusal) -> None:
    whole = bytearray(
        parquet_bytes(TABLE, write_page_checksum=True, compression="none", use_dictionary=False)
    )
    whole[whole.index(b"text 77")] ^= 1
    assert refusal("t.parquet", bytes(whole)).rule == "damaged"


def test_a_row_group_beyond_its_size_is_refused_and_says_so(
    refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "MOST_ROW_GROUP", 1000)
    check = refusal("t.parquet", parquet_bytes(TABLE))
    assert check.rule == "row_group_too_large"
    assert "row group" in check.fix


def test_a_few_bytes_that_declare_billions_of_rows_are_refused(refusal: Refusal) -> None:
    blocks = b"Obj\x01" + _avro_header() + b"s" * 16
    block = _zigzag(10**12) + _zigzag(0) + b"s" * 16
    assert refusal("t.avro", blocks + block).rule == "absurd_size"


def _zigzag(number: int) -> bytes:
    value, parts = number << 1, bytearray()
    while value >= 0x80:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def _avro_header(schema: bytes | None = None, codec: bytes = b"null") -> bytes:
    schema = schema or b'{"type":"record","name":"R","fields":[{"name":"a","type":"null"}]}'
    entries = {b"avro.schema": schema, b"avro.codec": codec}
    pairs = b"".join(
        _zigzag(len(key)) + key + _zigzag(len(value)) + value for key, value in entries.items()
    )
    return _zigzag(len(entries)) + pairs + _zigzag(0)


def test_an_avro_marker_that_is_wrong_is_noticed(refusal: Refusal) -> None:
    whole = WHOLE["t.avro"]()
    assert refusal("t.avro", whole[:-16] + b"x" * 16).rule == "damaged"


@pytest.mark.parametrize(
    ("schema", "codec", "rule"),
    [
        (b"[" * 200_000, b"null", "nested_too_deep"),
        (b"not json", b"null", "damaged"),
        (b'"int"', b"null", "not_records"),
        (b'{"type":"record","name":"R","fields":[{"name":"a","type":["int","string"]}]}', b"null", "unsupported_type"),
        (b'{"type":"record","name":"R","fields":[{"name":"a","type":["null","R"]}]}', b"null", "recursive_type"),
        (b'{"type":"record","name":"R","fields":[{"name":"a","type":"Other"}]}', b"null", "damaged"),
        (b'{"type":"record","name":"R","fields":[{"name":"a","type":' + b'{"type":"array","items":' * 40 + b'"int"' + b"}" * 40 + b"}]}", b"null", "nested_too_deep"),
        (b'{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}', b"snappy", "unsupported_compression"),
    ],
    ids=range(8),
)  # fmt: skip
def test_an_avro_schema_that_is_no_table_is_refused(
    refusal: Refusal, schema: bytes, codec: bytes, rule: str
) -> None:
    header = b"Obj\x01" + _avro_header(schema, codec) + b"s" * 16
    block = _zigzag(1) + _zigzag(1) + b"\x02" + b"s" * 16
    assert refusal("t.avro", header + block).rule == rule


def test_avro_keeps_its_logical_types(judge: Judge, tmp_path: Path) -> None:
    moment = NOON.replace(tzinfo=UTC)
    fields = [
        {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 30, "scale": 4}},
        {"name": "fixed", "type": {"type": "fixed", "name": "F", "size": 8, "logicalType": "decimal", "precision": 15, "scale": 2}},
        {"name": "day", "type": ["null", {"type": "int", "logicalType": "date"}]},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "local", "type": {"type": "long", "logicalType": "local-timestamp-millis"}},
        {"name": "clock", "type": {"type": "int", "logicalType": "time-millis"}},
        {"name": "key", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "kind", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}},
        {"name": "again", "type": "E"},
        {"name": "tags", "type": {"type": "map", "values": "long"}},
        {"name": "inner", "type": {"type": "record", "name": "I", "fields": [{"name": "d", "type": {"type": "int", "logicalType": "date"}}]}},
    ]  # fmt: skip
    row = {
        "amount": Decimal("12345678901234567890123456.7891"), "fixed": Decimal("-1.25"), "day": date(2024, 5, 6),
        "at": moment, "local": NOON.replace(microsecond=0), "clock": time(12, 30), "key": UUID(int=7), "kind": "B",
        "again": "A", "tags": {"x": 2**62}, "inner": {"d": date(1, 1, 1)},
    }  # fmt: skip
    report = read(judge, tmp_path, "t.avro", avro_bytes(fields, [row, row]))
    [found, _] = published(tmp_path).to_pylist()
    assert found == row | {
        "clock": "12:30:00.000",
        "key": str(UUID(int=7)),
        "tags": f'{{"x": {2**62}}}',
        "inner": '{"d": "0001-01-01"}',
    }
    assert [each.type for each in report.columns][:5] == ["number", "number", "date", "timestamp", "timestamp"]  # fmt: skip


def test_an_avro_decimal_that_is_longer_than_its_type_is_refused_and_not_rounded(
    refusal: Refusal,
) -> None:
    kind = {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}
    stored = avro_bytes([{"name": "x", "type": "bytes"}], [{"x": (1_234_567).to_bytes(3, "big")}])
    import json

    plain = json.dumps({"type": "record", "name": "Row", "fields": [{"name": "x", "type": kind}]})
    body = stored[stored.index(b"\x00", 20) + 1 :]
    header = b"Obj\x01" + _avro_header(plain.encode()) + body[:16]
    block = _zigzag(1) + _zigzag(4) + _zigzag(3) + (1_234_567).to_bytes(3, "big")
    assert refusal("t.avro", header + block + body[:16]).rule == "damaged"


def test_orc_keeps_its_logical_types(judge: Judge, tmp_path: Path) -> None:
    row = {
        "d": Decimal("1234567890123456789012345678.0123456789"),
        "day": date(1, 1, 1),
        "at": NOON,
        "zone": NOON.replace(tzinfo=UTC),
        "list": [1, 2],
        "n": 2**63 - 1,
    }
    schema = pa.schema(
        [("d", pa.decimal128(38, 10)), ("day", pa.date32()), ("at", pa.timestamp("us")),
         ("zone", pa.timestamp("us", "Europe/Vienna")), ("list", pa.list_(pa.int32())), ("n", pa.int64())]
    )  # fmt: skip
    read(judge, tmp_path, "t.orc", orc_bytes(pa.Table.from_pylist([row], schema)))
    [found] = published(tmp_path).to_pylist()
    assert found == row | {"list": "[1, 2]"}


def test_an_orc_timestamp_beyond_its_reader_is_refused_with_its_stripe(refusal: Refusal) -> None:
    table = pa.table({"x": pa.array([datetime.fromisoformat("9999-01-01")], pa.timestamp("us"))})
    check = refusal("t.orc", orc_bytes(table))
    assert (check.rule, "Stripe 1" in check.message) == ("inexact_values", True)


def test_a_dictionary_that_unfolds_to_gigabytes_is_read_in_pieces(
    judge: Judge, tmp_path: Path
) -> None:
    entry = "x" * 100_000
    table = pa.table(
        {"x": pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int8()), [entry])}
    )
    assert read(judge, tmp_path, "t.arrow", arrow_bytes(table)).rows == 1_000
