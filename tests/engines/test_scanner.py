"""The contract of the scanner: what must be found is found, wherever it lies."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from dcs.engines.scanner import Scanner, VerdictKind
from dcs.engines.scanner.yara import OVERLAP, WINDOW, YaraScanner
from tests.malware import EICAR


@pytest.fixture(params=["yara"], scope="module")
def scanner(request: pytest.FixtureRequest) -> Scanner:
    return {"yara": YaraScanner}[request.param]()


def test_ordinary_text_is_clean(scanner: Scanner, tmp_path: Path) -> None:
    path = tmp_path / "clean.csv"
    path.write_text("name,formula\nPowerShell basics,=A1+B1\ncmd,-2.5\n")
    assert scanner.scan(path).kind is VerdictKind.CLEAN


@pytest.mark.parametrize(
    "offset",
    [0, 1, 5_000, WINDOW - 34, WINDOW - 1, WINDOW, WINDOW + OVERLAP - 34, 2 * WINDOW - 10],
)
def test_the_test_string_is_found_anywhere_also_across_windows(
    scanner: Scanner, tmp_path: Path, offset: int
) -> None:
    path = tmp_path / "infected.csv"
    path.write_bytes(b"x" * offset + EICAR + b"\n1,2,3\n")
    verdict = scanner.scan(path)
    assert (verdict.kind, verdict.threat) == (VerdictKind.INFECTED, "EICAR_Test_File")


@pytest.mark.parametrize(
    ("content", "threat"),
    [
        (b"MZ\x90\x00....!This program cannot be run in DOS mode.\r\n", "Windows_Executable"),
        (b"a,b\n1,=cmd|'/c calc'!A0\n", "Spreadsheet_Command_Formula"),
        (b"note\npowershell.exe -nop -enc " + b"QUJD" * 20, "PowerShell_Encoded_Command"),
    ],
)
def test_known_tricks_are_found(
    scanner: Scanner, tmp_path: Path, content: bytes, threat: str
) -> None:
    path = tmp_path / "trick.csv"
    path.write_bytes(content)
    assert scanner.scan(path).threat == threat


def test_a_file_that_cannot_be_read_is_not_clean(scanner: Scanner, tmp_path: Path) -> None:
    assert scanner.scan(tmp_path / "missing").kind is VerdictKind.ERROR


def test_published_files_are_clean(scanner: Scanner, real_data: Mapping[str, Path]) -> None:
    verdicts = {name: scanner.scan(path).kind for name, path in real_data.items()}
    assert set(verdicts.values()) == {VerdictKind.CLEAN}, verdicts
