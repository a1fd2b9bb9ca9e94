"""Names of senders are shown and never believed."""

import time

import pytest

from dcs.ingestion import (
    CHOSEN,
    FORMATS,
    SUPPORTED,
    UnsupportedFormatError,
    format_of,
    safe_filename,
    supported_extension,
)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("a.csv", "a.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.csv", "a.csv"),
        ("/", "unnamed"),
        ("", "unnamed"),
        ("..", "unnamed"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie: x.csv"),
        ("a\x00\x1b[31m.csv", "a[31m.csv"),
        ("invoice\u202evsc.exe", "invoicevsc.exe"),
        ("a\u2066b\u2069\u200b\ufeff.csv", "ab.csv"),
        ("e\u0301.csv", "\u00e9.csv"),
        ("\ud800.csv", "csv"),
    ],
)
def test_a_hostile_name_is_shown_without_its_tricks(sent: str, shown: str) -> None:
    assert safe_filename(sent) == shown


@pytest.mark.parametrize("letter", ["x", "é", "\u5b57", "\U0001f600"])
@pytest.mark.parametrize("last", [".csv", ".csv.gz", ".CSV.ZST"])
def test_a_name_of_64_kilobytes_is_cut_at_once_and_keeps_its_ending(letter: str, last: str) -> None:
    begin = time.process_time()
    shown = safe_filename(letter * 65_536 + last)
    assert time.process_time() - begin < 0.5
    assert len(shown.encode()) <= 255
    assert shown.startswith(letter)
    assert shown.endswith(last)
    assert supported_extension(shown) == last.lower()


def test_an_ending_without_an_end_is_cut_too() -> None:
    assert len(safe_filename("a." + "x" * 65_536).encode()) <= 255


@pytest.mark.parametrize(
    ("name", "extension", "form"),
    [
        ("a.csv", ".csv", "csv"),
        ("A.B.TSV", ".tsv", "tsv"),
        ("a.txt", ".txt", "csv"),
        ("a.csv.gz", ".csv.gz", "csv"),
        ("a.b.tsv.zst", ".tsv.zst", "tsv"),
        ("a.csv.zip", ".csv.zip", "csv"),
        ("a.zip", ".zip", "csv"),
        ("a.b.zip", ".zip", "csv"),
        ("a.jsonl", ".jsonl", "ndjson"),
        ("a.ndjson", ".ndjson", "ndjson"),
        ("a.json", ".json", "json"),
        ("a.parquet", ".parquet", "parquet"),
        ("a.feather", ".feather", "arrow"),
        ("a.orc", ".orc", "orc"),
        ("a.avro", ".avro", "avro"),
        ("a.xlsx", ".xlsx", "xlsx"),
    ],
)
def test_an_ending_tells_the_format(name: str, extension: str, form: str) -> None:
    assert supported_extension(name) == extension
    assert format_of(extension) == form


@pytest.mark.parametrize(
    "name",
    ["a", "a.exe", "a.gz", "a.parquet.gz", "a.xlsm", "a.csv.exe", "a.gz.csv.7z", "csv", ".csv"],
)
def test_another_ending_is_refused(name: str) -> None:
    with pytest.raises(UnsupportedFormatError):
        supported_extension(name)


def test_a_tenant_takes_only_the_formats_it_allows() -> None:
    assert supported_extension("a.csv.gz", {"csv"}) == ".csv.gz"
    with pytest.raises(UnsupportedFormatError, match="parquet are not taken here"):
        supported_extension("a.parquet", ["csv", "xlsx"])
    with pytest.raises(UnsupportedFormatError):
        supported_extension("a.csv", [])


def test_every_ending_has_a_format_and_can_be_chosen() -> None:
    assert {format_of(each) for each in SUPPORTED} == set(FORMATS.values())
    assert all(each.endswith(CHOSEN) for each in SUPPORTED)
