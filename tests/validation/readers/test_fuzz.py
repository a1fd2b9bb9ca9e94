"""Damaged files of every binary format: the real sandbox always answers with a report."""

import random
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from dcs.engines.sandbox import Limits
from dcs.engines.sandbox.process import ProcessSandbox
from dcs.validation import Report, judge
from tests.spreadsheets import sheet_xml, write_xlsx
from tests.validation.readers.test_columnar import (
    FIELDS,
    arrow_bytes,
    avro_bytes,
    orc_bytes,
    parquet_bytes,
)

INPUTS = {"test": 2, "ci": 40, "soak": 400}
TABLE = pa.table(
    {
        "a": list(range(60)),
        "b": [f"text {n % 7}" for n in range(60)],
        "c": pa.array([[n, None] for n in range(60)]),
    }
)


def whole(folder: Path) -> Mapping[str, bytes]:
    rows = TABLE.select(["a", "b"]).to_pylist()
    sheet = sheet_xml([["a", "b"], *(list(row.values()) for row in rows)])
    return {
        "t.parquet": parquet_bytes(TABLE),
        "t.arrow": arrow_bytes(TABLE),
        "t.arrows": arrow_bytes(TABLE, stream=True),
        "t.orc": orc_bytes(TABLE),
        "t.avro": avro_bytes(FIELDS, rows, codec="deflate", sync_marker=b"s" * 16),
        "t.xlsx": write_xlsx(folder / "whole.xlsx", {"A": sheet}).read_bytes(),
    }


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Change some bytes, cut, or repeat a piece; both ends mostly stay, so that readers go on."""
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 8, 64])):
        changed[chance.randrange(8, len(changed) - 8)] = chance.randrange(256)
    match chance.randrange(6):
        case 0:
            del changed[chance.randrange(len(changed)) :]
        case 1:
            begin = chance.randrange(len(changed))
            changed[begin:begin] = changed[begin : begin + 64]
    return bytes(changed)


async def judged(folder: Path, number: int, name: str, content: bytes) -> Report:
    place = folder / str(number)
    (place / "scratch").mkdir(parents=True)
    path = place / name
    path.write_bytes(content)
    return await judge(
        ProcessSandbox(),
        path,
        filename=name,
        contract=None,
        target=place / "table.parquet",
        scratch=place / "scratch",
        limits=Limits(seconds=30),
    )


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["t.parquet", "t.arrow", "t.arrows", "t.orc", "t.avro", "t.xlsx"])
async def test_a_damaged_file_always_ends_as_a_report(
    tmp_path: Path, scale: str, name: str
) -> None:
    chance = random.Random(f"{name} 1")
    content = whole(tmp_path)[name]
    inputs = [damaged(content, chance) for _ in range(INPUTS[scale])]
    for number, each in enumerate(inputs):
        report = await judged(tmp_path, number, name, each)
        refused = report.rows is None
        assert (tmp_path / str(number) / "table.parquet").exists() is not refused
        assert report.checks[0].rule != "reader_time", number
        if refused:
            assert report.checks[0].message
            assert report.checks[0].fix


@pytest.mark.anyio
async def test_a_small_file_that_unfolds_without_bound_ends_as_a_report(tmp_path: Path) -> None:
    """One long text, repeated by a dictionary's index: 12 GB from a few hundred kilobytes."""
    indices = pa.array([0] * 60_000, pa.int8())
    table = pa.table({"x": pa.DictionaryArray.from_arrays(indices, ["x" * 200_000])})
    report = await judged(tmp_path, 0, "t.parquet", parquet_bytes(table))
    assert (report.rows, report.checks[0].rule) == (None, "reader_memory")
