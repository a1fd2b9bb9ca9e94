"""tus-js-client, what browsers and Node.js speak, against a server as a process of its own."""

import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import Served

pytestmark = [pytest.mark.service("node"), pytest.mark.timeout(60)]

SCRIPT = Path(__file__).with_name("upload.mjs")
MIB = 1024 * 1024


def send(
    served: Served,
    table: Path,
    dataset: str,
    options: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Send the file and return what the client says about it."""
    given = {
        "endpoint": served.endpoint,
        "file": str(table),
        "token": served.tokens["producer"],
        "metadata": {"dataset": dataset, "filename": table.name},
        "options": options or {},
        **more,
    }
    ran = subprocess.run(
        ["node", str(SCRIPT), json.dumps(given)], check=True, capture_output=True, timeout=50
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def methods(outcome: Mapping[str, Any]) -> list[str]:
    return [each["method"] for each in outcome["trace"]]


def assert_arrived(served: Served, table: Path, dataset: str, outcome: Mapping[str, Any]) -> None:
    assert "error" not in outcome, outcome
    [version] = served.versions(dataset)
    assert version["sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
    assert version["filename"] == table.name


@pytest.mark.parametrize("size", [None, 5 * MIB], ids=["whole", "5 MiB"])
def test_a_file_arrives(served: Served, table: Path, size: int | None) -> None:
    dataset = served.dataset()
    outcome = send(served, table, dataset, {} if size is None else {"chunkSize": size})
    assert_arrived(served, table, dataset, outcome)
    assert methods(outcome) == ["POST", *["PATCH"] * (1 if size is None else 3)]


def test_a_file_may_come_with_its_creation(served: Served, table: Path) -> None:
    dataset = served.dataset()
    outcome = send(served, table, dataset, {"uploadDataDuringCreation": True})
    assert_arrived(served, table, dataset, outcome)
    assert methods(outcome) == ["POST"]
    dataset = served.dataset()
    options = {"uploadDataDuringCreation": True, "chunkSize": 5 * MIB}
    outcome = send(served, table, dataset, options)
    assert_arrived(served, table, dataset, outcome)
    assert methods(outcome) == ["POST", "PATCH", "PATCH"]


def test_four_parts_at_once_become_one_file(served: Served, table: Path) -> None:
    dataset = served.dataset()
    outcome = send(served, table, dataset, {"parallelUploads": 4})
    assert_arrived(served, table, dataset, outcome)
    assert methods(outcome).count("POST") == 5


def test_an_aborted_upload_goes_on(served: Served, table: Path) -> None:
    dataset = served.dataset()
    outcome = send(served, table, dataset, {"chunkSize": 5 * MIB}, abortAt=0.4)
    assert_arrived(served, table, dataset, outcome)
    assert outcome["aborted"]
    assert "HEAD" in methods(outcome)


def test_a_client_that_may_only_post_gets_through(served: Served, table: Path) -> None:
    dataset = served.dataset()
    outcome = send(served, table, dataset, {"overridePatchMethod": True, "chunkSize": 5 * MIB})
    assert_arrived(served, table, dataset, outcome)
    assert set(methods(outcome)) == {"POST"}


def test_a_stream_of_unknown_length_arrives(served: Served, table: Path) -> None:
    dataset = served.dataset()
    options = {"uploadLengthDeferred": True, "chunkSize": 5 * MIB}
    outcome = send(served, table, dataset, options, stream=True)
    assert_arrived(served, table, dataset, outcome)


@pytest.mark.parametrize(
    "options",
    [{}, {"chunkSize": 5 * MIB}, {"chunkSize": 5 * MIB, "uploadDataDuringCreation": True}],
    ids=["whole", "5 MiB", "with creation"],
)
def test_an_older_draft_of_the_ietf_is_understood(
    served: Served, table: Path, options: Mapping[str, Any]
) -> None:
    dataset = served.dataset()
    outcome = send(served, table, dataset, {"protocol": "ietf-draft-05", **options})
    assert_arrived(served, table, dataset, outcome)


def test_an_aborted_upload_of_an_older_draft_goes_on(served: Served, table: Path) -> None:
    dataset = served.dataset()
    options = {"protocol": "ietf-draft-05", "chunkSize": 5 * MIB}
    outcome = send(served, table, dataset, options, abortAt=0.4)
    assert_arrived(served, table, dataset, outcome)
    assert "HEAD" in methods(outcome)


def test_a_refusal_is_told_at_once(served: Served, table: Path) -> None:
    outcome = send(served, table, "no-such-dataset")
    assert "404" in outcome["error"]
    assert methods(outcome) == ["POST"]
