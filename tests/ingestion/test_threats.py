"""Every known threat has its answer: quarantine with a reason, or a refusal by the reader behind."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dcs.catalog import ProblemSeverity
from dcs.core.settings import Settings
from dcs.engines.scanner import scanner_for
from dcs.engines.scanner.yara import YaraScanner
from dcs.ingestion import Inspection, inspect_file
from dcs.ingestion.inspection import TASK
from dcs.studio import local_sandbox
from dcs.validation import Caps
from dcs.validation.running import judge_file
from tests.malware import EICAR
from tests.threats import HARMLESS, HOSTILE, INFECTED, REFUSED, TABLE, sheet, workbook

SCANNER = YaraScanner()


def inspect(tmp_path: Path, filename: str, content: bytes, caps: Caps | None = None) -> Inspection:
    path = tmp_path / "object"
    path.write_bytes(content)
    found = inspect_file(path, filename=filename, scanner=SCANNER, caps=caps)
    assert Inspection.from_json(found.to_json()) == found
    return found


def refusal(tmp_path: Path, filename: str) -> str:
    """Judge the file that was inspected; return the rule by which it is refused."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    arguments = {
        "path": str(tmp_path / "object"),
        "filename": filename,
        "contract": None,
        "target": str(tmp_path / "table.parquet"),
        "scratch": str(scratch),
        "memory": 2 * 1024**3,
    }
    [check] = judge_file(arguments)["checks"]
    assert (check["kind"], check["outcome"]) == ("structure", "FAILED")
    rule: str = check["rule"]
    return rule


def codes(found: Inspection, severity: ProblemSeverity) -> set[str]:
    return {problem.code for problem in found.problems if problem.severity is severity}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_file_is_named_and_waits_in_quarantine(
    tmp_path: Path, make: Callable[[], tuple[str, bytes, str]]
) -> None:
    filename, content, code = make()
    found = inspect(tmp_path, filename, content)
    assert code in {problem.code for problem in found.hostile}, found.problems
    assert found.verdict in {"clean", "unscanned", "too_large"}


@pytest.mark.parametrize("make", REFUSED.values(), ids=list(REFUSED))
def test_what_contradicts_its_name_is_named_and_the_strict_reader_refuses_it(
    tmp_path: Path, make: Callable[[], tuple[str, bytes, str]]
) -> None:
    filename, content, code = make()
    found = inspect(tmp_path, filename, content)
    assert code in codes(found, ProblemSeverity.MISMATCH), found.problems
    assert found.hostile == ()
    assert found.verdict == "clean"
    assert refusal(tmp_path, filename)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (TABLE + b"1\n1,2,3\n", "ragged_rows"),
        (TABLE + b'1,"never closed\n' + TABLE, "unclosed_quote"),
        (("id,name\n" + "1,é\n" * 200).encode() + b"1,\xff\n", "not_utf8"),
        (b",".join(b"c%d" % n for n in range(100_000)) + b"\n", "too_many_columns"),
    ],
)
def test_what_only_the_table_shows_is_left_to_the_strict_reader(
    tmp_path: Path, content: bytes, rule: str
) -> None:
    found = inspect(tmp_path, "a.csv", content)
    assert (found.verdict, found.problems) == ("clean", ())
    assert refusal(tmp_path, "a.csv") == rule


@pytest.mark.parametrize("make", INFECTED.values(), ids=list(INFECTED))
def test_malware_is_found_however_it_is_packed(
    tmp_path: Path, make: Callable[[], tuple[str, bytes]]
) -> None:
    found = inspect(tmp_path, *make())
    assert (found.verdict, found.threat) == ("infected", "EICAR_Test_File")


@pytest.mark.service("clamd")
@pytest.mark.parametrize("make", INFECTED.values(), ids=list(INFECTED))
def test_clamd_behind_the_embedded_rules_agrees(
    tmp_path: Path, make: Callable[[], tuple[str, bytes]]
) -> None:
    filename, content = make()
    (tmp_path / "object").write_bytes(content)
    for name in ("STUDIO_TEST_CLAMD", "STUDIO_TEST_CLAMD_TCP"):
        both = scanner_for(os.environ[name])
        for scanner in (both, both.scanners[1]):  # type: ignore[attr-defined]
            found = inspect_file(tmp_path / "object", filename=filename, scanner=scanner)
            assert found.verdict == "infected"
            assert "ClamAV " in (found.revision or "")


@pytest.mark.parametrize("make", HARMLESS.values(), ids=list(HARMLESS))
def test_an_ordinary_file_of_each_format_passes(
    tmp_path: Path, make: Callable[[], bytes], request: pytest.FixtureRequest
) -> None:
    filename = request.node.callspec.id
    found = inspect(tmp_path, filename, make())
    assert (found.verdict, found.threat, found.problems) == ("clean", None, ())
    assert (found.revision or "").startswith("yara-x ")


def test_a_file_is_never_clean_when_it_was_not_decoded_to_its_end(tmp_path: Path) -> None:
    for name in ("gzip bomb", "gzip cut short", "zip whose size lies", "macros"):
        assert inspect(tmp_path, *HOSTILE[name]()[:2]).verdict != "clean", name


def test_without_a_scanner_the_other_threats_are_named_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "object"
    path.write_bytes(TABLE + EICAR)
    found = inspect_file(path, filename="a.csv", scanner=None)
    assert (found.verdict, found.problems, found.revision) == ("unscanned", (), None)
    filename, content, code = HOSTILE["cell in the last corner"]()
    path.write_bytes(content)
    found = inspect_file(path, filename=filename, scanner=None)
    assert [problem.code for problem in found.hostile] == [code]


def test_an_absent_daemon_calls_nothing_clean(tmp_path: Path) -> None:
    path = tmp_path / "object"
    path.write_bytes(TABLE)
    found = inspect_file(path, filename="a.csv", scanner=scanner_for("clamd:///nowhere.sock"))
    assert (found.verdict, found.revision) == ("error", None)


def test_no_problem_repeats_what_the_file_says(tmp_path: Path) -> None:
    secret = b"Maria-Secret-7"
    for content in (secret + b"\x00", secret * 100_000, secret + b"%PDF-1.7 %%EOF"):
        for problem in inspect(tmp_path, "a.csv", content).problems:
            assert "Secret" not in problem.detail


def test_problems_say_where(tmp_path: Path) -> None:
    found = inspect(tmp_path, "a.csv", TABLE + b"7,\x00\n")
    assert [problem.offset for problem in found.problems] == [len(TABLE) + 2]


def test_a_large_sheet_inside_the_cap_passes(tmp_path: Path) -> None:
    cells = [f"{'ABCDEFGHIJ'[n % 10]}{n // 10 + 1}" for n in range(50_000)]
    content = workbook(sheet(*cells, dimension="A1:J5000"))
    assert inspect(tmp_path, "a.xlsx", content).problems == ()
    found = inspect(tmp_path, "a.xlsx", content, Caps(cells=49_999))
    assert [problem.code for problem in found.hostile] == ["cell_references"]


def test_an_empty_last_row_does_not_make_a_sheet_too_large(tmp_path: Path) -> None:
    content = sheet("A1", "CV2").replace(b"</sheetData>", b'<row r="1048576"/></sheetData>')
    assert inspect(tmp_path, "a.xlsx", workbook(content)).problems == ()


@pytest.mark.parametrize("line", [999, 1000, 1001])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_the_longest_line_counts_wherever_it_lies(tmp_path: Path, line: int, end: bytes) -> None:
    caps = Caps(line=1000)
    content = b"a" + end + b"x" * (line - len(end) + 1) + end + b"1" + end
    found = codes(inspect(tmp_path, "a.csv", content, caps), ProblemSeverity.MISMATCH)
    assert found == ({"long_line"} if line > 1000 else set())


@pytest.mark.anyio
async def test_the_child_answers_the_same(tmp_path: Path) -> None:
    sandbox, limits = local_sandbox(Settings())
    path = tmp_path / "object"
    path.write_bytes(TABLE + EICAR)
    arguments = {"path": str(path), "filename": "a.csv", "scanner": None, "scan": True}
    answer = await sandbox.run(TASK, {**arguments, "caps": Caps().to_json()}, limits)
    assert Inspection.from_json(answer).verdict == "infected"
    answer = await sandbox.run(TASK, {**arguments, "scan": False}, limits)
    assert Inspection.from_json(answer).verdict == "unscanned"
