"""The main job, as a newcomer runs it: `dcs demo --once`, on its own files and on published ones."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(180)

ROWS = {
    "bechdel_movies.csv": 1_794,
    "college-majors_recent-grads.csv": 173,
    "comic-characters_dc-wikia-data.csv": 6_896,
    "congress-demographics_data_aging_congress.csv": 29_120,
    "us-weather-history_KMDW.csv": 365,
}
# Worked out with a spreadsheet's own means: the number of columns that have the finding.
KNOWN = {
    "bechdel_movies.csv": {"completeness": 2},  # the two code columns, 179 of 1,794 empty
    "college-majors_recent-grads.csv": {"zscore": 16},
    "comic-characters_dc-wikia-data.csv": {"completeness": 6},
    "congress-demographics_data_aging_congress.csv": {
        "uniqueness": 3
    },  # chamber, state, generation
    "us-weather-history_KMDW.csv": {"zscore": 3},
}


def demo(*arguments: str) -> Any:
    ran = subprocess.run(
        [sys.executable, "-m", "dcs", "demo", "--once", "--json", *arguments],
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.fixture(scope="module")
def story() -> Any:
    return demo()


def test_each_sample_ends_as_it_should(story: Any) -> None:
    assert [(each["file"], each["status"], each["reason"]) for each in story["files"]] == [
        ("orders.csv", "active", None),
        ("customers.csv", "rejected", "VALIDATION_FAILED"),
        ("patients.csv", "active", None),
        ("invoices.csv", "quarantined", "MALWARE"),
        ("shipments.csv", "rejected", "VALIDATION_FAILED"),
    ]


def test_each_stage_is_told_with_its_time_and_outcome(story: Any) -> None:
    names = {each["file"]: [stage["name"] for stage in each["stages"]] for each in story["files"]}
    whole = ["receive", "inspect", "validate", "comply", "approve", "activate"]
    assert names["orders.csv"] == whole
    assert names["patients.csv"] == [*whole[:5], "approve", "activate"]
    assert names["invoices.csv"] == whole[:2]
    assert names["shipments.csv"] == whole[:3]
    for each in story["files"]:
        assert all(stage["seconds"] >= 0 and stage["outcome"] for stage in each["stages"])


def test_the_findings_are_those_that_were_put_in(story: Any) -> None:
    findings = {each["file"]: each["findings"] for each in story["files"]}
    assert findings["orders.csv"] == {}
    assert findings["customers.csv"]["format"] == 1
    assert findings["patients.csv"] == {"personal_data": 4}
    assert findings["invoices.csv"] == {"malware": 1}
    assert findings["shipments.csv"]["contract"] == 3


def test_the_same_read_differs_by_who_reads(story: Any) -> None:
    patients = next(each for each in story["files"] if each["file"] == "patients.csv")
    reads = {each["user"]: each for each in patients["reads"]}
    assert [login for login, each in reads.items() if each["allowed"]] == [
        "consumer",
        "steward",
        "analyst",
    ]
    assert (
        reads["consumer"]["masked"]
        == reads["steward"]["masked"]
        == ["card", "email", "remark", "ssn"]
    )
    assert reads["analyst"]["masked"] == []
    assert reads["auditor"]["status"] == 403
    assert reads["globex-consumer"]["status"] == 404
    for each in story["files"]:
        if each["status"] != "active":
            assert not any(read["allowed"] for read in each["reads"])
        assert all(read["reasons"] for read in each["reads"])
    assert reads["consumer"]["reasons"] == ["It is open to employees."]


def test_the_record_is_proven(story: Any) -> None:
    assert story["audit"]["verified"] is True
    assert story["audit"]["events"] > 50


def test_published_files_go_all_the_way(real_data: Mapping[str, Path]) -> None:
    story = demo(*(str(real_data[name]) for name in ROWS))
    assert {each["file"]: each["rows"] for each in story["files"]} == ROWS
    assert [each["status"] for each in story["files"]] == ["active"] * 5
    for each in story["files"]:
        for kind, count in KNOWN[each["file"]].items():
            assert each["findings"][kind] == count, each["file"]
    assert story["audit"]["verified"] is True
