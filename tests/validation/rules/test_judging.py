"""Rules from the outside: what a child does to itself becomes a check."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dcs.engines.sandbox import ChildEndedError, Limits, TaskFailedError
from dcs.engines.sandbox.process import ProcessSandbox
from dcs.validation import Kind, Outcome, Report, Sample, Severity
from dcs.validation.judging import judge
from dcs.validation.models import Operator
from dcs.validation.rules import RowRule, RuleLimits, SqlRule, Verdict, judge_rules
from dcs.validation.rules import deadline as deadline_module
from dcs.validation.rules.deadline import Deadline
from dcs.validation.rules.journal import Journal, read_journal
from dcs.validation.rules.judging import check_of
from dcs.validation.rules.running import run_rules

pytestmark = pytest.mark.anyio

LIMITS = RuleLimits(rule_seconds=10, seconds=30)


def sql(query: str, threshold: float = 0, operator: Operator = Operator.BE) -> SqlRule:
    return SqlRule("r", "$.schema[0].quality[1]", query, operator, threshold)


class InProcess:
    """A sandbox that is none: it runs the task here, and ends as it is told."""

    def __init__(self, *endings: Callable[[Journal], None]) -> None:
        self.calls: list[Mapping[str, Any]] = []
        self._endings = list(endings)

    async def run(self, task: str, arguments: Mapping[str, Any], limits: Limits) -> Any:
        assert task == "dcs.validation.rules.running:run_rules"
        assert limits.memory > arguments["limits"]["memory"]
        self.calls.append(arguments)
        if self._endings:
            self._endings.pop(0)(Journal(Path(arguments["journal"])))
        return run_rules(arguments)


def crash_in(number: int, why: str = "crash") -> Callable[[Journal], None]:
    def ending(journal: Journal) -> None:
        for each in range(number):
            journal.begin(each)
            journal.end(each, Verdict(False, observed=0.0))
        journal.begin(number)
        raise ChildEndedError(why)

    return ending


@pytest.mark.parametrize(
    ("why", "says"),
    [("crash", "ended the process"), ("memory", "more memory"), ("time", "took longer")],
)
async def test_a_rule_that_ends_its_child_is_named_and_the_rest_run_in_a_new_one(
    people: Path, why: str, says: str
) -> None:
    sandbox = InProcess(crash_in(1, why))
    rules = [sql("SELECT 0"), sql("SELECT 1"), sql("SELECT 1", 1)]
    checks = await judge_rules(sandbox, people, rules, LIMITS)
    assert [each.outcome for each in checks] == [
        Outcome.PASSED,
        Outcome.NOT_EVALUATED,
        Outcome.PASSED,
    ]
    assert says in checks[1].message
    assert [number for number, _ in sandbox.calls[1]["rules"]] == [2]


async def test_a_query_that_cannot_be_interrupted_took_too_long(people: Path) -> None:
    def late(journal: Journal) -> None:
        journal.begin(0)
        journal.late(0)
        raise ChildEndedError("crash")

    first, second = await judge_rules(
        InProcess(late), people, [sql("SELECT 1"), sql("SELECT 0")], LIMITS
    )
    assert "took longer" in first.message
    assert second.outcome is Outcome.PASSED


async def test_a_child_that_never_begins_is_not_started_again_and_again(people: Path) -> None:
    def fail(_journal: Journal) -> None:
        raise TaskFailedError("The task failed with ImportError.")

    sandbox = InProcess(*[fail] * 5)
    checks = await judge_rules(sandbox, people, [sql("SELECT 0")] * 3, LIMITS)
    assert [each.outcome for each in checks] == [Outcome.NOT_EVALUATED] * 3
    assert len(sandbox.calls) == 1


async def test_rules_of_the_same_name_are_judged_each(people: Path) -> None:
    checks = await judge_rules(InProcess(), people, [sql("SELECT 0"), sql("SELECT 1")], LIMITS)
    assert [each.outcome for each in checks] == [Outcome.PASSED, Outcome.FAILED]


async def test_no_rules_need_no_child(people: Path) -> None:
    sandbox = InProcess()
    assert await judge_rules(sandbox, people, [], LIMITS) == ()
    assert sandbox.calls == []


def test_a_journal_that_was_cut_off_or_spoiled_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    assert read_journal(path).verdicts == {}
    journal = Journal(path)
    journal.begin(0)
    journal.end(0, Verdict(True, rows=1, of=2, samples=(Sample(1, "a", "x"),)))
    journal.begin(1)
    with path.open("a") as target:
        target.write('{"ended": 1, "verd')
    read = read_journal(path)
    assert (read.verdicts[0].samples, read.running) == ((Sample(1, "a", "x"),), 1)
    path.write_bytes(path.read_bytes() + b'\n\xff"\n{"ended": 2}\n')
    assert read_journal(path).running == 1


def test_a_check_tells_what_was_asked_and_what_was_found() -> None:
    rule = SqlRule(
        "r7",
        "$.schema[0].quality[1]",
        "SELECT 1",
        Operator.BETWEEN,
        (2, 3),
        unit="percent",
        dimension="accuracy",
        severity=Severity.WARNING,
        message="too few",
        column="a",
    )
    check = check_of(rule, Verdict(True, observed=1.5, of=10))
    assert asdict(check) | {"samples": ()} == {
        "id": "rule:r7",
        "kind": Kind.RULE,
        "rule": "sql",
        "column": "a",
        "severity": Severity.WARNING,
        "outcome": Outcome.WARN,
        "message": "too few (1.5 %, must be between 2 and 3 %)",
        "dimension": "accuracy",
        "threshold": None,
        "observed": 1.5,
        "unit": "percent",
        "failed_rows": 0,
        "failed_share": 0.0,
        "fix": "Look at the rows the rule is about, or change the rule.",
        "exact": True,
        "samples": (),
        "samples_truncated": False,
        "odcs_path": "$.schema[0].quality[1]",
        "operator": "mustBeBetween",
        "error_bound": None,
        "metric": None,
    }


def test_a_row_rules_check_counts_rows_and_says_whether_all_are_shown() -> None:
    rule = RowRule("r", "$.q", "a > 1", message="a is too small", fix="Make it larger.")
    shown = tuple(Sample(row, name, "9") for row in (1, 2) for name in ("a", "b"))
    some = check_of(rule, Verdict(True, observed=3.0, rows=3, of=6, samples=shown))
    assert (some.message, some.fix) == ("a is too small (3 rows break it)", "Make it larger.")
    assert (some.failed_rows, some.failed_share, some.samples_truncated) == (3, 0.5, True)
    every = check_of(rule, Verdict(True, observed=2.0, rows=2, of=6, samples=shown))
    assert not every.samples_truncated


class Deaf:
    """A connection that does not notice that it is interrupted."""

    def __init__(self) -> None:
        self.interrupts = 0

    def interrupt(self) -> None:
        self.interrupts += 1


def test_a_query_that_does_not_stop_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline_module, "GRACE", 0.3)
    given_up = threading.Event()
    deaf = Deaf()
    with Deadline(deaf, 0.05, given_up.set) as deadline:  # type: ignore[arg-type]  # a stand-in
        assert given_up.wait(10)
    assert deadline.passed
    assert deaf.interrupts == 3


def test_a_query_that_ends_in_time_is_left_alone() -> None:
    deaf = Deaf()
    with Deadline(deaf, 30, lambda: None) as deadline:  # type: ignore[arg-type]  # a stand-in
        pass
    time.sleep(0.05)
    assert (deadline.passed, deaf.interrupts) == (False, 0)


def test_a_query_is_interrupted_wherever_it_is() -> None:
    with duckdb.connect(":memory:") as connection:
        began = time.monotonic()
        with pytest.raises(duckdb.InterruptException), Deadline(connection, 0.2, lambda: None):
            while True:  # an interrupt that falls between two queries must not be lost
                connection.execute("SELECT count(*) FROM range(200000000) AS r(i) WHERE i % 7 = 8")
        assert time.monotonic() - began < 5


CSV = "id,email,age\n1,jane@example.org,20\n2,otto@example.org,-3\n3,ana@example.org,41\n"


CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: people
version: 1.0.0
status: active
schema:
  - name: people
    properties:
      - {name: id, logicalType: integer}
      - {name: email, logicalType: string}
      - {name: age, logicalType: integer}
    quality:
      - type: custom
        engine: dcs
        name: an age is negative
        id: adult
        implementation: {check: row, expression: age >= 0}
      - {type: sql, query: "SELECT max(age) FROM ${table}", mustBe: 41}
      - {type: sql, query: "SELECT length(max(email)) FROM {table}", mustBe: 16}
"""


async def judged(tmp_path: Path, content: str) -> Report:
    path = tmp_path / "people.csv"
    path.write_text(content)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return await judge(
        ProcessSandbox(),
        path,
        filename=path.name,
        contract=CONTRACT.encode(),
        target=scratch / "table.parquet",
        scratch=scratch,
        limits=Limits(),
        rule_limits=LIMITS,
    )


async def test_rules_stand_in_the_report_of_a_file(tmp_path: Path) -> None:
    report = await judged(tmp_path, CSV)
    rows, other, personal = (each for each in report.checks if each.kind is Kind.RULE)
    assert report.status is Outcome.FAILED
    assert (rows.failed_rows, [each.row for each in rows.samples]) == (1, [2])
    assert (other.outcome, other.observed) == (Outcome.PASSED, 41.0)
    assert (personal.outcome, personal.observed) == (Outcome.PASSED, None)  # found to be e-mail
    assert report.findings_by_kind()["rule"] == 1
    assert Report.from_json(report.to_json()).checks == report.checks
    assert "example.org" not in str(report.to_json())


def test_whoever_has_rules_judged_needs_no_engine_for_them() -> None:
    asked = "import sys, dcs.validation.rules; print('duckdb' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True)
    assert answer.stdout == b"False\n"


async def test_a_file_that_is_no_table_has_no_rules_to_keep(tmp_path: Path) -> None:
    report = await judged(tmp_path, "a,b\n1,2,3\n")
    assert report.rows is None
    assert [each.kind for each in report.checks] == [Kind.STRUCTURE]
