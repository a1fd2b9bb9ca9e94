"""Rules that need more than a look at each row: repetition, age, and what runs in a child of its own."""

import pytest

from dcs.validation import Outcome
from dcs.validation.contracts import read_contract
from dcs.validation.contracts.beyond_rows import business_rules, drift_settings
from dcs.validation.drift.settings import Metric
from dcs.validation.rules import RowRule, SqlRule
from tests.validation.conftest import Judge, check_of

HEAD = """apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
"""


def contract(quality: str, levels: str = "") -> str:
    schema = (
        "schema:\n  - name: orders\n    properties:\n"
        "      - {name: id, logicalType: integer}\n      - {name: day, logicalType: date}\n"
    )
    return HEAD + schema + quality + levels


def rule(implementation: str, more: str = "") -> str:
    return contract(
        "    quality:\n      - {type: custom, engine: dcs, "
        f"implementation: {{{implementation}}}{more}}}\n"
    )


@pytest.mark.parametrize(
    ("columns", "rows"), [("", 1), (", columns: [id]", 2), (", columns: [day]", 3)]
)
def test_repeated_rows_are_counted_by_the_columns_that_tell_them_apart(
    judge: Judge, columns: str, rows: int
) -> None:
    text = "id,day\n1,2026-01-01\n1,2026-01-01\n1,2026-01-02\n2,2026-01-01\n3,2026-01-01\n"
    if columns == ", columns: [day]":
        rows = 3
    check = check_of(judge(text, rule(f"check: duplicates{columns}")), "contract:duplicates:")
    assert (check.outcome, check.failed_rows) == (Outcome.FAILED, rows)


def test_a_column_that_is_not_there_cannot_be_compared(judge: Judge) -> None:
    check = check_of(
        judge("id,day\n1,2026-01-01\n", rule("check: duplicates, columns: [nr]")),
        "contract:duplicates:",
    )
    assert check.outcome is Outcome.NOT_EVALUATED


@pytest.mark.parametrize(
    ("day", "outcome"), [("2001-01-01", Outcome.FAILED), ("2999-01-01", Outcome.NOT_EVALUATED)]
)
def test_old_data_breaks_a_promise_of_freshness(judge: Judge, day: str, outcome: Outcome) -> None:
    levels = "slaProperties: [{property: freshness, value: 2, unit: d, element: orders.day}]\n"
    check = check_of(judge(f"id,day\n1,{day}\n", contract("", levels)), "contract:freshness:day")
    assert check.outcome is outcome
    assert check.odcs_path == "slaProperties[0]"


def test_business_rules_are_handed_over_and_not_evaluated_meanwhile(judge: Judge) -> None:
    document = contract(
        "    quality:\n"
        "      - {type: sql, query: 'SELECT count(*) FROM ${table}', mustBeGreaterThan: 0}\n"
        "      - {type: custom, engine: dcs, implementation: {check: row, expression: id > 0}}\n"
        "      - {type: sql, query: 'SELECT 1', mustBe: many}\n"
    )
    rules = business_rules(read_contract(document.encode()))
    assert [type(each) for each in rules] == [SqlRule, RowRule]
    report = judge("id,day\n1,2026-01-01\n", document)
    waiting = {each.odcs_path for each in report.checks if each.outcome is Outcome.NOT_EVALUATED}
    assert {each.odcs_path for each in rules} < waiting


def test_what_a_contract_says_about_drift_is_read() -> None:
    document = rule("check: psi, mustBeLessThan: 0.2", ", severity: warning")
    [found] = drift_settings(read_contract(document.encode())).rules
    assert (found.metric, found.threshold, found.severity.value) == (Metric.PSI, 0.2, "warning")
    assert drift_settings(None).rules == ()
