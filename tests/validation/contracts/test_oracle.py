"""Our verdicts equal datacontract-cli's; where they do not, the case says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
import yaml

from dcs.validation import Outcome, Report
from tests.validation.conftest import Judge
from tests.validation.contracts.peers import ask

HEAD = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "c1", "version": "1.0.0"}


@dataclass(frozen=True)
class Case:
    """
    A promise with rows that keep it and rows that break it.

    Attributes:
        promise: What the contract says of the column ``x``.
        object: What it says of the object.
        differs: Why datacontract-cli says something else, of rows that keep it or break it.
        theirs: What it says then, of (kept, broken).
    """

    name: str
    promise: str
    kept: Sequence[str]
    broken: Sequence[str]
    object: str = "{}"
    y: str = "name: y, logicalType: string"
    differs: str = ""
    theirs: tuple[str, str] = ("passed", "failed")
    ours: tuple[str, str] = ("passed", "failed")
    form: str = "csv"


def text(options: str) -> str:
    return f"logicalType: string, logicalTypeOptions: {{{options}}}"


def whole(options: str) -> str:
    return f"logicalType: integer, logicalTypeOptions: {{{options}}}"


def rule(rest: str) -> str:
    return f"logicalType: string, quality: [{{{rest}}}]"


CASES = [
    Case("required", "logicalType: string, required: true", ["a", "b"], ["a", ""]),
    Case("unique", "logicalType: string, unique: true", ["a", "b", "", ""], ["a", "a"]),
    Case("primary key", "logicalType: string, primaryKey: true", ["a", "b"], ["a", "a"]),
    Case("primary key with a gap", "logicalType: string, primaryKey: true", ["a"], ["a", ""]),
    Case(
        "composite key",
        "logicalType: string, primaryKey: true, primaryKeyPosition: 1",
        ["a,1", "a,2", "b,1"],
        ["a,1", "a,1"],
        y="name: y, logicalType: string, primaryKey: true, primaryKeyPosition: 2",
    ),
    Case("enum", "logicalType: string, enum: [{value: a}, {value: b}]", ["a", ""], ["c"]),
    Case("enum of numbers", "logicalType: integer, enum: [{value: 1}]", ["1", ""], ["2"]),
    Case("pattern found anywhere", text("pattern: '[0-9]'"), ["a1b"], ["abc"]),
    Case("pattern of the whole", text("pattern: '^[A-Z]{2}$'"), ["AT"], ["AUT"]),
    Case("least length", text("minLength: 3"), ["abc", ""], ["ab"]),
    Case("most length in characters", text("maxLength: 3"), ["äöü"], ["abcd"]),
    Case("minimum", whole("minimum: 3"), ["3", ""], ["2"]),
    Case("maximum", whole("maximum: 3"), ["3"], ["4"]),
    Case("exclusive minimum", whole("exclusiveMinimum: 3"), ["4"], ["3"]),
    Case("exclusive maximum", whole("exclusiveMaximum: 3"), ["2"], ["3"]),
    Case(
        "earliest date",
        "logicalType: date, logicalTypeOptions: {minimum: '2024-01-01'}",
        ["2024-01-01"],
        ["2023-12-31"],
    ),
    Case(
        "multiples",
        whole("multipleOf: 5"),
        ["10", "-5"],
        ["7"],
        differs="datacontract-cli does not check multipleOf",
        theirs=("passed", "passed"),
    ),
    Case(
        "format of texts",
        text("format: email"),
        ["a@example.org"],
        ["nobody"],
        differs="datacontract-cli does not check formats",
        theirs=("passed", "passed"),
    ),
    Case(
        "type",
        "logicalType: integer",
        ["1"],
        ["one"],
    ),
    Case("no nulls", rule("metric: nullValues, mustBe: 0"), ["a"], [""]),
    Case("few nulls", rule("metric: nullValues, mustBeLessThan: 2"), ["a", ""], ["", ""]),
    Case(
        "share of nulls",
        rule("metric: nullValues, mustBeLessOrEqualTo: 50, unit: percent"),
        ["a", ""],
        ["a", "", ""],
    ),
    Case("not without nulls", rule("metric: nullValues, mustNotBe: 0"), ["", "a"], ["a"]),
    Case(
        "missing values",
        rule("metric: missingValues, arguments: {missingValues: [null, n/a]}, mustBe: 0"),
        ["a"],
        ["n/a"],
    ),
    Case(
        "valid values",
        rule("metric: invalidValues, arguments: {validValues: [a, b]}, mustBe: 0"),
        ["a", ""],
        ["c"],
    ),
    Case(
        "valid pattern",
        rule("metric: invalidValues, arguments: {pattern: '^[0-9]+$'}, mustBeLessThan: 1"),
        ["12"],
        ["1a"],
    ),
    Case(
        "values that repeat, not their rows",
        rule("metric: duplicateValues, mustBeLessOrEqualTo: 1"),
        ["a", "a", "a", "b"],
        ["a", "a", "b", "b"],
    ),
    Case(
        "combinations that repeat",
        "logicalType: string",
        ["a,1", "a,2"],
        ["a,1", "a,1"],
        object="quality: [{metric: duplicateValues, arguments: {properties: [x, y]}, mustBe: 0}]",
    ),
    Case(
        "share of repeated values",
        rule("metric: duplicateValues, mustBeLessThan: 30, unit: percent"),
        ["a", "b", "c"],
        ["a", "a"],
        differs="the standard has percent for duplicates, datacontract-cli does not run it",
        theirs=("warning", "warning"),
    ),
    Case(
        "number of rows",
        "logicalType: string",
        ["a", "b"],
        ["a"],
        object="quality: [{metric: rowCount, mustBeBetween: [2, 3]}]",
    ),
    Case(
        "rows outside a range",
        "logicalType: string",
        ["a"],
        ["a", "b"],
        object="quality: [{metric: rowCount, mustNotBeBetween: [2, 3]}]",
    ),
    Case(
        "a warning only",
        rule("metric: nullValues, mustBe: 0, severity: warning"),
        ["a"],
        [""],
        theirs=("passed", "warning"),
        ours=("passed", "warning"),
    ),
    Case(
        "a metric at the wrong level",
        rule("metric: rowCount, mustBe: 1"),
        ["a"],
        ["a", "b"],
        theirs=("warning", "warning"),
        ours=("warning", "warning"),
    ),
    Case(
        "foreign engines",
        rule("type: custom, engine: soda, implementation: x"),
        ["a"],
        ["b"],
        theirs=("warning", "warning"),
        ours=("warning", "warning"),
    ),
    Case(
        "a missing column",
        "logicalType: string",
        ["a"],
        ["a"],
        object="properties: [{name: x, logicalType: string}, {name: y}, {name: z}]",
        theirs=("failed", "failed"),
        ours=("failed", "failed"),
    ),
    Case(
        "a key of the same object",
        "logicalType: string, relationships: [{to: t.y}]",
        ["a,a", ",b"],
        ["c,a"],
    ),
    Case("truth values", "logicalType: boolean, enum: [{value: true}]", ["true"], ["false"]),
    *(
        Case(
            f"{name} in Parquet",
            promise,
            kept,
            broken,
            form="parquet",
            differs="it says that it does not check the types of Parquet files",
            theirs=("warning", "failed"),
        )
        for name, promise, kept, broken in (
            ("required", "logicalType: integer, required: true", ["1"], ["1", ""]),
            ("maximum", whole("maximum: 3"), ["3", ""], ["4"]),
            ("unique", "logicalType: integer, unique: true", ["1", "2"], ["1", "1"]),
        )
    ),
]


def rows_of(lines: Sequence[str]) -> str:
    return "x,y\n" + "".join(f"{each if ',' in each else each + ',.'}\n" for each in lines)


def document_of(case: Case, path: Path) -> str:
    properties = [yaml.safe_load(f"{{name: x, {case.promise}}}"), yaml.safe_load(f"{{{case.y}}}")]
    shape = case.object if case.object.startswith("{") else f"{{{case.object}}}"
    table = {"name": "t", "properties": properties} | yaml.safe_load(shape)
    server = {"server": "local", "type": "local", "path": str(path), "format": case.form}
    if case.form == "csv":
        server["delimiter"] = ","
    return yaml.safe_dump(HEAD | {"servers": [server], "schema": [table]}, sort_keys=False)


def written(case: Case, lines: Sequence[str], path: Path) -> Path:
    path.write_text(rows_of(lines))
    if case.form == "csv":
        return path
    options = pa_csv.ConvertOptions(strings_can_be_null=True)
    table = pa_csv.read_csv(path, convert_options=options)
    pq.write_table(table, path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def verdict(report: Report) -> str:
    outcomes = {check.outcome for check in report.checks if check.id.startswith("contract:")}
    if Outcome.FAILED in outcomes:
        return "failed"
    return "warning" if outcomes & {Outcome.WARN, Outcome.NOT_EVALUATED} else "passed"


@pytest.mark.service("datacontract")
def test_our_verdicts_equal_theirs(judge: Judge, tmp_path: Path) -> None:
    ours, asked = [], []
    for number, case in enumerate(CASES):
        for name, lines in (("kept", case.kept), ("broken", case.broken)):
            path = written(case, lines, tmp_path / f"{number}-{name}.csv")
            document = document_of(case, path)
            ours.append((case.name, name, verdict(judge(path, document))))
            asked.append({"contract": document, "what": "test"})
    theirs = ask(asked)
    said = [(*each[:2], answer["result"]) for each, answer in zip(ours, theirs, strict=True)]
    both = ("kept", "broken")
    assert ours == [(c.name, n, v) for c in CASES for n, v in zip(both, c.ours, strict=True)]
    assert said == [(c.name, n, v) for c in CASES for n, v in zip(both, c.theirs, strict=True)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_with_another_verdict_says_why(case: Case) -> None:
    assert (case.theirs != case.ours) == bool(case.differs)
