"""SQL rules: one number, compared with what the contract says."""

import json
from pathlib import Path

import pytest

from dcs.validation import Outcome, Severity
from dcs.validation.models import Operator
from dcs.validation.rules import RuleLimits, SqlRule
from tests.validation.rules.conftest import Run, Write


def rule(
    query: str,
    operator: Operator = Operator.BE,
    threshold: float | tuple[float, float] = 0,
    **more: object,
) -> SqlRule:
    return SqlRule("r", "$.schema[0].quality[0]", query, operator, threshold, **more)  # type: ignore[arg-type]


def test_a_number_is_compared_with_its_threshold(people: Path, run: Run) -> None:
    query = "SELECT count(*) FROM ${table} WHERE ${column} < 0"
    kept, broken = run(
        people,
        rule(query, Operator.AT_MOST, 1, column="größe"),
        rule(query, Operator.AT_MOST, 0, column="größe"),
    )
    assert (kept.broken, kept.observed, kept.of) == (False, 1.0, 4)
    assert (broken.broken, broken.observed) == (True, 1.0)


def test_a_broken_rule_weighs_what_its_severity_says(people: Path, run: Run) -> None:
    [verdict] = run(people, rule("SELECT count(*) FROM data"))
    assert verdict.outcome(Severity.ERROR) is Outcome.FAILED
    assert verdict.outcome(Severity.WARNING) is Outcome.WARN


def test_percent_is_the_share_of_the_tables_rows(people: Path, run: Run) -> None:
    query = "SELECT count(*) FROM data WHERE born IS NULL"
    [verdict] = run(people, rule(query, Operator.BE, 25, unit="percent"))
    assert (verdict.broken, verdict.observed) == (False, 25.0)


def test_a_share_of_no_rows_is_not_known(write: Write, run: Run) -> None:
    empty = write("SELECT 1 AS a WHERE false")
    share, count = run(
        empty,
        rule("SELECT count(*) FROM data", unit="percent"),
        rule("SELECT count(*) FROM data"),
    )
    assert share.broken is None
    assert count.broken is False


@pytest.mark.parametrize(
    "name", ["orders", "Orders 2024", 'say "hi"', "größe 表", "select", "duckdb_settings"]
)
def test_the_contracts_name_of_the_table_may_be_used(people: Path, run: Run, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    by_name, by_placeholder = run(
        people,
        rule(f"SELECT count(*) FROM {quoted}", Operator.BE, 4, table=name),  # noqa: S608  # quoted
        rule("SELECT count(*) FROM ${object}", Operator.BE, 4, table=name),
    )
    assert (by_name.broken, by_placeholder.broken) == (False, False)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT NULL", "no value"),
        ("SELECT max(größe) FROM data WHERE false", "no value"),
        ("SELECT id FROM data WHERE false", "no row"),
        ("SELECT id FROM data", "several rows"),
        ("SELECT id, id FROM data", "2 columns"),
        ("SELECT ssn FROM data LIMIT 1", "no number"),
        ("SELECT true", "no number"),
        ("SELECT born FROM data LIMIT 1", "no number"),
        ("SELECT [1]", "no number"),
        ("SELECT 'nan'::DOUBLE", "without an end"),
        ("SELECT 'inf'::DOUBLE", "without an end"),
        ("SELECT 1e308", "without an end"),
        ("SELECT count(*) FROM data WHERE betrag > 0", "no column of the table: betrag"),
        ("SELECT current_user", "no column of the table: current_user"),
        ("SELECT " + "long" * 100, "longlong…"),
        ('SELECT "a\nb" FROM data', "a?b"),
        ("SELECT count(filename) FROM data", "no column of the table: filename"),
        ("SELECT count(*) FROM data WHERE ssn::INTEGER > 0", "TRY_CAST"),
        ("SELECT sum(id + ssn) FROM data", "does not fit the table"),
        ("SELECT count(*) FROM data WHERE regexp_matches(ssn, '(')", "does not take"),
        ("SELECT count(id, id, id) FROM data", "does not fit the table"),
        ("SELECT count({column}) FROM data", "belongs to the whole table"),
    ],
)
def test_what_is_no_number_is_not_evaluated_and_says_why(
    people: Path, run: Run, query: str, says: str
) -> None:
    [verdict] = run(people, rule(query))
    assert verdict.broken is None
    assert verdict.observed is None
    assert says in verdict.reason


QUOTING = [
    "SELECT sum(ssn::INTEGER) FROM data",
    'SELECT sum("Full ""Name"::DATE - born) FROM data',
    "SELECT max(strptime(ssn, '%Y-%m-%d')::DATE - born) FROM data",
    "SELECT count(*) FROM data WHERE regexp_matches('a', \"Full \"\"Name\" || '(')",
    "SELECT sum(chr(id::INTEGER * 100000000)::INTEGER) FROM data",
    "SELECT max(date_part(ssn, born)) FROM data",
    "SELECT sum(ssn::DECIMAL(4, 2)) FROM data",
    "SELECT count(ssn::UUID) FROM data",
    "SELECT count(json_extract(ssn, '$.x')) FROM data",
    "SELECT max(list_sum(string_to_array(ssn, '-')::TINYINT[])) FROM data",
    "SELECT factorial(id::INTEGER * 1000) FROM data",
    "SELECT count(unhex(ssn)) FROM data",
    "SELECT count(from_base64(ssn)) FROM data",
]


@pytest.mark.parametrize("query", QUOTING)
def test_an_error_about_a_value_does_not_quote_it(people: Path, run: Run, query: str) -> None:
    [verdict] = run(people, rule(query))
    told = json.dumps(verdict.to_json())
    assert verdict.reason
    for secret in ("Canary", "078", "1120", "219", "9999", "457", "6789"):
        assert secret not in told


def test_a_number_that_may_be_personal_data_is_compared_and_not_shown(
    people: Path, run: Run
) -> None:
    number = "max(replace(ssn, '-', '')::BIGINT)"
    asked = [
        f"SELECT {number} FROM data",  # noqa: S608  # above
        f"SELECT m FROM (SELECT {number} AS m FROM data)",  # noqa: S608  # above
        "SELECT max(replace(x, '-', '')::BIGINT) FROM (SELECT * FROM data) AS t(a, b, x)",
        "SELECT max(replace(c, '-', '')::BIGINT) FROM data AS t(a, b, c)",
        "SELECT max(replace(id['c'], '-', '')::BIGINT) FROM data AS id(a, b, c)",
        "SELECT max(replace(t.ssn, '-', '')::BIGINT) FROM data AS t",
        "SELECT max(replace(data['ssn'], '-', '')::BIGINT) FROM data",
        "SELECT max(replace(struct_extract(t, 'ssn'), '-', '')::BIGINT) FROM data AS t",
        "SELECT max(replace(COLUMNS('s.n'), '-', '')::BIGINT) FROM data",
    ]
    verdicts = run(people, *(rule(each, Operator.BE, 457555462) for each in asked), hidden=("SSN",))
    assert [each.broken for each in verdicts] == [False] * len(asked)
    assert [each.observed for each in verdicts] == [None] * len(asked)


def test_a_count_and_a_number_of_other_columns_are_shown(people: Path, run: Run) -> None:
    count, other, qualified = run(
        people,
        rule("SELECT count(*) FROM data WHERE ssn LIKE '0%'", Operator.BE, 1),
        rule("SELECT max(größe) FROM data", Operator.BE, 20.5),
        rule("SELECT max(data.größe) FROM data;", Operator.BE, 20.5),
        hidden=("ssn",),
    )
    assert (count.broken, count.observed) == (False, 1.0)
    assert (other.broken, other.observed) == (False, 20.5)
    assert (qualified.broken, qualified.observed) == (False, 20.5)


def test_a_rule_that_fails_leaves_the_next_one_as_it_was(people: Path, run: Run) -> None:
    good = rule("SELECT count(*) FROM data", Operator.BE, 4)
    bad = ["SELECT sum(ssn::INTEGER) FROM data", "SET threads=8", "no SQL", "SELECT 1; SELECT 2"]
    verdicts = run(people, *(each for query in bad for each in (rule(query), good)))
    assert [each.broken for each in verdicts] == [None, False] * len(bad)


def test_an_interval_where_none_belongs_is_said_so(people: Path, run: Run) -> None:
    [verdict] = run(people, rule("SELECT 1", Operator.BE, (1, 2)))
    assert verdict.broken is None
    assert "mustBe" in verdict.reason


def test_a_sum_of_fractions_is_the_same_every_time(write: Write, run: Run) -> None:
    table = write("SELECT sin(i) / 7 AS x FROM range(300000) AS r(i)")
    asked = rule("SELECT sum(x) FROM data", Operator.LESS, 1)
    assert len({run(table, asked)[0].observed for _ in range(3)}) == 1


def test_a_table_of_ten_thousand_columns_has_rules_too(write: Write, run: Run) -> None:
    columns = ", ".join(f'i + {n} AS "column {n}"' for n in range(10_000))
    table = write(f"SELECT {columns} FROM range(3) AS r(i)")  # noqa: S608  # numbers
    one, all_of_them = run(
        table,
        rule('SELECT count(*) FROM data WHERE "column 9999" > 9999', Operator.BE, 2),
        rule("SELECT count(*) FROM (SELECT * FROM data LIMIT 2)", Operator.BE, 2),
        limits=RuleLimits(),
    )
    assert (one.broken, all_of_them.broken) == (False, False)
