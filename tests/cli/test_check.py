"""`dcs check` as a program: its forms, its files, its codes, its bar."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result
from tests.validation.schemas import complaints

Run = Callable[..., Result]


@pytest.fixture
def members(tmp_path: Path) -> Path:
    path = tmp_path / "members.csv"
    path.write_text("id,email\n1,person1@example.org\n2,nobody\n3,canary-value@example.org\n")
    return path


@pytest.mark.parametrize(
    ("form", "begins"), [("html", "<!doctype html>"), ("sarif", "{"), ("json", "{")]
)
def test_each_form_goes_to_stdout_alone(dcs: Run, members: Path, form: str, begins: str) -> None:
    result = dcs("check", members, "--format", form)
    assert result.code == 3
    assert result.out.startswith(begins)
    assert "canary-value" not in result.out
    assert result.err == ""


def test_json_follows_the_published_schema_and_sarif_its_version(dcs: Run, members: Path) -> None:
    assert complaints(dcs("check", members, "--json").json) == []
    assert dcs("check", members, "--format", "sarif").json["version"] == "2.1.0"


@pytest.mark.parametrize(
    ("name", "begins"),
    [("r.html", "<!doctype html>"), ("r.json", "{"), ("r.sarif", "{"), ("r.txt", "error ")],
)
def test_the_ending_of_the_output_says_its_form_and_the_verdict_goes_to_stderr(
    dcs: Run, members: Path, tmp_path: Path, name: str, begins: str
) -> None:
    result = dcs("check", members, "-o", tmp_path / name)
    assert (tmp_path / name).read_text().startswith(begins)
    assert result.out == ""
    assert result.err.startswith("FAILED  members.csv: 3 rows")


def test_a_form_that_was_asked_for_wins_over_the_ending(
    dcs: Run, members: Path, tmp_path: Path
) -> None:
    dcs("check", members, "-o", tmp_path / "r.html", "--format", "json")
    assert json.loads((tmp_path / "r.html").read_text())["status"] == "FAILED"


def test_an_output_that_cannot_be_written_says_so(dcs: Run, members: Path, tmp_path: Path) -> None:
    result = dcs("check", members, "-o", tmp_path / "none" / "r.html")
    assert result.code == 1
    assert "cannot be written" in result.err


@pytest.mark.parametrize("form", ["table", "json", "html", "sarif"])
def test_a_name_that_is_no_text_is_still_written(dcs: Run, tmp_path: Path, form: str) -> None:
    path = tmp_path / os.fsdecode(b"odd\xff.csv")
    path.write_text("a,b\n1,2\n3,4\n")
    result = dcs("check", path, "--format", form, "-o", tmp_path / "report")
    assert result.code in {0, 3}
    assert b"odd" in (tmp_path / "report").read_bytes()


def test_never_failing_still_tells(dcs: Run, members: Path) -> None:
    result = dcs("check", members, "--fail-on", "never")
    assert result.code == 0
    assert "FAILED" in result.out
    assert dcs("check", members, "--fail-on", "sometimes").code == 2


def test_everything_by_itself_if_asked(dcs: Run, tmp_path: Path) -> None:
    path = tmp_path / "flat.csv"
    rows = "".join(
        "1000,1000,1000\n" if n == 7 else f"{n % 5},{n % 4},{n % 3}\n" for n in range(99)
    )
    path.write_text("a,b,c\n" + rows)
    short, long = dcs("check", path), dcs("check", path, "--verbose")
    assert "and 2 more columns: values more than 3 deviations" in short.out
    assert "to mend" not in short.out
    assert long.out.count("values more than 3 deviations") == 3
    assert long.out.count("to mend: Check whether they are mistakes") == 6


def in_a_terminal(arguments: list[str], **environment: str) -> tuple[str, str]:
    """Run `dcs` with both streams on terminals of their own, 80 columns wide; return them."""
    streams = []
    (out, out_end), (err, err_end) = pty.openpty(), pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "dcs", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=out_end,
        stderr=err_end,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", **environment},
    )
    os.close(out_end)
    os.close(err_end)
    for stream in (err, out):
        said = b""
        try:
            while part := os.read(stream, 4096):
                said += part
        except OSError:
            pass  # a terminal whose last writer has gone reads as an error
        os.close(stream)
        streams.append(said.decode())
    child.wait()
    return streams[1], streams[0]


def test_a_person_sees_a_bar_and_then_a_folded_coloured_report(members: Path) -> None:
    out, err = in_a_terminal(["check", str(members)])
    assert "judging" in err
    assert "\x1b[31merror" in out
    assert "canary-value" not in out + err


def test_a_person_who_wants_no_colour_gets_none(members: Path) -> None:
    out, _ = in_a_terminal(["check", str(members)], NO_COLOR="1")
    assert "\x1b[31m" not in out
    assert "error" in out


def test_a_quick_look_draws_nothing_in_a_pipe(members: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "dcs", "check", str(members)], capture_output=True, text=True
    )
    assert ran.returncode == 3
    assert ran.stderr == ""
    assert "\x1b" not in ran.stdout


def test_what_changed_since_an_earlier_file_is_said(dcs: Run, tmp_path: Path) -> None:
    before, now = tmp_path / "before.csv", tmp_path / "now.csv"
    before.write_text("id,amount\n" + "".join(f"{n},{n % 50}\n" for n in range(400)))
    now.write_text(
        "id,amount,email\n" + "".join(f"{n},{n % 50 + 40},a{n}@b.org\n" for n in range(400))
    )
    done = dcs("check", now, "--previous", before, "--json")
    found = {each["id"]: each["outcome"] for each in done.json["checks"]}
    assert found["drift:psi:amount"] == "WARN"
    assert found["drift:added_columns:"] == "WARN"
    same = dcs("check", before, "--previous", before, "--json").json
    assert {each["outcome"] for each in same["checks"] if each["kind"] == "drift"} == {"PASSED"}


def test_an_earlier_file_that_is_no_table_is_named(dcs: Run, tmp_path: Path) -> None:
    before, now = tmp_path / "before.csv", tmp_path / "now.csv"
    before.write_text("a,b\n1,2,3\n")
    now.write_text("a,b\n1,2\n")
    done = dcs("check", now, "--previous", before)
    assert done.code == 1
    assert "before.csv cannot be compared with" in done.err
