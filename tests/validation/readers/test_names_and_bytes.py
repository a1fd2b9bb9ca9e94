"""The name says what a file is, its bytes have to agree, and a packed file is unpacked strictly."""

import builtins
import gzip
import io
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq
import pytest

from dcs.validation.readers import ENDINGS, FORMATS, format_of, source_of
from tests.archives import zipped, zstd
from tests.spreadsheets import sheet_xml, write_xlsx
from tests.validation.conftest import Judge
from tests.validation.readers.conftest import Refusal

CSV = b"a,b\n1,2\n"


def gz(content: bytes) -> bytes:
    """Pack without the time of day, so that a test keeps its name."""
    return gzip.compress(content, mtime=0)


def parquet_bytes() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": [1]}), sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.csv", parquet_bytes(), "The name says CSV and the content is Parquet."),
        ("t.ndjson", parquet_bytes(), "The name says NDJSON and the content is Parquet."),
        ("t.parquet", CSV, "The name says Parquet and the content is something else."),
        ("t.parquet", b"ORC" + bytes(40), "The name says Parquet and the content is ORC."),
        ("t.orc", parquet_bytes(), "The name says ORC and the content is Parquet."),
        ("t.avro", b"{}", "The name says Avro and the content is something else."),
        ("t.arrow", b"FEA1" + bytes(40), "The name says Arrow and the content is something else."),
        ("t.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "The name says Excel and the content is an old"),
        ("t.csv", gz(CSV), "The name says CSV and the content is gzip."),
        ("t.csv.gz", CSV, "The name says gzip and the content is something else."),
        ("t.csv.zst", gz(CSV), "The name says zstd and the content is gzip."),
        ("t.csv.gz", gz(parquet_bytes()), "The name says CSV and the content is Parquet."),
        ("t.csv.zip", zipped({"t.json": b"[]"}), "The name says CSV and the file inside is JSON."),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[:80],
)  # fmt: skip
def test_a_name_that_contradicts_the_bytes_is_refused_with_both(
    refusal: Refusal, name: str, content: bytes, says: str
) -> None:
    check = refusal(name, content)
    assert check.rule == "binary_content"
    assert check.message.startswith(says)


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("t.csv.gz", gz(CSV * 500)[:-9], "gzip_truncated"),
        ("t.csv.gz", gz(CSV)[:-5] + b"\0\0\0\0\0", "gzip_crc"),
        ("t.csv.gz", gz(CSV) + b"more", "trailing_garbage"),
        ("t.csv.gz", gz(gz(CSV)), "nested_archive"),
        ("t.csv.gz", gz(b""), "empty_file"),
        ("t.csv.gz", gz(b"a,b\n1\n"), "ragged_rows"),
        ("t.csv.zst", zstd(CSV)[:-6], "zstd_truncated"),
        ("t.zip", zipped({"a.csv": CSV, "b.csv": CSV}), "zip_single"),
        ("t.parquet.gz", gz(parquet_bytes()), "packed_binary"),
        ("t.zip", zipped({"t.parquet": parquet_bytes()}), "packed_binary"),
    ],
)
def test_a_packed_file_that_is_broken_is_refused_by_name(
    refusal: Refusal, name: str, content: bytes, rule: str
) -> None:
    assert refusal(name, content).rule == rule


def one_of_each(folder: Path) -> dict[str, bytes]:
    table = pa.table({"a": pa.array([], pa.int64())})
    pq.write_table(table, folder / "e.parquet")
    orc.write_table(table, folder / "e.orc")
    for ending, open_writer in (("arrow", pa.ipc.new_file), ("arrows", pa.ipc.new_stream)):
        with pa.OSFile(str(folder / f"e.{ending}"), "wb") as sink, open_writer(sink, table.schema):
            pass
    write_xlsx(folder / "e.xlsx", {"S": sheet_xml([["a"]])})
    (folder / "e.ndjson").write_text("\n \n")
    (folder / "e.json").write_text(" [ ] ")
    (folder / "e.avro").write_bytes(_empty_avro())
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _empty_avro() -> bytes:
    import fastavro

    sink = io.BytesIO()
    schema = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}
    fastavro.writer(sink, schema, [])
    return sink.getvalue()


def test_a_table_without_rows_is_refused_in_every_format(tmp_path: Path, refusal: Refusal) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    files = one_of_each(folder)
    assert len(files) == len(FORMATS)  # all but CSV, and Arrow twice
    for name, content in files.items():
        assert refusal(name, content).rule == "no_rows", name


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_without_bytes_is_refused_in_every_format(refusal: Refusal, ending: str) -> None:
    assert refusal(f"t{ending}", b"").rule == "empty_file"


@pytest.mark.parametrize("ending", [".parquet", ".orc", ".avro", ".arrow", ".xlsx"])
def test_a_file_of_its_first_bytes_only_is_refused(refusal: Refusal, ending: str) -> None:
    for head in format_of(f"t{ending}").heads:
        assert refusal(f"t{ending}", head).rule in {"damaged", "encrypted", "zip_broken"}


@pytest.mark.parametrize(
    ("name", "module", "extra"), [("t.avro", "fastavro", "formats"), ("t.xlsx", "python_calamine", "excel")]
)  # fmt: skip
def test_a_reader_that_is_not_installed_is_named_with_its_extra(
    refusal: Refusal, monkeypatch: pytest.MonkeyPatch, name: str, module: str, extra: str
) -> None:
    usual = builtins.__import__

    def absent(wanted: str, *more: Any, **named: Any) -> Any:
        if wanted.partition(".")[0] == module:
            raise ImportError(wanted)
        return usual(wanted, *more, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    check = refusal(name, format_of(name).heads[0] + bytes(64))
    assert check.rule == "reader_not_installed"
    assert f"pip install data-collaboration-studio[{extra}]" in check.fix


def test_the_package_imports_no_reader_before_a_file_needs_it() -> None:
    import subprocess

    code = (
        "import sys, dcs.validation, dcs.validation.judging; "
        "print([m for m in ('fastavro', 'python_calamine', 'pyarrow.orc') if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_what_is_packed_keeps_its_own_name(tmp_path: Path) -> None:
    files = {
        "t.tsv.gz": gz(CSV), "t.gz": gz(CSV), "t.zip": zipped({"x.tsv": CSV}), "t.csv.zip": zipped({"x": CSV}),
    }  # fmt: skip
    names = []
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        names.append(source_of(tmp_path / name, name, tmp_path).filename)
    assert names == ["t.tsv", "t", "t.tsv", "t.csv"]


def test_a_name_without_an_ending_means_csv(judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(CSV)
    assert judge(path).rows == 1
