"""SARIF 2.1.0 as others read it: its required members, its words, its references."""

import json
import re
from typing import Any

import pytest

from dcs.validation import Kind, Outcome, Report, Severity, to_sarif
from dcs.validation.report.rules import help_of
from tests.validation.report.examples import (
    HOSTILE,
    check,
    drift,
    everything,
    failure,
    passed,
    personal,
    report,
)

LEVELS = {"none", "note", "warning", "error"}
SUPPRESSED = {"inSource", "external"}


def run_of(shown: Report) -> dict[str, Any]:
    """Return the log's one run, after holding it to what the standard requires."""
    log = json.loads(json.dumps(to_sarif(shown), allow_nan=False))
    assert log["version"] == "2.1.0"
    assert "sarif" in log["$schema"]
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", driver["semanticVersion"])
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    identities = [rule["id"] for rule in driver["rules"]]
    assert len(identities) == len(set(identities))
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in LEVELS
        assert rule["properties"]["tags"]
    for artifact in run["artifacts"]:
        assert artifact["length"] >= -1
        assert re.fullmatch(r"[0-9a-f]{64}", artifact["hashes"]["sha-256"])
    for result in run["results"]:
        hold_result(result, identities, len(run["artifacts"]))
    return run  # type: ignore[no-any-return]


def hold_result(result: dict[str, Any], rules: list[str], artifacts: int) -> None:
    assert set(result) <= {
        "ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints",
        "properties", "suppressions",
    }  # fmt: skip
    assert rules[result["ruleIndex"]] == result["ruleId"]
    assert result["level"] in LEVELS
    assert result["message"]["text"]
    assert result["partialFingerprints"]
    assert all(isinstance(each, str) for each in result["partialFingerprints"].values())
    for each in result.get("suppressions", []):
        assert each["kind"] in SUPPRESSED
    for location in result["locations"]:
        place = location["physicalLocation"]
        uri = place["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._~%!$&'()*+,;=@/-]+", uri), uri
        assert 0 <= place["artifactLocation"]["index"] < artifacts
        if "region" in place:
            assert place["region"]["startLine"] >= 1
        for logical in location.get("logicalLocations", []):
            assert logical["name"]


@pytest.mark.parametrize("name", ["points", HOSTILE, "a b/ü:#?.csv"], ids=["plain", "bad", "uri"])
def test_a_report_with_everything_is_valid_sarif(name: str) -> None:
    assert len(run_of(everything(name))["results"]) == 11


def test_a_report_without_findings_is_valid_and_has_no_results() -> None:
    run = run_of(report(passed("a")))
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []


def test_a_result_says_level_line_column_shape_and_how_to_mend() -> None:
    [result] = run_of(report(failure("email")))["results"]
    assert result["level"] == "error"
    assert result["ruleId"] == "format/email"
    assert result["message"]["text"] == (
        "email: not a valid email: 1. First in row 2, line 3: xxxxxx. "
        "To mend: Write them like name@example.org."
    )
    [location] = result["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 3}
    assert location["logicalLocations"][0]["name"] == "email"
    assert result["properties"]["rows"] == [2]


def test_where_no_line_is_known_the_column_is_the_place() -> None:
    [result] = run_of(report(check("outliers", "a")))["results"]
    [location] = result["locations"]
    assert "region" not in location["physicalLocation"]
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "a"


@pytest.mark.parametrize(
    ("severity", "outcome", "level"),
    [
        (Severity.ERROR, Outcome.FAILED, "error"),
        (Severity.ERROR, Outcome.NOT_EVALUATED, "warning"),
        (Severity.WARNING, Outcome.WARN, "warning"),
        (Severity.INFO, Outcome.WARN, "note"),
    ],
)
def test_severity_and_outcome_become_a_level(
    severity: Severity, outcome: Outcome, level: str
) -> None:
    [result] = run_of(report(check("x", "a", severity=severity, outcome=outcome)))["results"]
    assert result["level"] == level


def test_personal_data_warns_only_where_it_is_verified_undeclared_and_counted() -> None:
    found = (
        personal("a"),
        personal("b", declared=True),
        personal("c", tier="C"),
        personal("d", excluded="our own"),
    )
    results = run_of(report(personal_data=found))["results"]
    assert [each["level"] for each in results] == ["warning", "note", "note", "note"]
    assert results[3]["suppressions"] == [{"kind": "external", "justification": "our own"}]
    assert "suspected" in results[2]["message"]["text"]


def test_a_finding_keeps_its_fingerprint_when_its_numbers_change() -> None:
    before = run_of(report(check("outliers", "a"), check("outliers", "b")))["results"]
    after = run_of(report(check("outliers", "a", message="values far away: 9")))["results"]
    assert before[0]["partialFingerprints"] == after[0]["partialFingerprints"]
    assert before[0]["partialFingerprints"] != before[1]["partialFingerprints"]


def test_drift_beyond_its_limit_is_a_result_and_what_stayed_is_none() -> None:
    moved = (drift("a", outcome=Outcome.FAILED), drift("b"), drift("c", outcome=Outcome.PASSED))
    results = run_of(report(drift=moved))["results"]
    assert [(each["ruleId"], each["level"]) for each in results] == [
        ("drift/psi", "error"),
        ("drift/psi", "warning"),
    ]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_check_has_a_help_text(kind: Kind) -> None:
    assert help_of(kind).endswith(".")
