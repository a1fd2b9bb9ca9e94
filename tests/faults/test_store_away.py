"""The object store away in the middle of an upload: unseen if it is short, clear if it is long."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dcs.sdk import Client
from tests.buckets import MIB, client
from tests.faults.conftest import DATASET, Prepared
from tests.faults.gateways import KEY, SECRET, Gateway, gateway
from tests.faults.invariants import rows, versions_of
from tests.faults.senders import Connection, Resumed
from tests.processes import Server, serve

pytestmark = pytest.mark.service("s3")

BUCKET = "faults"
CONTENT = b"id,amount\n" + b"".join(b"%d,%d\n" % (row, row % 7) for row in range(1_800_000))


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Gateway]:
    with gateway(tmp_path / "gateway") as lent:
        bucket(lent).create_bucket(Bucket=BUCKET)
        yield lent


def bucket(lent: Gateway) -> Any:
    return client(lent.endpoint, KEY, SECRET)


def environment(lent: Gateway, patience: float) -> dict[str, str]:
    return {
        "DCS_OBJECTS": f"s3://{BUCKET}",
        "DCS_S3__ENDPOINT": lent.endpoint,
        "DCS_S3__ACCESS_KEY": KEY,
        "DCS_S3__SECRET_KEY": SECRET,
        "DCS_S3__PART_SIZE": str(5 * MIB),
        "DCS_S3__PATIENCE_SECONDS": str(patience),
    }


def check(folder: Path, lent: Gateway, server: Server, tokens: dict[str, str]) -> None:
    """The version is the file, to the byte, and nothing else of it is in the bucket."""
    assert len(versions_of(folder, CONTENT)) == 1
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    found = bucket(lent).list_objects_v2(Bucket=BUCKET).get("Contents", [])
    keys = [entry["Key"] for entry in found]
    [key] = [key for key in keys if key.endswith(sha256)]
    assert bucket(lent).get_object(Bucket=BUCKET, Key=key)["Body"].read() == CONTENT
    assert [key for key in keys if "upload" in key] == []
    with Client(server.url, tokens["auditor"]) as auditor:
        assert auditor.verify_audit()["verified"]


def test_a_short_absence_of_the_store_is_not_seen_by_the_sender(
    away: Gateway, prepared_once: Prepared, tmp_path: Path
) -> None:
    folder = prepared_once.copy(tmp_path / "data")
    with serve(folder, environment(away, patience=30)) as server:
        producer = Connection(server.url, prepared_once.tokens["producer"])
        sender = Resumed(DATASET, CONTENT)
        third = len(CONTENT) // 3
        sender.begun(producer)
        sender.append(producer, third, checked=False)
        away.stop()
        back = threading.Timer(1.5, away.start)
        back.start()
        sender.append(producer, 2 * third, checked=True)
        back.join()
        sender.run(producer, producer)
        check(folder, away, server, prepared_once.tokens)


def test_a_long_absence_is_told_clearly_and_the_upload_goes_on_afterwards(
    away: Gateway, prepared_once: Prepared, tmp_path: Path
) -> None:
    folder = prepared_once.copy(tmp_path / "data")
    with serve(folder, environment(away, patience=1)) as server:
        producer = Connection(server.url, prepared_once.tokens["producer"])
        sender = Resumed(DATASET, CONTENT)
        third = len(CONTENT) // 3
        sender.begun(producer)
        sender.append(producer, third, checked=False)
        away.stop()
        assert sender.attempt(producer, len(CONTENT), checked=False).status == 503
        assert producer.tus("HEAD", sender.begun(producer)).status == 503
        path = f"/api/v1/datasets/{DATASET}/versions?filename=f.csv"
        assert producer.send("PUT", path, b"id\n1\n").status == 503
        assert producer.send("GET", "/health/ready").status == 503
        away.start()
        sender.run(producer, producer)
        check(folder, away, server, prepared_once.tokens)


def test_a_last_byte_that_the_absent_store_could_not_keep_is_taken_once_it_is_back(
    away: Gateway, prepared_once: Prepared, tmp_path: Path
) -> None:
    folder = prepared_once.copy(tmp_path / "data")
    with serve(folder, environment(away, patience=1)) as server:
        producer = Connection(server.url, prepared_once.tokens["producer"])
        sender = Resumed(DATASET, CONTENT)
        sender.begun(producer)
        sender.append(producer, len(CONTENT) - 10, checked=False)
        away.stop()
        for _ in range(2):
            assert sender.attempt(producer, len(CONTENT), checked=True).status == 503
        assert rows(folder, "SELECT id FROM version WHERE filename = 'f.csv'") == []
        away.start()
        sender.run(producer, producer)
        check(folder, away, server, prepared_once.tokens)
