"""The rows that failed a check are those the judge counted, all of them and no other."""

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from dcs.validation import Check, Kind, Report, kernels
from dcs.validation.failing.listing import list_rows
from dcs.validation.models import SAMPLES
from dcs.validation.rules.models import RowRule, RuleLimits, rule_to_json
from dcs.validation.rules.refusal import RefusedError
from dcs.validation.rules.running import list_rows as list_by_rule
from tests.validation.conftest import Judge, check_of
from tests.validation.contracts.documents import contract

REAL = sorted(Path(os.environ.get("REAL_DATA", "/nonexistent")).glob("*.csv"))
ROWS, REPEATED = 400, 5  # the last row comes again
CELLS = (
    "n,amount,mail,phone,note,mixed\n"
    + "".join(
        f"{n},{10**6 if n % 40 == 0 else n % 7},"
        f"{'nobody' if n % 9 == 0 else f'p{n}@example.org'},"
        f"{'12' if n % 11 == 0 else f'+1 212 555 {n:04d}'},"
        f"{'=1+1' if n % 13 == 0 else '' if n % 3 == 0 else f'text {n}'},"
        f"{'none' if n % 50 == 0 else n}\n"
        for n in range(1, ROWS + 1)
    )
    + "400,1000000,p400@example.org,+1 212 555 0400,text 400,none\n" * REPEATED
)
List = Callable[..., list[int] | None]


@pytest.fixture
def listed(tmp_path: Path) -> List:
    """List the rows of a check of the file that was judged last."""

    def run(
        check: Check, document: str | None = None, after: int = 0, limit: int = 10**6
    ) -> list[int] | None:
        return list_rows(
            {
                "table": str(tmp_path / "table.parquet"),
                "contract": document,
                "check": {
                    "kind": check.kind.value,
                    "rule": check.rule,
                    "column": check.column,
                    "odcs_path": check.odcs_path,
                },
                "after": after,
                "limit": limit,
                "scratch": str(tmp_path / "scratch"),
                "memory": 1024**3,
                "kernels": str(kernels.built()),
            }
        )

    return run


def broken(report: Report) -> list[Check]:
    return [each for each in report.checks if each.failed_rows]


def holds(check: Check, rows: list[int] | None) -> bool:
    """Say whether rows are what a check counted, its samples among them."""
    if rows is None or rows != sorted(set(rows)):
        return False
    return len(rows) == check.failed_rows and {each.row for each in check.samples} <= set(rows)


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("completeness:nulls:note", lambda n: n % 3 == 0 and n % 13 != 0 and n <= ROWS),
        ("formula:injection:note", lambda n: n % 13 == 0 and n <= ROWS),
        ("format:mixed_types:mixed", lambda n: n % 50 == 0 or n > ROWS),
        ("format:email:mail", lambda n: n % 9 == 0 and n <= ROWS),
        ("format:phone:phone", lambda n: n % 11 == 0 and n <= ROWS),
        ("zscore:outliers:amount", None),
        ("iqr:outliers:amount", lambda n: n % 40 == 0 or n > ROWS),
        ("uniqueness:repeated_rows", lambda n: n > ROWS),
    ],
)
def test_the_rows_of_a_default_check_are_those_that_fail_it(
    judge: Judge, listed: List, identifier: str, expected: Callable[[int], bool] | None
) -> None:
    few = (
        CELLS
        if expected is not None
        else "amount\n" + "".join(f"{10**6 if n == 77 else n % 7}\n" for n in range(1, ROWS))
    )
    check = check_of(judge(few), identifier)
    rows = listed(check)
    assert holds(check, rows), (check.failed_rows, rows)
    wanted = [77] if expected is None else [n for n in range(1, ROWS + REPEATED + 1) if expected(n)]
    assert rows == wanted


def test_every_broken_promise_of_a_contract_tells_its_rows(judge: Judge, listed: List) -> None:
    text = "id,day,city,amount\n" + "".join(
        f"{n % 90},2026-01-{n % 28 + 1:02d},{'' if n % 4 else 'Turku'},{n}\n" for n in range(1, 121)
    )
    document = contract(
        "name: id, logicalType: integer, unique: true",
        "name: day, logicalType: date, logicalTypeOptions: {maximum: '2026-01-20'}",
        "name: city, logicalType: string, required: true, "
        "quality: [{metric: invalidValues, arguments: {validValues: [Oslo]}, mustBe: 0}]",
        "name: amount, logicalType: integer, logicalTypeOptions: {minimum: 5, maximum: 100}, "
        "quality: [{type: custom, engine: dcs, implementation: {check: zscore, deviations: 1}}]",
        object="quality: [{type: custom, engine: dcs, implementation: "
        "{check: duplicates, columns: [id, city]}}]",
        more="slaProperties: [{property: freshness, value: 1, unit: d, element: t.day}]\n",
    )
    report = judge(text, document)
    checks = [each for each in broken(report) if each.kind is Kind.CONTRACT]
    assert {each.rule for each in checks} >= {
        "unique", "required", "invalidValues", "maximum", "minimum", "zscore", "duplicates", "freshness",
    }  # fmt: skip
    for check in checks:
        assert holds(check, listed(check, document)), check.id


@pytest.mark.parametrize("path", REAL or [None], ids=lambda path: path.name if path else "none")
def test_real_files_tell_the_rows_of_every_check(
    judge: Judge, listed: List, path: Path | None
) -> None:
    if path is None:
        pytest.skip("no real data: set REAL_DATA to its folder")
    checks = broken(judge(path))
    for check in checks:
        assert holds(check, listed(check)), check.id


def test_rows_go_on_where_an_answer_ended(judge: Judge, listed: List) -> None:
    check = check_of(judge(CELLS), "completeness:nulls:note")
    whole = listed(check)
    assert whole is not None
    parts: list[int] = []
    while part := listed(check, after=parts[-1] if parts else 0, limit=7):
        assert len(part) <= 7
        parts += part
    assert parts == whole


def test_more_rows_than_a_report_names_are_told_across_row_groups(
    judge: Judge, listed: List
) -> None:
    rows = 300_000
    check = check_of(
        judge("a,b\n" + "".join(f"{n},{'' if n % 2 else 'x'}\n" for n in range(1, rows + 1))),
        "completeness:nulls:b",
    )
    assert len(check.samples) == SAMPLES
    assert listed(check) == list(range(1, rows + 1, 2))


def test_a_check_that_no_row_decides_tells_none(judge: Judge, listed: List) -> None:
    report = judge(CELLS)
    low = check_of(report, "uniqueness:distinct:note")
    assert listed(low) is None


def test_a_table_with_the_names_of_our_own_tells_its_rows(judge: Judge, listed: List) -> None:
    text = "row,file_row_number,data,place\n" + "".join(
        f"{n},{n % 3},{n},{'' if n % 5 else n}\n" for n in range(1, 51)
    )
    document = contract(
        "name: row, logicalType: integer",
        "name: file_row_number, logicalType: integer, unique: true",
        "name: data, logicalType: integer",
        "name: place, logicalType: integer, required: true",
    )
    for check in broken(judge(text, document)):
        assert holds(check, listed(check, document)), check.id


def test_the_rows_that_break_a_row_rule_are_listed_behind_the_same_walls(
    judge: Judge, tmp_path: Path
) -> None:
    judge("a,b\n" + "".join(f"{n},{n % 10}\n" for n in range(1, 101)))

    def rows(expression: str, after: int = 0, limit: int = 1000) -> list[int]:
        rule = RowRule("r", "schema[0].quality[0]", expression)
        return list_by_rule(
            {
                "table": str(tmp_path / "table.parquet"),
                "rule": rule_to_json(rule),
                "limits": asdict(RuleLimits(memory=256 * 1024**2)),
                "scratch": str(tmp_path / "scratch"),
                "after": after,
                "limit": limit,
            }
        )

    assert rows("b > 0") == list(range(10, 101, 10))
    assert rows("b > 0", after=30, limit=2) == [40, 50]
    with pytest.raises(RefusedError, match="no column"):
        rows("c > 0")
    with pytest.raises(RefusedError):
        rows("b > (SELECT max(b) FROM read_csv('/etc/passwd'))")
