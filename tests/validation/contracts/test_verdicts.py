"""Every promise is judged on every row, located and masked, in few statements."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dcs.validation import Check, Outcome, Report, Severity
from dcs.validation.contracts import Quality, contract_checks, read_contract
from dcs.validation.contracts.counting import judged as judged_promises
from dcs.validation.contracts.promises import Promise
from dcs.validation.running import texts_by_contract
from tests.validation.conftest import Judge, check_of, table_of
from tests.validation.contracts.documents import contract

X = "schema[0].properties[0]"
FORMATS = [
    ("email", "o'neil+x@mail.example.org", "a@b@example.org"),
    ("uuid", "9F1B3C2D-0000-4000-8000-00000000ABCD", "9f1b3c2d-0000-4000-8000-00000000abc"),
    ("uri", "urn:isbn:0451450523", "www.example.org"),
    ("hostname", "a-b.example", "-a.example"),
    ("ipv4", "192.0.2.255", "192.0.2.256"),
    ("ipv6", "2001:db8::192.0.2.1", "2001:db8:::1"),
]


def judged(tmp_path: Path, content: str, document: str, **given: Any) -> Mapping[str, Check]:
    path = tmp_path / "judged.csv"
    path.write_text(content)
    promises = read_contract(document.encode())
    table = table_of(path, tmp_path, texts_by_contract(promises))
    try:
        return {each.id: each for each in contract_checks(table, promises, **given)}
    finally:
        table.close()


@pytest.mark.parametrize(
    ("promise", "rule", "good", "bad"),
    [
        *(
            (f"logicalType: string, logicalTypeOptions: {{format: {name}}}", "format", good, bad)
            for name, good, bad in FORMATS
        ),
        ("logicalType: integer, logicalTypeOptions: {format: i8}", "format", "-128", "128"),
        ("logicalType: integer, logicalTypeOptions: {format: u16}", "format", "65535", "-1"),
        ("logicalType: number, logicalTypeOptions: {format: f32}", "format", "3e38", "4e38"),
        ("logicalType: date, logicalTypeOptions: {format: dd.MM.yyyy}", "format", "31.01.2024", "31.02.2024"),
        ("logicalType: date, logicalTypeOptions: {format: dd/MM/yyyy}", "format", "01/02/2024", "1/2/2024"),
        ("logicalType: timestamp, logicalTypeOptions: {format: \"yyyy-MM-dd'T'HH:mm:ss.SSS\"}", "format", "2024-01-02T03:04:05.678", "2024-01-02 03:04:05.678"),
        ("logicalType: date, logicalTypeOptions: {format: d MMM yyyy, minimum: '2 Jan 2024'}", "minimum", "3 Jan 2024", "1 Jan 2024"),
        ("logicalType: date, logicalTypeOptions: {maximum: 2024-01-02}", "maximum", "2024-01-02", "2024-01-03"),
        ("logicalType: timestamp, logicalTypeOptions: {exclusiveMaximum: '2024-01-02T00:00:00Z'}", "exclusiveMaximum", "2024-01-01 23:59:59", "2024-01-02"),
        ("logicalType: number, logicalTypeOptions: {minimum: 0.1}", "minimum", "1e-1", "0.09"),
        ("logicalType: number, logicalTypeOptions: {multipleOf: 0.01}", "multipleOf", "4.35", "4.355"),
        ("logicalType: number, logicalTypeOptions: {multipleOf: 1.0e-15}", "multipleOf", "2e-15", "1.5e-15"),
        ("logicalType: integer, logicalTypeOptions: {multipleOf: 3}", "multipleOf", "999999999999999999", "999999999999999998"),
        ("logicalTypeOptions: {minimum: 3}", "minimum", "3", "2"),
        ("logicalTypeOptions: {enum: [a, b]}", "enum", "a", "c"),
        ("logicalType: number, enum: [{value: 1}, {value: 2.5}]", "enum", "2.50", "3"),
        ("logicalType: boolean, enum: [{value: true}]", "enum", "TRUE", "false"),
        ("logicalType: string, enum: [{value: \"it's\"}]", "enum", "it's", "its"),
        ("logicalType: string, logicalTypeOptions: {minLength: 2}", "minLength", "🤷🤷", "🤷"),
    ],
)  # fmt: skip
def test_a_promise_is_kept_by_one_value_and_broken_by_another(
    judge: Judge, promise: str, rule: str, good: str, bad: str
) -> None:
    report = judge(f'x,y\n"{good}",.\n"{bad}",.\n,.\n', contract(f"name: x, {promise}", "name: y"))
    check = check_of(report, f"contract:{rule}:x")
    assert (check.outcome, check.failed_rows) == (Outcome.FAILED, 1)
    assert [sample.row for sample in check.samples] == [2]
    assert check.odcs_path is not None
    assert check.odcs_path.startswith(f"{X}.")
    assert (check.operator, check.threshold, check.observed) == ("mustBe", 0, 1)
    others = [
        each for each in report.checks if each.id.startswith("contract:") and each is not check
    ]
    assert {each.outcome for each in others} <= {Outcome.PASSED}


def test_no_value_of_the_file_is_in_a_check(judge: Judge) -> None:
    document = contract(
        "name: x, logicalType: integer, required: true, unique: true, enum: [{value: 1}], "
        "logicalTypeOptions: {minimum: 3}, quality: [{metric: duplicateValues, mustBe: 0}]",
        "name: y, logicalTypeOptions: {pattern: '^a'}, relationships: [{to: t.x}]",
    )
    report = judge("x,y\nSecretName,Müller\nSecretName,Müller\n", document)
    text = str(report.to_json())
    assert len(report.findings) >= 5
    assert "SecretName" not in text
    assert "Müller" not in text


def test_a_hundred_columns_are_asked_about_in_few_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"c{number}" for number in range(100)]
    path = tmp_path / "wide.csv"
    path.write_text(",".join(names) + "\n" + ",".join("1" * 100) + "\n")
    table = table_of(path, tmp_path)
    asked: list[str] = []
    ask = table.ask
    monkeypatch.setattr(table, "ask", lambda query: (asked.append(query), ask(query))[1])
    promises = "logicalType: integer, required: true, logicalTypeOptions: {minimum: 0, maximum: 9}"
    document = contract(*(f"name: {name}, {promises}" for name in names))
    checks = list(contract_checks(table, read_contract(document.encode())))
    assert {each.outcome for each in checks} == {Outcome.PASSED}
    assert (len(checks), len(asked)) == (400, 2)


def test_a_long_list_of_values_is_looked_up(judge: Judge) -> None:
    values = ", ".join(f"{{value: v{number}}}" for number in range(5_000))
    rows = "".join(f"v{number % 6_000}\n" for number in range(60_000))
    check = check_of(judge("x\n" + rows, contract(f"name: x, enum: [{values}]")), "contract:enum:x")
    assert (check.failed_rows, check.samples[0].row, check.samples_truncated) == (
        10_000,
        5_001,
        True,
    )


@pytest.mark.parametrize(
    ("rule", "observed", "outcome"),
    [
        ("metric: nullValues, mustBe: 2", 2, "PASSED"),
        ("metric: nullValues, mustNotBe: 2", 2, "FAILED"),
        ("metric: nullValues, mustBeGreaterThan: 2", 2, "FAILED"),
        ("metric: nullValues, mustBeGreaterOrEqualTo: 2", 2, "PASSED"),
        ("metric: nullValues, mustBeLessThan: 2", 2, "FAILED"),
        ("metric: nullValues, mustBeLessOrEqualTo: 2", 2, "PASSED"),
        ("metric: nullValues, mustBeBetween: [2, 3]", 2, "PASSED"),
        ("metric: nullValues, mustBeBetween: [3, 4]", 2, "FAILED"),
        ("metric: nullValues, mustNotBeBetween: [1, 2]", 2, "FAILED"),
        ("metric: nullValues, mustBeLessThan: 20, unit: percent", 20, "FAILED"),
        ("metric: nullValues, mustBeLessOrEqualTo: 20, unit: '%'", 20, "PASSED"),
        ("metric: nullValues, mustBe: 0, severity: warning", 2, "WARN"),
        ("metric: nullValues, mustBe: 0, severity: info", 2, "WARN"),
        ("metric: missingValues, arguments: {missingValues: [null, N/A, -1]}, mustBe: 4", 4, "PASSED"),
        ("metric: missingValues, mustBe: 2", 2, "PASSED"),
        ("metric: invalidValues, arguments: {validValues: [a, N/A, null]}, mustBe: 4", 4, "PASSED"),
        ("metric: invalidValues, arguments: {validValues: []}, mustBe: 8", 8, "PASSED"),
        ("metric: invalidValues, arguments: {pattern: '^[a-z]$'}, mustBe: 2", 2, "PASSED"),
        ("metric: invalidValues, arguments: {validValues: [a], pattern: x}, mustBe: 8", 8, "PASSED"),
        ("metric: duplicateValues, mustBe: 1", 1, "PASSED"),
        ("metric: duplicateValues, mustBeLessThan: 10, unit: percent", 10, "FAILED"),
    ],
)  # fmt: skip
def test_a_library_rule_is_held_against_its_threshold(
    judge: Judge, rule: str, observed: float, outcome: str
) -> None:
    values = ["a", "a", "a", "b", "c", "d", "N/A", "-1", "", ""]
    rows = "".join(f"{value},.\n" for value in values)
    report = judge("x,y\n" + rows, contract(f"name: x, quality: [{{{rule}}}]", "name: y"))
    name = rule.partition("metric: ")[2].partition(",")[0]
    check = check_of(report, f"contract:{name}:x")
    assert (check.outcome.value, check.observed) == (outcome, observed)
    assert check.odcs_path == f"{X}.quality[0]"
    assert check.unit == ("percent" if "unit" in rule else "rows")


def test_too_few_is_told_without_rows_that_are_not_wrong(judge: Judge) -> None:
    rule = "metric: rowCount, mustBeBetween: [3, 5], id: enough, name: Enough rows"
    report = judge("x\n1\n2\n", contract("name: x", object=f"quality: [{{{rule}}}]"))
    check = check_of(report, "contract:enough:")
    assert (check.outcome, check.threshold, check.failed_rows) == (Outcome.FAILED, 3, 0)
    assert check.message == "Enough rows: rows: 2, and the contract says mustBeBetween 3 and 5"


def test_combinations_are_unique_together(judge: Judge) -> None:
    rule = "metric: duplicateValues, arguments: {properties: [a, y]}, mustBe: 0"
    document = contract("name: a, physicalName: x", "name: y", object=f"quality: [{{{rule}}}]")
    assert check_of(judge("x,y\n1,a\n1,b\n2,a\n", document), "contract:duplicateValues:").outcome is Outcome.PASSED  # fmt: skip
    check = check_of(judge("x,y\n1,a\n2,b\n1,a\n,a\n,a\n", document), "contract:duplicateValues:")
    assert (check.outcome, check.observed, check.failed_rows) == (Outcome.FAILED, 1, 2)
    assert [(each.row, each.masked) for each in check.samples] == [(1, "9 · x"), (3, "9 · x")]


def test_a_primary_key_has_no_gaps_and_is_unique_together(judge: Judge) -> None:
    key = "primaryKey: true, primaryKeyPosition: "
    document = contract(f"name: x, {key}2", f"name: y, {key}1")
    report = judge("x,y\n1,a\n1,b\n1,a\n,a\n", document)
    assert check_of(report, "contract:required:x").failed_rows == 1
    assert check_of(report, "contract:required:y").outcome is Outcome.PASSED
    check = check_of(report, "contract:primary_key:")
    assert (check.outcome, check.failed_rows) == (Outcome.FAILED, 2)
    assert check.samples[0].masked == "x · 9"


def test_outliers_and_formats_are_rules_of_our_own_engine(judge: Judge) -> None:
    def rule(settings: str) -> str:
        return f"{{type: custom, engine: dcs, severity: warning, implementation: {{{settings}}}}}"

    rules = ", ".join(
        [
            rule("check: zscore"),
            rule("check: iqr, mustBeLessThan: 50, unit: percent"),
            rule("check: format, format: ipv4"),
            rule("check: zscore, deviations: many"),
        ]
    )
    rows = "".join(f"{number % 10},{number % 10}\n" for number in range(100)) + "1000,x\n"
    report = judge(
        "x,y\n" + rows, contract(f"name: x, quality: [{rules}]", f"name: y, quality: [{rules}]")
    )
    found = {
        each.id: each.outcome.value for each in report.checks if each.id.startswith("contract:")
    }
    assert found == {
        "contract:zscore:x": "WARN",
        "contract:iqr:x": "PASSED",
        "contract:format:x": "WARN",
        "contract:zscore:x#2": "NOT_EVALUATED",
        "contract:zscore:y": "NOT_EVALUATED",
        "contract:iqr:y": "NOT_EVALUATED",
        "contract:format:y": "WARN",
        "contract:zscore:y#2": "NOT_EVALUATED",
    }
    assert [each.row for each in check_of(report, "contract:zscore:x").samples] == [101]


def test_a_constant_column_has_no_outliers(judge: Judge) -> None:
    rule = "quality: [{type: custom, engine: dcs, implementation: {check: zscore}}]"
    report = judge("x\n5\n5\n5\n", contract(f"name: x, logicalType: integer, {rule}"))
    assert check_of(report, "contract:zscore:x").outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("rule", "id"),
    [
        ("type: sql, query: SELECT 1, mustBe: 1, severity: info", "sql"),
        ("type: custom, engine: dcs, implementation: {check: psi}", "psi"),
        ("type: custom, engine: dcs, implementation: {check: nonsense}", "nonsense"),
        ("type: custom, engine: soda, implementation: x", "custom"),
        ("metric: invalidValues, arguments: {pattern: '(?=x)'}, mustBe: 0", "invalidValues"),
        ("metric: nullValues, mustBe: many", "nullValues"),
    ],
)
def test_a_rule_that_nobody_judges_never_passes(judge: Judge, rule: str, id: str) -> None:  # noqa: A002
    check = check_of(
        judge("x\n1\n", contract(f"name: x, quality: [{{{rule}}}]")), f"contract:{id}:x"
    )
    assert check.outcome is Outcome.NOT_EVALUATED
    assert check.severity is (Severity.INFO if "info" in rule else Severity.ERROR)
    assert len(check.message) > 60


def test_rules_that_need_more_than_the_rows_go_to_who_judges_them(tmp_path: Path) -> None:
    asked: list[Quality] = []

    def sql(quality: Quality) -> list[Check]:
        asked.append(quality)
        return []

    document = contract("name: x, quality: [{type: sql, query: SELECT 1, mustBe: 1}]")
    assert judged(tmp_path, "x\n1\n", document, judges={"sql": sql}) == {}
    assert [each.query for each in asked] == ["SELECT 1"]


def test_an_attestation_is_named_and_decides_nothing(judge: Judge) -> None:
    report = judge("x\n1\n", contract("name: x, quality: [{type: text, description: Seen.}]"))
    check = check_of(report, "contract:attestation:x")
    assert (check.outcome, check.message) == (
        Outcome.EXCLUDED,
        "to be confirmed by a person: Seen.",
    )
    assert report.status is Outcome.PASSED


def test_what_a_rule_needs_and_the_file_lacks_is_said(judge: Judge) -> None:
    document = contract(
        "name: x, primaryKey: true",
        "name: z, primaryKey: true, quality: [{metric: nullValues, mustBe: 0}], relationships: [{to: t.x}]",
        "name: total, semanticType: measure",
        object="relationships: [{from: t.x, to: t.nothing}]",
    )
    report = judge("x\n1\n", document)
    outcomes = {each.id: each.outcome.value for each in report.checks if "contract:" in each.id}
    assert outcomes == {
        "contract:required:x": "PASSED",
        "contract:missing_column:z": "FAILED",
        "contract:missing_column:total": "EXCLUDED",
        "contract:primary_key:": "NOT_EVALUATED",
        "contract:relationship:x": "NOT_EVALUATED",
        "contract:relationship:z": "NOT_EVALUATED",
        "contract:nullValues:z": "NOT_EVALUATED",
    }


def test_a_question_the_database_refuses_leaves_the_others_asked(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("x\n1\n2\n")
    table = table_of(path, tmp_path)

    def promise(rule: str, broken: str) -> Promise:
        return Promise(X, rule, ("x",), broken, "{count}", "", "conformity")

    checks = judged_promises(
        table,
        [promise("fine", "c0 = 1"), promise("odd", "error('1' || c0)"), promise("also", "false")],
    )
    assert [(each.rule, each.outcome.value) for each in checks] == [
        ("fine", "FAILED"),
        ("odd", "NOT_EVALUATED"),
        ("also", "PASSED"),
    ]


@pytest.mark.parametrize(
    "options",
    ["multipleOf: \"1') FROM data; --\"", "multipleOf: 0", "multipleOf: .nan", "minimum: .inf",
     "maximum: true", "minLength: three", "maxLength: -1", "minimum: [1]", "exclusiveMaximum: soon"],
)  # fmt: skip
def test_what_is_no_bound_is_not_taken_for_one(judge: Judge, options: str) -> None:
    report = judge("x\n1\n", contract(f"name: x, logicalTypeOptions: {{{options}}}"))
    [check] = [each for each in report.checks if each.id.startswith("contract:")]
    assert (check.rule, check.outcome) == (options.partition(":")[0], Outcome.NOT_EVALUATED)


@pytest.mark.parametrize("threshold", [".nan", ".inf", "-.inf"])
def test_a_threshold_that_is_no_number_is_held_against_nothing(
    judge: Judge, threshold: str
) -> None:
    rule = f"quality: [{{metric: nullValues, mustBe: {threshold}}}]"
    check = check_of(judge("x\n1\n", contract(f"name: x, {rule}")), "contract:nullValues:x")
    assert check.outcome is Outcome.NOT_EVALUATED


def test_freshness_goes_to_who_judges_it(tmp_path: Path) -> None:
    levels = "slaProperties: [{property: freshness, value: 3, unit: d, element: t.x}]\n"
    document = contract("name: x", more=levels)
    asked: list[Quality] = []
    judged(
        tmp_path, "x\n1\n", document, judges={"freshness": lambda rule: asked.append(rule) or []}
    )
    assert [(each.column, each.check, each.path) for each in asked] == [
        ("x", "freshness", "slaProperties[0]")
    ]
    assert (
        judged(tmp_path, "x\n1\n", document)["contract:freshness:x"].outcome
        is Outcome.NOT_EVALUATED
    )
    elsewhere = judged(tmp_path, "x\n1\n", document.replace("t.x", "t.z"))
    assert "no column" in elsewhere["contract:freshness:"].message


def test_a_value_that_no_query_can_hold_harms_only_its_own_promise(judge: Judge) -> None:
    document = contract('name: x, enum: [{value: "a\\0b"}], logicalTypeOptions: {maxLength: 3}')
    report = judge("x\n1\n", document)
    assert check_of(report, "contract:enum:x").outcome is not Outcome.PASSED
    assert check_of(report, "contract:maxLength:x").outcome is Outcome.PASSED


def test_a_second_object_is_not_passed_over_in_silence(judge: Judge) -> None:
    document = (
        contract("name: x") + "  - name: other\n    properties: [{name: y, required: true}]\n"
    )
    check = check_of(judge("x\n1\n", document), "contract:object other:")
    assert check.outcome is Outcome.NOT_EVALUATED


def test_a_contract_without_properties_says_only_what_it_knows(judge: Judge) -> None:
    document = contract("name: x").partition("    properties:")[0]
    report = judge("x\n1\n", document)
    assert check_of(report, "contract:unexpected_column:x").outcome is Outcome.WARN


class TestForeignKeys:
    DOCUMENT = contract(
        "name: customer, relationships: [{to: customers.id}]",
        "name: day",
        object="relationships: [{from: [t.customer, t.day], to: [visits.customer, visits.day]}]",
    )
    ROWS = "customer,day\n1,2024-01-01\n01,2024-01-02\nx,\n,2024-01-01\n3,2024-01-03\n"

    @pytest.fixture
    def customers(self, tmp_path: Path) -> Path:
        path = tmp_path / "it's customers.parquet"
        pq.write_table(pa.table({"id": pa.array([1, 2], pa.int32())}), path)
        return path

    def test_a_value_that_the_other_table_lacks_is_located(
        self, tmp_path: Path, customers: Path
    ) -> None:
        checks = judged(tmp_path, self.ROWS, self.DOCUMENT, references={"customers": customers})
        check = checks["contract:relationship:customer"]
        assert (check.outcome, check.failed_rows) == (Outcome.FAILED, 2)
        assert [(each.row, each.masked) for each in check.samples] == [(3, "x"), (5, "9")]
        assert (check.dimension, check.odcs_path) == ("consistency", f"{X}.relationships[0]")

    def test_one_that_is_not_lent_is_not_evaluated_and_not_told_apart(self, tmp_path: Path) -> None:
        check = judged(tmp_path, self.ROWS, self.DOCUMENT)["contract:relationship:"]
        assert check.outcome is Outcome.NOT_EVALUATED
        assert "'visits' is not readable by the submitter" in check.message

    def test_several_columns_are_one_key(self, tmp_path: Path) -> None:
        path = tmp_path / "visits.parquet"
        day = pa.array(["2024-01-01", "2024-01-02"]).cast(pa.date32())
        pq.write_table(pa.table({"customer": ["1", "01"], "day": day}), path)
        checks = judged(tmp_path, self.ROWS, self.DOCUMENT, references={"visits": path})
        assert [each.row for each in checks["contract:relationship:"].samples] == [5]

    def test_a_column_the_other_table_lacks_is_said(self, tmp_path: Path, customers: Path) -> None:
        document = self.DOCUMENT.replace("customers.id", "customers.number")
        check = judged(tmp_path, self.ROWS, document, references={"customers": customers})[
            "contract:relationship:customer"
        ]
        assert "'customers' has no column 'number'" in check.message


def test_a_stored_report_of_an_earlier_release_is_read(judge: Judge) -> None:
    document = judge("x\n1\n").to_json()
    for check in document["checks"]:
        for name in ("odcs_path", "operator", "error_bound"):
            del check[name]
    assert Report.from_json(document).checks[0].odcs_path is None
