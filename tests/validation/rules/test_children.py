"""Rules in real children: what never ends, what eats memory, and what comes after it."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

import dcs.engines.sandbox.process as process
from dcs.engines.sandbox import Limits
from dcs.engines.sandbox.process import ProcessSandbox
from dcs.validation import Check, Outcome, Severity
from dcs.validation.models import Operator
from dcs.validation.rules import RowRule, Rule, RuleLimits, SqlRule, judge_rules
from dcs.validation.rules.models import rule_to_json
from tests.validation.rules.conftest import MIB, Write

pytestmark = pytest.mark.anyio

ROWS = 200_000
BOMBS = {
    "a recursion without an end": (
        "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT count(*) FROM x",
        "took longer",
    ),
    "every row with every row with every row": (
        "SELECT count(*) FROM data a, data b, data c "
        "WHERE md5((a.id + b.id * c.id)::VARCHAR) LIKE 'z%'",
        "took longer",
    ),
    "a trillion numbers": ("SELECT count(*) FROM range(1000000000000)", "took longer"),
    "a list of a billion": ("SELECT len(range(1000000000))", "more memory"),
    "an immense text": ("SELECT length(repeat('x', 10000000000))", "beyond what can be held"),
    "one text of all rows": (
        "SELECT length(string_agg(repeat(word, 10000), '')) FROM data",
        "more memory",
    ),
    "all rows in a list": (
        "SELECT len(list(repeat(word, 1000))) FROM data",
        "more memory",
    ),
}


async def judged(table: Path, *rules: Rule, limits: RuleLimits | None = None) -> tuple[Check, ...]:
    limits = limits or RuleLimits(rule_seconds=1.5, seconds=60, memory=96 * MIB, spill=64 * MIB)
    return await judge_rules(ProcessSandbox(), table, rules, limits)


def sql(query: str, operator: Operator = Operator.BE, threshold: float = 0) -> SqlRule:
    return SqlRule("r", "$.q", query, operator, threshold, severity=Severity.WARNING)


@pytest.fixture
def table(write: Write) -> Path:
    return write(f"SELECT i AS id, 'canary ' || i AS word FROM range({ROWS}) AS r(i)")  # noqa: S608  # a number


@pytest.mark.parametrize(("query", "says"), BOMBS.values(), ids=BOMBS)
async def test_a_bomb_ends_its_own_check_and_the_next_rule_runs(
    table: Path, query: str, says: str
) -> None:
    count = sql("SELECT count(*) FROM data", threshold=ROWS)
    first, bomb, row, last = await judged(
        table, count, sql(query), RowRule("w", "$.w", "id >= 0"), count
    )
    assert bomb.outcome is Outcome.NOT_EVALUATED
    assert bomb.severity is Severity.WARNING
    assert says in bomb.message
    assert [each.outcome for each in (first, row, last)] == [Outcome.PASSED] * 3
    assert "canary" not in json.dumps([asdict(each) for each in (first, bomb, row, last)])
    assert [path.name for path in table.parent.iterdir()] == [table.name]  # nothing stays behind


async def test_a_pattern_that_would_take_others_forever_takes_a_moment(table: Path) -> None:
    query = "SELECT count(*) FROM data WHERE regexp_matches(repeat('a', 40) || word, '^(a+)+$')"
    [check] = await judged(table, sql(query))
    assert check.outcome is Outcome.PASSED


async def test_a_text_that_is_no_unicode_ends_its_own_check(table: Path) -> None:
    named = SqlRule("n", "$.q", "SELECT 0", Operator.BE, 0, table="\ud800")
    checks = await judged(table, sql("SELECT '\ud800'"), named, sql("SELECT 0"))
    assert [each.outcome for each in checks] == [
        Outcome.NOT_EVALUATED,
        Outcome.PASSED,
        Outcome.PASSED,
    ]


async def test_all_rules_together_have_a_time_and_what_is_left_is_said_so(table: Path) -> None:
    endless = sql(BOMBS["a trillion numbers"][0])
    limits = RuleLimits(rule_seconds=60, seconds=2, memory=96 * MIB)
    checks = await judged(table, endless, sql("SELECT 0"), limits=limits)
    assert [each.outcome for each in checks] == [Outcome.NOT_EVALUATED] * 2
    assert "took longer" in checks[0].message
    assert "was not reached" in checks[1].message


async def test_a_table_that_cannot_be_opened_leaves_every_rule_not_evaluated(
    tmp_path: Path,
) -> None:
    broken = tmp_path / "table.parquet"
    broken.write_bytes(b"PAR1 no table PAR1")
    checks = await judged(broken, sql("SELECT 0"), RowRule("w", "$.w", "true"))
    assert [each.outcome for each in checks] == [Outcome.NOT_EVALUATED] * 2
    assert "could not be opened" in checks[0].message


async def test_memory_stays_flat_as_the_table_grows(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = str(Path(__file__).parents[3])
    monkeypatch.setattr(process, "ENVIRONMENT", {**process.ENVIRONMENT, "PYTHONPATH": root})
    limits = RuleLimits(memory=64 * MIB)
    rules = [
        sql("SELECT count(DISTINCT a) - count(*) FROM data"),
        sql("SELECT count(*) FROM (SELECT a FROM data GROUP BY a HAVING count(*) > 1)"),
    ]
    peaks = []
    for rows in (300_000, 2_400_000):
        table = write(f"SELECT md5(i::VARCHAR) AS a, i AS b FROM range({rows}) AS r(i)")  # noqa: S608  # a number
        arguments = {
            "table": str(table),
            "rules": [(number, rule_to_json(each)) for number, each in enumerate(rules)],
            "limits": asdict(limits),
            "hidden": [],
            "scratch": str(tmp_path),
            "journal": str(tmp_path / f"journal {rows}"),
        }
        answer = await ProcessSandbox().run(
            "tests.validation.rules.peak:run_and_measure", arguments, Limits()
        )
        assert [verdict["broken"] for _, verdict in answer["verdicts"]] == [False, False]
        peaks.append(answer["peak"])
    assert peaks[1] < 250 * MIB, peaks
    assert peaks[1] < peaks[0] + 64 * MIB
