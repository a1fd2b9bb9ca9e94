"""Kill the process at every named point, start it again, and look: nothing lost, nothing half there."""

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dcs.core.failpoints import POINTS
from dcs.sdk import Client, NotFoundProblem, Patience, ServerUnavailable
from tests.processes import Server, serve, start, stop

pytestmark = pytest.mark.timeout(180)

CONTENT = b"id,amount\n" + b"".join(b"%d,%d\n" % (n, n % 7) for n in range(500))
SHA256 = hashlib.sha256(CONTENT).hexdigest()
Json = dict[str, Any]
AT_ONCE = Patience(attempts=1)  # the server is dead on purpose


@pytest.fixture
def prepared(tmp_path: Path) -> tuple[Path, Mapping[str, Any]]:
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "dcs",
            "demo",
            "--prepare",
            "--json",
            "--data-dir",
            str(tmp_path / "data"),
        ],
        check=True,
        capture_output=True,
    )
    return tmp_path / "data", json.loads(ran.stdout)["users"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_bytes(CONTENT)
    return path


def journey(server: Server, users: Mapping[str, Any], file: Path) -> Json:
    """Send the file and approve it; whatever was done before is done once more or answered again."""
    with (
        Client(server.url, users["producer"]["token"], patience=AT_ONCE) as producer,
        Client(server.url, users["steward"]["token"]) as steward,
    ):
        try:
            producer.dataset("orders")
        except NotFoundProblem:
            producer.create_dataset("orders")
        version = producer.wait(producer.upload("orders", file)["id"], seconds=30)
        if version["status"] == "awaiting_approval":
            [approval] = steward.approvals()
            steward.vote(approval["id"], "L1", "approve")
            version = producer.wait(version["id"], seconds=30)
        return version


def die_at(point: str, folder: Path, users: Mapping[str, Any], file: Path) -> None:
    """Run the journey on a server that is armed, until the server kills itself."""
    server = start(folder, {"DCS_FAILPOINT": point})
    try:
        with pytest.raises(ServerUnavailable):
            journey(server, users, file)
            journey(server, users, file)
        assert server.process.wait(timeout=20) == -signal.SIGKILL, "the point was never reached"
    finally:
        if server.process.poll() is None:
            stop(server)


def objects(folder: Path) -> set[str]:
    return {path.name for path in (folder / "objects").rglob("*") if path.is_file()}


ON_ROWS = sorted(each for each in POINTS if not each.startswith("hosting."))
"""The others are reached where a cluster hosts approvals: `tests/workflow/test_hosting.py`."""


@pytest.mark.parametrize("point", ON_ROWS)
def test_after_a_kill_at_any_point_the_next_start_recovers(
    point: str, prepared: tuple[Path, Mapping[str, Any]], file: Path
) -> None:
    folder, users = prepared
    die_at(point, folder, users, file)
    with serve(folder) as server:
        assert list((folder / "staging").iterdir()) == []
        version = journey(server, users, file)
        assert (version["status"], version["number"], version["sha256"]) == ("active", 1, SHA256)
        with Client(server.url, users["analyst"]["token"]) as analyst:
            rows = b"".join(analyst.read("orders", format="csv"))
            assert rows.count(b"\n") == 501
        with Client(server.url, users["auditor"]["token"]) as auditor:
            assert auditor.verify_audit()["verified"]
            actions = [each["action"] for each in auditor.audit(200)]
        for once in (
            "version.receive",
            "approval.inspected",
            "approval.validation_finished",
            "approval.activated",
        ):
            assert actions.count(once) == 1, once
    known = objects(folder)
    with serve(folder):
        assert objects(folder) == known
    assert SHA256 in known
    assert len(known) == 2  # the file and its table


def test_an_unacknowledged_file_leaves_no_object_behind(
    prepared: tuple[Path, Mapping[str, Any]], file: Path
) -> None:
    folder, users = prepared
    die_at("ingestion.before_commit", folder, users, file)
    assert objects(folder) == {SHA256}  # linked, and known to nobody
    with serve(folder) as server, Client(server.url, users["producer"]["token"]) as producer:
        assert objects(folder) == set()
        assert producer.versions("orders") == []


def test_a_connection_that_breaks_in_mid_upload_leaves_nothing(
    prepared: tuple[Path, Mapping[str, Any]],
) -> None:
    import socket
    import time

    folder, users = prepared
    with serve(folder) as server, Client(server.url, users["producer"]["token"]) as producer:
        producer.create_dataset("orders")
        host, _, port = server.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as raw:
            head = (
                f"PUT /api/v1/datasets/orders/versions?filename=x.csv HTTP/1.1\r\nHost: {host}\r\n"
                f"Authorization: Bearer {users['producer']['token']}\r\nContent-Length: 1000000\r\n\r\n"
            )
            raw.sendall(head.encode() + b"id\n" + b"1\n" * 100_000)
            until = time.monotonic() + 20
            while not list((folder / "staging").iterdir()):
                assert time.monotonic() < until, "nothing was staged"
                time.sleep(0.02)  # another process has no event to wait for
        until = time.monotonic() + 20
        while list((folder / "staging").iterdir()) and time.monotonic() < until:
            time.sleep(0.02)
        assert list((folder / "staging").iterdir()) == []
        assert objects(folder) == set()
        assert producer.versions("orders") == []


def test_a_second_server_on_the_same_folder_is_refused(
    prepared: tuple[Path, Mapping[str, Any]],
) -> None:
    folder, _ = prepared
    with serve(folder):
        second = subprocess.run(
            [sys.executable, "-m", "dcs", "serve", "--data-dir", str(folder), "--port", "0"],
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert second.returncode == 1
    assert "in use by another dcs process" in second.stderr


def test_a_server_ends_cleanly_when_told(prepared: tuple[Path, Mapping[str, Any]]) -> None:
    folder, _ = prepared
    server = start(folder)
    assert stop(server) == 0
