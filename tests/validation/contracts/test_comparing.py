"""What breaks for those who rely on a contract is told from what does not."""

import pytest

from dcs.validation import contract_changes, parse_contract
from tests.validation.contracts.documents import contract

OPTIONS = "logicalType: integer, logicalTypeOptions"
RULE = "name: x, quality"


def told(old: str, new: str) -> list[tuple[str, bool]]:
    found = contract_changes(parse_contract(old.encode()), parse_contract(new.encode()))
    return [(each.path, each.breaking) for each in found]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("name: x, required: true", "name: x", "required"),
        ("name: x, unique: true", "name: x", "unique"),
        ("name: x, logicalType: integer", "name: x, logicalType: number", "logicalType"),
        ("name: x, logicalType: string", "name: x", "logicalType"),
        ("name: x, logicalType: date", "name: x, logicalType: timestamp", "logicalType"),
        ("name: x, enum: [{value: a}]", "name: x, enum: [{value: a}, {value: b}]", "enum"),
        ("name: x, enum: [{value: a}]", "name: x", "enum"),
        (f"name: x, {OPTIONS}: {{minimum: 3}}", f"name: x, {OPTIONS}: {{minimum: 2}}", "logicalTypeOptions.minimum"),
        (f"name: x, {OPTIONS}: {{maximum: 3}}", f"name: x, {OPTIONS}: {{maximum: 4}}", "logicalTypeOptions.maximum"),
        (f"name: x, {OPTIONS}: {{maximum: 3}}", "name: x, logicalType: integer", "logicalTypeOptions.maximum"),
        (f"name: x, {OPTIONS}: {{multipleOf: 6}}", f"name: x, {OPTIONS}: {{multipleOf: 3}}", "logicalTypeOptions.multipleOf"),
        ("name: x, logicalTypeOptions: {pattern: a}", "name: x", "logicalTypeOptions.pattern"),
    ],
)  # fmt: skip
def test_what_takes_a_promise_away_is_breaking_and_its_reverse_is_not(
    old: str, new: str, path: str
) -> None:
    place = f"schema[0].properties[0].{path}"
    assert told(contract(old), contract(new)) == [(place, True)]
    assert told(contract(new), contract(old)) == [(place, False)]


@pytest.mark.parametrize(
    ("old", "new", "breaking"),
    [
        ("mustBe: 0", "mustBeLessThan: 3", True),
        ("mustBeLessThan: 3", "mustBe: 0", False),
        ("mustBeBetween: [1, 5]", "mustBeBetween: [2, 4]", False),
        ("mustBeBetween: [2, 4]", "mustBeBetween: [2, 5]", True),
        ("mustBeGreaterThan: 2", "mustBeGreaterOrEqualTo: 2", True),
        ("mustNotBe: 0", "mustBeGreaterThan: 0", False),
        ("mustBeLessThan: 3", "mustBeLessThan: 3, unit: percent", True),
        ("mustBe: 0", "mustBe: 0, severity: warning", True),
    ],
)
def test_a_looser_threshold_is_breaking(old: str, new: str, breaking: bool) -> None:
    before, after = (contract(f"{RULE}: [{{metric: nullValues, {each}}}]") for each in (old, new))
    assert told(before, after) == [("schema[0].properties[0].quality[0]", breaking)]


def test_columns_keys_rules_and_references_come_and_go() -> None:
    old = contract(
        "name: a, primaryKey: true",
        "name: b, relationships: [{to: c.id}], quality: [{type: sql, query: SELECT 1, mustBe: 1}]",
    )
    new = contract("name: b", "name: c, relationships: [{to: d.id}]", object="quality: [{metric: rowCount, mustBe: 1}]")  # fmt: skip
    assert told(old, new) == [
        ("schema[0].properties[0]", True),
        ("schema[0].properties", True),
        ("schema[0]", True),
        ("schema[0]", True),
        ("schema[0].properties[1]", False),
        ("schema[0].quality[0]", False),
        ("schema[0].properties[1].relationships[0]", False),
    ]


def test_objects_are_compared_by_their_names() -> None:
    second = "  - name: other\n    properties: [{name: y, required: true}]\n"
    old, new = contract("name: x") + second, contract("name: x")
    assert told(old, new) == [("schema[1]", True)]
    assert told(new, old) == [("schema[1]", False)]


def test_the_same_contract_changes_nothing() -> None:
    document = contract(f"{RULE}: [{{metric: nullValues, mustBe: 0}}]", "name: y, unique: true")
    assert told(document, document) == []
