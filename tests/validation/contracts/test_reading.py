"""A contract is read whole or refused by name and place; what cannot be judged says why."""

import time

import pytest

from dcs.validation import InvalidContractError, parse_contract
from dcs.validation.contracts import QualityType, read_contract
from dcs.validation.models import Operator, Severity
from tests.validation.contracts.documents import HEAD, contract


def refused(document: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidContractError) as caught:
        parse_contract(document.encode())
    return [(each["path"], each["message"]) for each in caught.value.extra["problems"]]


def quality(rule: str) -> str:
    return contract(f"name: x, quality: [{{{rule}}}]")


X = "schema[0].properties[0]"


@pytest.mark.parametrize(
    ("document", "path", "says"),
    [
        (contract("name: x, require: true"), f"{X}.require", "did you mean required?"),
        (contract("name: x, logicalType: text"), f"{X}.logicalType", "string"),
        (contract("name: x, logicalType: time"), f"{X}.logicalType", "flat file"),
        (contract("logicalType: string"), X, "name"),
        (contract("name: x, required: 'yes'"), f"{X}.required", "boolean"),
        (contract("name: x, logicalType: string, logicalTypeOptions: {minimum: 3}"), f"{X}.logicalTypeOptions.minimum", "minLength"),
        (contract("name: x, logicalType: integer, logicalTypeOptions: {format: i33}"), f"{X}.logicalTypeOptions.format", "i64"),
        (contract("name: x, logicalTypeOptions: {pattern: '(?=a)'}"), f"{X}.logicalTypeOptions.pattern", "RE2"),
        (contract("name: x, enum: []"), f"{X}.enum", "1 item"),
        (contract("name: x, enum: [a]"), f"{X}.enum[0]", "object"),
        (contract("name: x, enum: [{value: a}, {value: a}]"), f"{X}.enum", "unique"),
        (contract("name: x, logicalType: string, enum: [{value: AT}, {value: NO}]"), f"{X}.enum[1].value", "quotes"),
        (contract("name: x, relationships: [{to: customers}]"), f"{X}.relationships[0].to", "object.property"),
        (contract("name: x, relationships: [{from: t.x, to: c.id}]"), f"{X}.relationships[0]", "from"),
        (quality("metric: nullVals, mustBe: 0"), f"{X}.quality[0].metric", "nullValues"),
        (quality("rule: countCheck, mustBe: 0"), f"{X}.quality[0].metric", "nullValues"),
        (quality("metric: nullValues, mustBeAround: 0"), f"{X}.quality[0].mustBeAround", "mustBe"),
        (quality("metric: nullValues, mustBe: 0, mustBeLessThan: 3"), f"{X}.quality[0]", "exactly one operator, has mustBe, mustBeLessThan"),
        (quality("metric: nullValues"), f"{X}.quality[0]", "has none"),
        (quality("metric: nullValues, mustBeLessThan: '3'"), f"{X}.quality[0].mustBeLessThan", "a number"),
        (quality("metric: nullValues, mustBeBetween: [3]"), f"{X}.quality[0].mustBeBetween", "two numbers"),
        (quality("metric: nullValues, mustBeBetween: [3, 3]"), f"{X}.quality[0]", ""),
        (quality("type: sql, mustBe: 0"), f"{X}.quality[0]", "query"),
        (quality("type: sql, query: SELECT 1"), f"{X}.quality[0]", "operator"),
        (quality("type: sql, query: SELECT 1, mustBe: 1, engine: x"), f"{X}.quality[0].engine", "unknown"),
        (quality("type: text, description: x, mustBe: 1"), f"{X}.quality[0].mustBe", "unknown"),
        (quality("type: custom, engine: dcs"), f"{X}.quality[0]", "implementation"),
        (quality("type: poem"), f"{X}.quality[0].type", "library"),
        (quality("metric: rowCount, mustBe: 1, dimension: validity"), f"{X}.quality[0].dimension", "conformity"),
        (contract("name: x", more="slaProperties: [{property: freshness}]\n"), "slaProperties[0]", "value"),
        (contract("name: x", more="foo: 1\n"), "foo", "unknown"),
        (contract("name: x", object="property: []"), "schema[0].property", "properties"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_place(document: str, path: str, says: str) -> None:
    [(place, message)] = refused(document)
    assert place.startswith(path)
    assert says in message


def test_every_place_is_named_at_once() -> None:
    problems = refused(
        contract(
            "name: a, require: true",
            "name: b, logicalType: text",
            "name: c, quality: [{metric: nullVals, mustBe: 0}, {metric: nullValues}]",
        )
    )
    assert {path for path, _ in problems} == {
        "schema[0].properties[0].require",
        "schema[0].properties[1].logicalType",
        "schema[0].properties[2].quality[0].metric",
        "schema[0].properties[2].quality[1]",
    }


@pytest.mark.parametrize("version", ["v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0"])
def test_every_edition_of_the_third_version_is_read(version: str) -> None:
    document = contract("name: x").replace("v3.2.0", version)
    assert parse_contract(document.encode()).api_version == version


@pytest.mark.parametrize("version", ["v2.2.2", "v3.9.0", "3.2.0", "v4.0.0"])
def test_another_version_is_refused(version: str) -> None:
    with pytest.raises(InvalidContractError, match=r"apiVersion.*v3\.2\.0"):
        parse_contract(contract("name: x").replace("v3.2.0", version).encode())


def test_a_property_without_a_type_is_no_map() -> None:
    assert parse_contract(contract("name: x").encode()).columns[0].type is None


def test_a_column_is_read_with_everything_it_promises() -> None:
    [column] = parse_contract(
        contract(
            "name: amount, physicalName: AMT, logicalType: number, required: true, unique: true, "
            "primaryKey: true, primaryKeyPosition: 2, classification: restricted, tags: [money], "
            "enum: [{value: 1, label: one}, {value: 2.5}], logicalTypeOptions: "
            "{minimum: 0, exclusiveMaximum: 10, multipleOf: 0.5, format: f64}"
        ).encode()
    ).columns
    assert (column.name, column.logical_name, column.path) == ("AMT", "amount", X)
    assert (column.required, column.unique, column.primary_key, column.key_position) == (True, True, True, 2)  # fmt: skip
    assert (column.enum, column.format, column.tags) == (("1", "2.5"), "f64", ("money",))
    limits = column.limits
    assert (limits.minimum, limits.exclusive_maximum, limits.multiple_of) == (0, 10, 0.5)
    assert column.declares_personal_data


@pytest.mark.parametrize("operator", list(Operator))
def test_every_operator_of_the_standard_is_read(operator: Operator) -> None:
    value = "[1, 2]" if operator in (Operator.BETWEEN, Operator.NOT_BETWEEN) else "1"
    [rule] = parse_contract(quality(f"metric: nullValues, {operator}: {value}").encode()).quality
    assert rule.threshold is not None
    assert rule.threshold.operator is operator
    assert rule.unclear == ""


def test_the_rules_of_the_first_editions_are_understood() -> None:
    names = (
        "{rule: nullCheck}, {type: library, rule: duplicateCount, mustBeLessThan: 10}, "
        "{rule: validValues, validValues: [pounds]}"
    )
    document = contract(f"name: x, quality: [{names}]").replace("v3.2.0", "v3.0.2")
    nulls, repeated, valid = parse_contract(document.encode()).quality
    assert (nulls.metric, str(nulls.threshold)) == ("nullValues", "0")
    assert (repeated.metric, str(repeated.threshold)) == ("duplicateValues", "10")
    assert (valid.metric, valid.arguments) == ("invalidValues", {"validValues": ["pounds"]})


def test_a_query_is_kept_as_it_is_with_its_threshold() -> None:
    query = "SELECT count(*) FROM ${table} WHERE {property} < 0"
    [rule] = parse_contract(
        quality(
            f'type: sql, query: "{query}", mustBe: 0, severity: warning, dimension: accuracy'
        ).encode()
    ).quality
    assert (rule.type, rule.query, rule.column) == (QualityType.SQL, query, "x")
    assert (rule.severity, rule.dimension, rule.path) == (Severity.WARNING, "accuracy", f"{X}.quality[0]")  # fmt: skip


@pytest.mark.parametrize(
    ("severity", "means"),
    [
        ("error", "error"),
        ("warn", "warning"),
        ("INFO", "info"),
        ("blocker", "error"),
        ("low", "info"),
    ],
)
def test_a_severity_nobody_knows_is_an_error(severity: str, means: str) -> None:
    document = quality(f"metric: nullValues, mustBe: 0, severity: {severity}")
    assert parse_contract(document.encode()).quality[0].severity.value == means


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("metric: nullValues, mustBe: many", "a number"),
        ("metric: nullValues, mustBe: true", "a number"),
        ("metric: nullValues, mustBe: null", "a number"),
        ("metric: nullValues, mustBeBetween: [7, 3]", "smaller first"),
        ("metric: nullValues, mustBe: 0, unit: furlongs", "furlongs"),
        ("metric: rowCount, mustBe: 0", "property"),
        ("metric: invalidValues, mustBe: 0", "validValues or a pattern"),
        ("metric: invalidValues, mustBe: 0, arguments: {validValues: a}", "lists"),
        ("description: nothing more", "none of the metrics"),
        ("type: custom, engine: soda, implementation: x", "soda"),
        ("type: custom, engine: dcs, implementation: x", "mapping with `check`"),
        ("type: text", "no text"),
    ],
)
def test_what_the_standard_allows_and_nobody_can_judge_is_read_with_the_reason(
    rule: str, why: str
) -> None:
    assert why in parse_contract(quality(rule).encode()).quality[0].unclear


def test_what_a_person_must_confirm_is_an_attestation() -> None:
    document = contract(
        "name: x, quality: [{type: text, description: Checked by the lab.}]",
        object="quality: [{type: text, name: Consent, description: All agreed.}]",
    )
    found = parse_contract(document.encode()).attestations
    assert [(each.column, each.text) for each in found] == [
        (None, "Consent"),
        ("x", "Checked by the lab."),
    ]


def test_relationships_are_read_in_both_notations() -> None:
    other = (
        "  - name: customers\n    id: customers_tbl\n    physicalName: CUSTOMERS\n"
        "    properties: [{name: id, id: id_pk, physicalName: ID}]\n"
    )
    document = contract(
        "name: a, relationships: [{to: customers.id}]",
        "name: b, relationships: [{to: schema/customers_tbl/properties/id_pk}]",
        "name: c, relationships: [{to: elsewhere.key}, {to: t.a}]",
        "name: d, relationships: [{to: 'other.yaml#/schema/x/properties/y'}]",
        object="relationships: [{from: [t.a, t.b], to: [pairs.a, pairs.b]}]",
    )
    found = parse_contract((document + other).encode())
    both, a, b, c, own, foreign = found.objects[0].all_relationships()
    assert (both.columns, both.target, both.target_columns) == (("a", "b"), "pairs", ("a", "b"))
    assert (a.target, a.target_columns) == (b.target, b.target_columns) == ("CUSTOMERS", ("ID",))
    assert (c.target, c.own, own.target, own.own) == ("elsewhere", False, "t", True)
    assert foreign.target == ""
    assert found.references == ("CUSTOMERS", "elsewhere", "pairs")


def test_what_was_accepted_once_is_read_even_if_it_would_be_refused_today() -> None:
    document = contract("name: x, required: 'yes', required: true, misspelt: 1")
    assert read_contract(document.encode()).columns[0].required
    with pytest.raises(InvalidContractError, match="'required' is given twice"):
        parse_contract(document.encode())


def test_nesting_without_end_is_refused() -> None:
    for deep in ("[" * 61 + "]" * 61, "[" * 5_000, "{a: " * 70 + "1" + "}" * 70):
        with pytest.raises(InvalidContractError, match="deep"):
            parse_contract((HEAD + f"tags: {deep}\n").encode())


def test_more_values_than_a_contract_may_hold_are_refused_by_its_size() -> None:
    values = ", ".join(f"{{value: {number}}}" for number in range(100_000))
    with pytest.raises(InvalidContractError, match="256 KiB"):
        parse_contract(contract(f"name: x, enum: [{values}]").encode())


def test_ten_thousand_columns_are_read_in_seconds() -> None:
    document = f"{HEAD}schema:\n- name: t\n  properties:\n" + "".join(
        f"  - name: c{number}\n" for number in range(10_000)
    )
    began = time.process_time()
    assert len(parse_contract(document.encode()).columns) == 10_000
    assert time.process_time() - began < 20
