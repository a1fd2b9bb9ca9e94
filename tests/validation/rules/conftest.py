"""Small published tables, and rules run on them in this process or in a child."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest

from dcs.validation.rules import Rule, RuleLimits, Verdict
from dcs.validation.rules.models import rule_to_json
from dcs.validation.rules.running import run_rules

MIB = 1024**2
PEOPLE = """
    SELECT * FROM (VALUES
        (1, 'Jane Canary', '078-05-1120', 20.5, DATE '2024-01-01', 'ok'),
        (2, 'Otto Canary', '219-09-9999', NULL, DATE '2024-02-01', 'ok'),
        (3, 'Žofie Canary', '457-55-5462', -3.0, DATE '2024-03-01', 'bad'),
        (4, 'Ana Canary', '123-45-6789', 0.1, NULL, NULL)
    ) AS t(id, "Full ""Name", ssn, "größe", born, "select")
"""

Write = Callable[[str], Path]
Run = Callable[..., list[Verdict]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Publish a query's rows as a table."""

    def run(query: str) -> Path:
        path = tmp_path / f"table{len(list(tmp_path.iterdir()))}.parquet"
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        return path

    return run


@pytest.fixture
def people(write: Write) -> Path:
    return write(PEOPLE)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run rules as a child does, in this process."""

    def judge(
        table: Path,
        *rules: Rule,
        hidden: tuple[str, ...] = (),
        limits: RuleLimits = RuleLimits(memory=256 * MIB),  # noqa: B008  # frozen
    ) -> list[Verdict]:
        answer = run_rules(
            {
                "table": str(table),
                "rules": [(number, rule_to_json(each)) for number, each in enumerate(rules)],
                "limits": asdict(limits),
                "hidden": list(hidden),
                "scratch": str(tmp_path),
                "journal": str(tmp_path / "journal"),
            }
        )
        return [Verdict.from_json(each) for _, each in answer["verdicts"]]

    return judge
