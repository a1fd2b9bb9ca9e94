"""A contract is written from a file: kept by it, without a value of anybody, and by the standard."""

import csv
import io
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dcs.validation import InvalidContractError, Outcome, contract_yaml, parse_contract
from dcs.validation.contracts import inferred_contract
from dcs.validation.contracts.facts import outward
from tests.validation.conftest import Judge
from tests.validation.contracts.peers import ask

Infer = Callable[[str | Path], dict[str, Any]]
CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.sampled_from(["", "true", "NO", "a@example.org", "192.0.2.1", "1e3", "-0", "0.10"]),
)


@pytest.fixture
def infer(judge: Judge, tmp_path: Path) -> Infer:
    def run(content: str | Path) -> dict[str, Any]:
        report = judge(content)
        return inferred_contract(report, tmp_path / "table.parquet", "t")

    return run


def properties(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in document["schema"][0]["properties"]}


def table(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def test_columns_are_described_by_what_they_keep(infer: Infer) -> None:
    rows = [["id", "kind", "code", "amount", "day", "note", "key", "empty"]]
    for number in range(40):
        kind, amount = ("red", "green")[number % 2], f"{number * 2.5}"
        note = "" if number < 3 else f"words {number} " * (number % 2 + 1)
        key = f"{number:08x}-0000-4000-8000-00000000abcd"
        rows.append([str(number + 7), kind, f"A{number:03}", amount, "2023-05-06", note, key, ""])
    found = properties(infer(table(rows)))
    assert found["id"]["unique"] is found["id"]["required"] is True
    assert found["id"]["logicalTypeOptions"] == {"minimum": 7, "maximum": 50}
    assert found["kind"]["enum"] == [{"value": "green"}, {"value": "red"}]
    assert found["code"]["logicalTypeOptions"] == {"minLength": 4, "maxLength": 4}
    assert found["amount"]["logicalTypeOptions"] == {"minimum": 0, "maximum": 100}
    assert found["day"]["logicalTypeOptions"] == {"minimum": "2023-01-01"}
    assert "required" not in found["note"]
    assert found["note"]["logicalTypeOptions"] == {"maxLength": 32}
    assert found["note"]["quality"][0]["mustBeLessOrEqualTo"] == 8
    assert found["key"]["logicalTypeOptions"] == {"format": "uuid"}
    assert found["empty"] == {
        "name": "empty",
        "logicalType": "string",
        "quality": [{"metric": "nullValues", "mustBeLessOrEqualTo": 100, "unit": "percent", "severity": "warning"}],
    }  # fmt: skip


def test_nothing_of_personal_data_is_written_but_how_to_guard_it(infer: Infer) -> None:
    people = ["anna@example.org", "bert@example.org"]
    rows = [["email", "card"]]
    rows += [[people[number % 2], "4111111111111111"] for number in range(100)]
    document = infer(table(rows))
    found = properties(document)
    assert found["email"]["classification"] == "confidential"
    assert found["email"]["tags"] == ["EMAIL_ADDRESS"]
    assert found["email"]["logicalTypeOptions"] == {"format": "email"}
    assert found["card"]["classification"] == "restricted"
    assert not {"enum", "unique"} & (set(found["email"]) | set(found["card"]))
    text = contract_yaml(document)
    assert "anna" not in text
    assert "4111" not in text


def test_rare_values_are_not_listed(infer: Infer) -> None:
    rows = [["team"], *(["blue"] for _ in range(50)), *(["Anna Huber"] for _ in range(4))]
    assert "Anna" not in contract_yaml(infer(table(rows)))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=30)))  # fmt: skip
def test_a_file_keeps_the_contract_that_was_written_from_it(
    judge: Judge, infer: Infer, rows: list[list[str]]
) -> None:
    content = table([[f"column {each}" for each in range(len(rows[0]))], *rows])
    report = judge(content)
    if report.rows is None:
        return  # no table, and its reader says so
    text = contract_yaml(infer(content))
    parse_contract(text.encode())
    checks = [each for each in judge(content, text).checks if each.id.startswith("contract:")]
    assert [(each.id, each.message) for each in checks if each.outcome is not Outcome.PASSED] == []


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(NUMBERS, NUMBERS)
def test_round_bounds_hold_what_they_are_drawn_around(one: float, other: float) -> None:
    low, high = sorted((one, other))
    least, most = outward(low, high)
    assert least <= low
    assert high <= most


def test_a_contract_that_nobody_could_keep_is_not_written() -> None:
    names = [{"name": "c" * 90 + str(number)} for number in range(4_000)]
    with pytest.raises(InvalidContractError, match="256 KiB"):
        contract_yaml({"schema": [{"name": "t", "properties": names}]})


@pytest.mark.service("datacontract")
def test_what_we_write_passes_the_lint_of_others(
    infer: Infer, real_data: Mapping[str, Path], tmp_path: Path
) -> None:
    random.seed(7)
    odd = [["it's", 'a "name"', "ünï çödé", "yes", "2024"]]
    odd += [[random.choice(["NO", "on"]), "null", "~", "a: b", "#"] for _ in range(30)]
    documents = [contract_yaml(infer(table(odd)))]
    documents += [contract_yaml(infer(path)) for path in real_data.values()]
    answers = ask([{"contract": each, "what": "lint"} for each in documents])
    assert [each["result"] for each in answers] == ["passed"] * len(documents)
    assert [each["checks"] for each in answers] == [[]] * len(documents)
    assert len(documents) >= 2
    assert yaml.safe_load(documents[0])["apiVersion"] == "v3.2.0"
