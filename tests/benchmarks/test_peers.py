"""The peers' benchmark: what it makes of the figures it is given, without running a peer."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from benchmarks import judging_peers, presidio_speed, table_file
from benchmarks.comparison import (
    Figures,
    NoFiguresError,
    disagreements,
    median,
    parse,
    row,
    uncounted,
)
from benchmarks.equal_checks import COLUMNS, EQUAL_CHECKS, Kind, of_kind
from benchmarks.judging_peers import EQUAL, KEYS, SUBJECTS, WHOLE, Subject, rows_of, run_rounds
from benchmarks.peers import running
from benchmarks.peers.installed import Missing
from benchmarks.peers.ours import counts_of, equal_contract
from benchmarks.peers.running import Script, output_of
from dcs.validation import parse_contract

ROOT = Path(__file__).parents[2]


def figures(cpu: float = 1.0, *, peak: int = 0, counts: dict[str, int] | None = None) -> Figures:
    return Figures(cpu=cpu, wall=2 * cpu, start=0.5, peak=peak, counts=counts or {}, note="")


def printed(cpu: float = 1.5, **counts: int) -> str:
    data = {"cpu_seconds": cpu, "wall_seconds": 2, "start_seconds": 0.5, "peak_bytes": 7_000_000}
    return json.dumps(data | {"counts": counts, "note": "sampled"})


def test_the_last_line_is_read_whatever_a_library_prints_before() -> None:
    found = parse(f"welcome to the library\n{{}}\n{printed(rows=3)}\n\n")
    assert found == Figures(1.5, 2.0, 0.5, 7_000_000, {"rows": 3}, "sampled")


@pytest.mark.parametrize("output", ["", "\n", "Traceback", "[]", "{}", '{"cpu_seconds": "fast"}'])
def test_output_without_figures_is_refused(output: str) -> None:
    with pytest.raises(NoFiguresError):
        parse(output)


def test_one_slow_run_does_not_move_the_figure_and_the_highest_peak_counts() -> None:
    runs = [figures(1.0, peak=5), figures(90.0, peak=9), figures(2.0, peak=7)]
    found = median(runs)
    assert (found.cpu, found.wall, found.peak) == (2.0, 4.0, 9)


def test_no_median_is_taken_of_runs_that_counted_differently() -> None:
    with pytest.raises(ValueError, match="differently"):
        median([figures(counts={"nulls:card": 4}), figures(counts={"nulls:card": 5})])
    with pytest.raises(ValueError, match="no run"):
        median([])


def test_a_peer_is_compared_with_ours_and_ours_with_the_clock() -> None:
    assert "12.00 CPU s, **4.00 × ours**" in row(figures(12.0), 358.0, figures(3.0))
    told = row(figures(4.0, peak=590_000_000), 358.0, None)
    assert "4.00 CPU s (89.5 MB/s)" in told
    assert "peak 590 MB" in told
    assert "ours" not in told


def test_who_counts_differently_is_named_with_what_they_counted() -> None:
    counts = {
        "a": {"enum:category": 6_214, "nulls:card": 9},
        "b": {"enum:category": 6_227, "nulls:card": 9},
        "c": {"enum:category": 6_214},
    }
    found = disagreements(counts, ["enum:category", "nulls:card", "range:quantity"])
    assert found == ["enum:category: 6,214 (a, c), 6,227 (b)"]


def test_other_counts_than_the_equal_checks_are_not_compared() -> None:
    assert disagreements({"a": {"rows": 1}, "b": {"rows": 2}}, KEYS) == []


def test_a_check_that_is_left_out_is_named_and_a_profile_leaves_out_none() -> None:
    assert uncounted({"a": 0}, ["a", "b"]) == ["b"]
    assert uncounted({"rows": 5}, ["a", "b"]) == []


def test_every_check_has_a_name_of_its_own_and_a_column_of_the_table() -> None:
    assert len(set(KEYS)) == len(KEYS) == 33
    assert {each.column for each in EQUAL_CHECKS} <= set(COLUMNS)
    assert {each.kind for each in EQUAL_CHECKS} == set(Kind)


def test_our_data_contract_promises_what_the_equal_checks_ask() -> None:
    contract = parse_contract(equal_contract().encode())
    for check in of_kind(Kind.FORMAT):
        column = contract.column(check.column)
        assert column is not None
        assert column.pattern == check.pattern
    unique, category = contract.column("id"), contract.column("category")
    assert unique is not None
    assert unique.unique
    assert category is not None
    assert category.enum == of_kind(Kind.ENUM)[0].allowed


def test_our_report_is_counted_by_check_and_what_was_not_evaluated_is_left_out() -> None:
    def check(kind: str, rule: str, column: str, observed: float | None) -> dict[str, object]:
        return {"kind": kind, "rule": rule, "column": column, "observed": observed}

    report = {
        "file": {"rows": 3_000},
        "checks": [
            check("completeness", "nulls", "card", 1_201 / 3_000),
            check("contract", "minimum", "quantity", 2 / 3_000),
            check("contract", "maximum", "quantity", 5 / 3_000),
            check("contract", "pattern", "email", None),
            check("uniqueness", "distinct", "city", 0.1),
            check("zscore", "outliers", "id", 0.0),
        ],
    }
    assert counts_of(report) == {"nulls:card": 1_201, "range:quantity": 7}


def test_a_round_runs_everybody_once_and_who_fails_is_out_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    answers: dict[str, str | Missing] = {"a": printed(), "b": Missing("no network"), "c": "nothing"}

    def output(script: Script, _arguments: object) -> str | Missing:
        asked.append(script.module)
        return answers[script.module]

    monkeypatch.setattr(judging_peers, "output_of", output)
    subjects = [
        Subject("A", Script("a")),
        Subject("B", Script("b"), "A", "3 × ours"),
        Subject("C", Script("c"), "A"),
    ]
    found = run_rounds(subjects, Path("table.csv"), 3)
    assert sorted(asked) == ["a", "a", "a", "b", "c"]
    assert isinstance(found["A"], Figures)
    rows = list(rows_of(subjects, found, 1.0))
    assert rows[1] == ("judging: B", "not measured: no network", "3 × ours")
    assert rows[2][1] == "not measured: the last line of the output holds no figures"


def test_a_ratio_is_of_the_work_and_not_of_the_start() -> None:
    found = {each.name: figures(2.0) for each in SUBJECTS} | {
        WHOLE: figures(2.0),
        EQUAL: figures(0.5, counts={"nulls:id": 0}),
    }
    told = {name: text for name, text, _ in rows_of(SUBJECTS, found, 1.0)}
    assert "1.00 × ours" in told["judging: the guide's pipeline"]
    assert "4.00 × ours" in told["judging: Pandera, Polars"]
    assert "does not count nulls:quantity" in told[f"judging: {EQUAL}"]


def test_without_ours_a_peer_has_no_ratio() -> None:
    found: dict[str, Figures | Missing] = {each.name: figures(2.0) for each in SUBJECTS}
    found[EQUAL] = Missing("ended with 1: out of memory")
    told = {name: text for name, text, _ in rows_of(SUBJECTS, found, 1.0)}
    assert "ours" not in told["judging: Pandera, Polars"]
    assert "1.00 × ours" in told["judging: the guide's pipeline"]


def test_a_different_count_ends_the_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    path = ROOT / "pyproject.toml"
    monkeypatch.setattr(judging_peers, "mixed_table", lambda _rows: path)
    monkeypatch.setattr(
        judging_peers,
        "output_of",
        lambda script, _arguments: printed(**{"unique:id": len(script.module) % 2}),
    )
    with pytest.raises(AssertionError, match="unique:id"):
        list(judging_peers.measure(True))


def test_counts_that_agree_end_with_how_many_programs_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def output(script: Script, _arguments: object) -> str:
        return printed(rows=9) if script.environment == "dataprofiler" else printed(**{KEYS[0]: 4})

    monkeypatch.setattr(judging_peers, "mixed_table", lambda _rows: ROOT / "pyproject.toml")
    monkeypatch.setattr(judging_peers, "output_of", output)
    rows = list(judging_peers.measure(True))
    assert rows[-1][1] == "33 counts of 8 programs, none differs"
    assert len(rows) == len(SUBJECTS) + 2


def test_every_environment_has_a_script_that_makes_it_and_every_subject_a_module() -> None:
    for each in SUBJECTS:
        assert (ROOT / f"benchmarks/peers/{each.script.module}.py").is_file()
        if each.script.environment is not None:
            made_by = ROOT / f"tools/peers/{each.script.environment}.sh"
            assert os.access(made_by, os.X_OK)
            subprocess.run(["bash", "-n", str(made_by)], check=True)


def test_an_environment_that_cannot_be_made_is_a_reason_and_not_a_crash(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "tools/peers/broken.sh"
    script.parent.mkdir(parents=True)
    script.write_text("#!/bin/sh\necho 'no such package' >&2\nexit 1\n")
    script.chmod(0o755)
    monkeypatch.setattr(running, "ROOT", tmp_path)
    found = output_of(Script("anything", "broken"), [])
    assert found == Missing("could not be installed: no such package")


def test_a_script_that_fails_says_why_in_its_last_line() -> None:
    found = output_of(Script("floor"), [])  # it wants two arguments
    assert found == Missing("ended with 1: IndexError: list index out of range")


def test_what_a_script_prints_has_the_work_of_its_children_and_not_its_start(
    tmp_path: Path,
) -> None:
    program = (
        "import subprocess, sys, time\n"
        "from benchmarks.peers.figures import report\n"
        "while time.process_time() < 0.6: pass\n"
        "burn = [sys.executable, '-c', 'import time\\nwhile time.process_time() < 0.1: pass']\n"
        "report(lambda path: {'bytes': path.stat().st_size, 'ran': subprocess.call(burn)})\n"
    )
    file = tmp_path / "table.csv"
    file.write_text("id\n1\n")
    command = [sys.executable, "-c", program, str(file)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found = parse(done.stdout)
    assert found.counts == {"bytes": 5, "ran": 0}
    assert 0.1 <= found.cpu < 0.6 <= found.start
    assert found.peak > 1_000_000


def test_the_speed_of_a_cell_is_told_in_microseconds_and_in_megabytes() -> None:
    output = json.dumps({"cells": 2_000, "bytes": 44_000, "cpu_seconds": 0.8, "found": 9})
    assert presidio_speed.speed(f"loading\n{output}\n") == (
        "400 µs of CPU a cell of 22 bytes, 0.0550 MB/s"
    )


def test_a_table_that_could_not_be_made_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(table_file, "ROOT", tmp_path)  # where there is no generator
    with pytest.raises(subprocess.CalledProcessError):
        table_file.mixed_table(10)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_table_is_made_once_and_anew_when_its_generator_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    generator = tmp_path / "benchmarks/data/tables.py"
    generator.parent.mkdir(parents=True)
    generator.write_text("import sys; open(sys.argv[-1], 'w').write('first')\n")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(table_file, "ROOT", tmp_path)
    first = table_file.mixed_table(10)
    made = first.stat().st_mtime_ns
    assert table_file.mixed_table(10).stat().st_mtime_ns == made
    generator.write_text("import sys; open(sys.argv[-1], 'w').write('second')\n")
    assert table_file.mixed_table(10).read_text() == "second"
    assert first.read_text() == "first"
