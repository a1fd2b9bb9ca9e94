"""Data contracts: every promise is checked, and what cannot be checked is refused."""

import pytest

from dcs.validation import InvalidContractError, Outcome, parse_contract
from tests.validation.conftest import Judge, check_of

HEAD = "apiVersion: v3.1.0\nkind: DataContract\nid: c1\nversion: 1.0.0\nstatus: active\n"


def contract(*properties: str) -> str:
    lines = "".join(f"      - {{{each}}}\n" for each in properties)
    return f"{HEAD}schema:\n  - name: t\n    properties:\n{lines}"


@pytest.mark.parametrize(
    ("promise", "good", "bad", "rule"),
    [
        ("name: x, logicalType: integer", "1", "1.5", "type"),
        ("name: x, logicalType: number", "1.5", "one", "type"),
        ("name: x, logicalType: date", "2024-01-02", "2024-13-02", "type"),
        ("name: x, logicalType: timestamp", "2024-01-02", "noon", "type"),
        ("name: x, logicalType: boolean", "true", "yes", "type"),
        ("name: x, required: true", "1", "", "required"),
        ("name: x, unique: true", "1", "7", "unique"),
        ("name: x, primaryKey: true", "1", "7", "unique"),
        ("name: x, enum: [{value: a}, {value: b}]", "a", "c", "enum"),
        ("name: x, logicalTypeOptions: {pattern: '^[A-Z]{2}$'}", "AT", "at", "pattern"),
    ],
)
def test_a_broken_promise_is_an_error_with_its_rows(
    judge: Judge, promise: str, good: str, bad: str, rule: str
) -> None:
    rows = [good, bad, "7" if rule == "unique" else good]
    report = judge("x,y\n" + "".join(f"{each},.\n" for each in rows), contract(promise, "name: y"))
    check = check_of(report, f"contract:{rule}:x")
    assert (check.outcome, report.status) == (Outcome.FAILED, Outcome.FAILED)
    assert [sample.row for sample in check.samples] == ([2, 3] if rule == "unique" else [2])
    assert check.fix


def test_kept_promises_pass(judge: Judge) -> None:
    promises = contract(
        "name: x, logicalType: integer, required: true, unique: true", "name: y, enum: [{value: a}]"
    )
    report = judge("x,y\n1,a\n2,\n", promises)
    assert {check.outcome for check in report.checks if check.kind.value == "contract"} == {
        Outcome.PASSED
    }
    assert report.contract is not None
    assert report.contract["id"] == "c1"


def test_a_missing_column_is_an_error_and_an_extra_one_a_warning(judge: Judge) -> None:
    report = judge("x,z\n1,2\n", contract("name: x", "name: y"))
    assert check_of(report, "contract:missing_column:y").outcome is Outcome.FAILED
    assert check_of(report, "contract:unexpected_column:z").outcome is Outcome.WARN


def test_personal_data_that_the_contract_declares_is_declared(judge: Judge) -> None:
    rows = "email\n" + "".join(f"a{n}@example.org\n" for n in range(3))
    [declared] = judge(rows, contract("name: email, classification: restricted")).personal_data
    [undeclared] = judge(rows, contract("name: email, classification: public")).personal_data
    assert (declared.declared, undeclared.declared) == (True, False)


def test_values_with_quotes_are_only_values(judge: Judge) -> None:
    report = judge('x\n"it\'s"\n', contract('name: x, enum: [{value: "it\'s"}]'))
    assert check_of(report, "contract:enum:x").outcome is Outcome.PASSED


BOMB = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n"


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"", "mapping"),
        (b"[1, 2]", "mapping"),
        (b"a: [", "YAML"),
        (b"\xff\xfe\x00", "YAML"),
        (BOMB.encode(), "aliases"),
        (b"x" * (256 * 1024 + 1), "256 KiB"),
        (b"a: " + b"[" * 5_000, "YAML"),
        (HEAD.replace("id: c1\n", "").encode(), "lacks id"),
        (HEAD.encode(), "no schema"),
        ((HEAD + "schema: []\n").encode(), "no schema"),
        (contract("name: x").replace("v3.1.0", "v2.0.0").encode(), "apiVersion"),
        (contract("name: x").replace("DataContract", "Poem").encode(), "kind"),
        (contract("name: x, misspelt: true").encode(), "misspelt"),
        (contract("name: x, logicalType: object").encode(), "object"),
        (contract("name: x, logicalTypeOptions: {pattern: '(?=lookahead)'}").encode(), "pattern"),
        (contract("logicalType: string").encode(), "name"),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else value,
)
def test_what_is_no_contract_is_refused_with_the_reason(document: bytes, says: str) -> None:
    with pytest.raises(InvalidContractError, match=says):
        parse_contract(document)


def test_a_contract_may_be_json() -> None:
    document = b"""{"apiVersion": "v3.0.2", "kind": "DataContract", "id": "c", "version": "1",
    "status": "active", "schema": [{"name": "t", "properties": [{"name": "x", "required": true}]}]}"""
    assert parse_contract(document).columns[0].required


def test_a_promise_that_cannot_be_checked_is_said_so(judge: Judge) -> None:
    rule = "quality: [{type: custom, engine: soda, implementation: x}]"
    report = judge("x\n1\n", contract(f"name: x, {rule}, logicalTypeOptions: {{colour: 3}}"))
    outcomes = {check.id: check.outcome for check in report.findings}
    assert outcomes == {
        "contract:custom:x": Outcome.NOT_EVALUATED,
        "contract:colour:x": Outcome.NOT_EVALUATED,
    }
    assert report.status is Outcome.WARN
