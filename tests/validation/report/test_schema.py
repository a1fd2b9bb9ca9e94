"""The published schema says exactly what a report is: old ones too, and nothing else."""

import copy
import json
import sqlite3
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from dcs.validation import (
    Check,
    ColumnProfile,
    Drift,
    Frequent,
    Kind,
    Outcome,
    PersonalData,
    Report,
    Sample,
    schema_document,
)
from tests.validation.report.examples import everything, profile, report
from tests.validation.schemas import complaints

GOLDEN = sorted((Path(__file__).parents[2] / "golden").glob("*/dcs.sqlite"))
OBJECTS = {
    "sample": Sample,
    "check": Check,
    "frequent": Frequent,
    "column": ColumnProfile,
    "personal_data": PersonalData,
    "drift": Drift,
}


def test_a_report_with_everything_follows_the_schema() -> None:
    assert complaints(everything().to_json()) == []


def test_a_report_with_everything_survives_being_stored() -> None:
    stored = json.loads(json.dumps(everything().to_json()))
    assert Report.from_json(stored) == everything()


@pytest.mark.parametrize("database", GOLDEN, ids=lambda path: path.parent.name)
def test_reports_of_earlier_releases_follow_the_schema_and_are_read(database: Path) -> None:
    with sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True) as connection:
        rows = connection.execute("SELECT document FROM validation_report").fetchall()
    assert rows
    for (text,) in rows:
        document = json.loads(text)
        assert complaints(document) == []
        assert Report.from_json(document).status.value == document["status"]


@pytest.mark.parametrize("name", OBJECTS)
def test_the_schema_knows_every_member_and_no_other(name: str) -> None:
    described = json.loads(schema_document())["$defs"][name]
    assert set(described["properties"]) == {each.name for each in fields(OBJECTS[name])}


def test_the_schema_knows_every_kind_and_outcome() -> None:
    known = json.loads(schema_document())["$defs"]
    assert known["check"]["properties"]["kind"]["enum"] == [each.value for each in Kind]
    assert known["outcome"]["enum"] == [each.value for each in Outcome]


def test_every_member_is_described_and_no_object_is_open() -> None:
    def look(node: Any, path: str) -> None:
        if not isinstance(node, dict):
            return
        for name, member in node.get("properties", {}).items():
            assert "description" in member or "$ref" in member, f"{path}.{name}"
            look(member, f"{path}.{name}")
        kinds = node.get("type", [])
        if "object" in ([kinds] if isinstance(kinds, str) else kinds):
            assert "additionalProperties" in node, path
        for name, member in node.get("$defs", {}).items():
            look(member, name)
        look(node.get("items"), f"{path}[]")

    look(json.loads(schema_document()), "$")


DAMAGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "another version": lambda d: d.update(schema="dcs.validation/v2"),
    "an unknown member": lambda d: d.update(extra=1),
    "no checks": lambda d: d.pop("checks"),
    "a short hash": lambda d: d["file"].update(sha256="short"),
    "fewer than no rows": lambda d: d["file"].update(rows=-1),
    "an unknown outcome": lambda d: d["checks"][0].update(outcome="FINE"),
    "an unknown kind": lambda d: d["checks"][0].update(kind="mood"),
    "more than all rows": lambda d: d["checks"][0].update(failed_share=1.5),
    "no message": lambda d: d["checks"][0].pop("message"),
    "a raw value": lambda d: d["checks"][0]["samples"][0].update(value="raw"),
    "a row as text": lambda d: d["checks"][0]["samples"][0].update(row="2"),
    "too many samples": lambda d: d["checks"][0].update(samples=d["checks"][0]["samples"] * 21),
    "a frequent value without its digest": lambda d: d["columns"][0].update(
        frequent=[{"masked": "x"}]
    ),
    "a count as text": lambda d: d["columns"][1]["formats"].update(date="5"),
    "an unknown tier": lambda d: d["personal_data"][0].update(tier="D"),
    "a distance as text": lambda d: d["drift"][0].update(value="much"),
    "no hash of the contract": lambda d: d["contract"].update(sha256=None),
    "a fact that is no fact": lambda d: d["engine"].update(host={"name": "x"}),
    "an attestation that is no text": lambda d: d.update(attestations=[1]),
}


@pytest.mark.parametrize("damaged", DAMAGES)
def test_a_damaged_report_is_refused(damaged: str) -> None:
    document = json.loads(json.dumps(everything().to_json()))
    assert complaints(copy.deepcopy(document)) == []
    DAMAGES[damaged](document)
    assert complaints(document) != []


def test_what_is_no_number_becomes_null_because_json_has_no_word_for_it() -> None:
    odd = report(columns=(profile("x", mean=float("nan"), high=float("inf")),))
    document = odd.to_json()
    assert complaints(document) == []
    assert document["columns"][0]["mean"] is None
    assert document["columns"][0]["high"] is None
    assert document["columns"][0]["low"] == -3.5
