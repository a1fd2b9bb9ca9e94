"""Text in another encoding is read and reported; what an encoding does not define is refused."""

import codecs
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dcs.validation import Outcome, Severity
from dcs.validation.delimited.encodings import CHUNK, detect_encoding, transcode
from dcs.validation.refusal import StructureError
from tests.validation.conftest import Judge, check_of

TEXT = "id,name\n1,Åse Müller\n2,Zoë – “Zo”\n"


@pytest.mark.parametrize(
    ("encoding", "mark", "title", "severity"),
    [
        ("utf-16-le", codecs.BOM_UTF16_LE, "UTF-16 (little endian)", Severity.INFO),
        ("utf-16-be", codecs.BOM_UTF16_BE, "UTF-16 (big endian)", Severity.INFO),
        ("utf-16-le", b"", "UTF-16 (little endian)", Severity.WARNING),
        ("utf-16-be", b"", "UTF-16 (big endian)", Severity.WARNING),
        ("utf-32-le", codecs.BOM_UTF32_LE, "UTF-32 (little endian)", Severity.INFO),
        ("utf-32-be", codecs.BOM_UTF32_BE, "UTF-32 (big endian)", Severity.INFO),
        ("cp1252", b"", "Windows-1252", Severity.WARNING),
    ],
)
def test_another_encoding_is_read_and_reported(
    judge: Judge, tmp_path: Path, encoding: str, mark: bytes, title: str, severity: Severity
) -> None:
    report = judge(mark + TEXT.encode(encoding))
    check = check_of(report, "structure:encoding")
    assert (check.outcome, check.severity) == (Outcome.WARN, severity)
    assert title in check.message
    assert "6 " in check.message
    assert ("for certain" in check.message) is (severity is Severity.WARNING)
    table = pq.read_table(tmp_path / "table.parquet")
    assert table["name"].to_pylist() == ["Åse Müller", "Zoë – “Zo”"]
    assert report.bytes == len(mark + TEXT.encode(encoding))


def test_western_text_without_windows_characters_is_latin_1(judge: Judge, tmp_path: Path) -> None:
    report = judge("id,name\n1,Åse\n2,Zoë\n".encode("latin-1"))
    assert "Latin-1: 2 bytes" in check_of(report, "structure:encoding").message.replace(
        " and turned into UTF-8", ""
    )
    assert pq.read_table(tmp_path / "table.parquet")["name"].to_pylist() == ["Åse", "Zoë"]


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_utf8_is_read_from_the_file_itself_and_passes(judge: Judge, mark: bytes) -> None:
    report = judge(mark + TEXT.encode())
    assert check_of(report, "structure:encoding").outcome is Outcome.PASSED
    assert [each.name for each in report.columns] == ["id", "name"]


@pytest.mark.parametrize(
    ("content", "rule", "says"),
    [
        (b"a,b\n1,\x80\n2,\x81\n", "undefined_byte", "Line 3 has a byte that Windows-1252"),
        (b"a,b\n1,\x80\n2,\x81\n", "undefined_byte", "(byte 10)"),
        ("a,é\nö,".encode() + b"\xff\n", "not_utf8", "line 2 (byte 8)"),
        ("a,é\nö,".encode() + b"\xc3", "not_utf8", "line 2 (byte 8)"),
        (codecs.BOM_UTF8 + b"a,b\n1,\xff\n", "not_utf8", "line 2 (byte 9)"),
        (codecs.BOM_UTF16_LE + "a\n1\n".encode("utf-16-le") + b"\x00\xd8", "undefined_byte", "3"),
        (codecs.BOM_UTF16_LE + "a\n1\0\n".encode("utf-16-le"), "nul_bytes", "line 2"),
        ("имя\nиван\n".encode("cp1251") * 20, "unknown_encoding", "too many"),
        (b"a,b\n" + b"\x01\x02\xfe,\x03\n" * 9, "binary_content", "control characters"),
        ("a,b\nx,é\n1,\0".encode(), "nul_bytes", "byte 11"),
    ],
)
def test_what_an_encoding_does_not_define_is_refused_by_name_and_place(
    judge: Judge, content: bytes, rule: str, says: str
) -> None:
    [check] = judge(content).checks
    assert check.rule == rule
    assert says in check.message
    assert check.fix


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "cp1252"])
def test_a_character_on_the_edge_of_a_piece_is_read_whole(tmp_path: Path, encoding: str) -> None:
    path, target = tmp_path / "a.csv", tmp_path / "b.csv"
    for shift in range(4):
        text = "x" * (CHUNK // (2 if "16" in encoding else 1) - 2 + shift - 2) + "é€é€\nb\n"
        path.write_bytes(text.encode(encoding))
        found = detect_encoding(path)
        assert found.name == encoding
        if not found.is_utf8:
            found = transcode(path, found, target)
            assert target.read_bytes() == text.encode()
            assert found.not_ascii == 4


def test_an_undefined_byte_behind_the_first_piece_has_its_line_and_offset(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"abc\n" * (CHUNK // 4) + b"\x80\n\x9d\n")
    with pytest.raises(StructureError) as error:
        transcode(path, detect_encoding(path), tmp_path / "b.csv")
    assert f"Line {CHUNK // 4 + 2:,} " in error.value.message
    assert f"(byte {CHUNK + 2:,})" in error.value.message
