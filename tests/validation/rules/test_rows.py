"""Row rules: every row is held against an expression."""

import json
from pathlib import Path

import pytest

from dcs.validation.rules import RowRule
from tests.validation.rules.conftest import Run, Write


def rule(expression: str) -> RowRule:
    return RowRule("r", "$.schema[0].quality[0]", expression)


def test_rows_where_the_expression_is_false_are_counted_and_located_masked(
    people: Path, run: Run
) -> None:
    [verdict] = run(people, rule("\"select\" = 'ok' AND größe > 0 -- comment"))
    assert (verdict.broken, verdict.rows, verdict.of, verdict.observed) == (True, 1, 4, 1.0)
    assert [(each.row, each.column, each.masked) for each in verdict.samples] == [
        (3, "größe", "-9.9"),
        (3, "select", "xxx"),
    ]


def test_a_row_of_which_nothing_is_known_is_not_broken(people: Path, run: Run) -> None:
    kept, needed = run(people, rule("größe > -5"), rule("größe IS NOT NULL"))
    assert (kept.broken, kept.rows) == (False, 0)
    assert (needed.rows, needed.samples[0].row, needed.samples[0].masked) == (1, 2, "")


def test_a_condition_keeps_its_meaning_when_it_is_negated(people: Path, run: Run) -> None:
    [verdict] = run(people, rule("id < 0 OR id > 2"))
    assert [each.row for each in verdict.samples] == [1, 2]


def test_the_first_twenty_rows_are_shown_and_all_are_counted(write: Write, run: Run) -> None:
    table = write("SELECT i AS row, i % 2 AS row_, 'x' AS \"ROW__\" FROM range(300000) AS r(i)")
    [verdict] = run(table, rule("row_ = 1 OR row < 100"))
    assert verdict.rows == 150_000 - 50
    assert [each.row for each in verdict.samples if each.column == "row"] == list(
        range(101, 141, 2)
    )


def test_a_value_is_never_told(people: Path, run: Run) -> None:
    broken = ['"Full ""Name" = ssn', "ssn::INTEGER > 0", "ssn = 'x' AND born::VARCHAR = 'y'"]
    told = json.dumps([each.to_json() for each in run(people, *map(rule, broken))])
    assert "999-99-9999" in told
    for secret in ("Canary", "078", "1120", "2024"):
        assert secret not in told


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("größe + 1", "neither true nor false"),
        ("'yes'", "neither true nor false"),
        ("NULL", "neither true nor false"),
        ("betrag > 0", "no column of the table: betrag"),
        ("current_user = 'x'", "no column of the table: current_user"),
        ("data.id > 0", "no column of the table: data"),
        ("id > 0, id > 1", "not one expression"),
        ("count(*) > 1", "calls count_star"),
        ("id = (SELECT 1)", "uses subquery"),
        ("ssn::INTEGER > 0", "TRY_CAST"),
        ("id > ", "not SQL"),
    ],
)
def test_what_is_no_condition_on_a_row_is_not_evaluated_and_says_why(
    people: Path, run: Run, expression: str, says: str
) -> None:
    [verdict] = run(people, rule(expression))
    assert (verdict.broken, verdict.rows) == (None, 0)
    assert says in verdict.reason


def test_a_rule_about_no_column_still_has_places(people: Path, run: Run) -> None:
    [verdict] = run(people, rule("1 > 2"))
    assert [(each.row, each.column) for each in verdict.samples] == [(n, "") for n in range(1, 5)]


def test_an_empty_table_breaks_no_rule(write: Write, run: Run) -> None:
    [verdict] = run(write("SELECT 1 AS a WHERE false"), rule("a > 5"))
    assert (verdict.broken, verdict.of) == (False, 0)
