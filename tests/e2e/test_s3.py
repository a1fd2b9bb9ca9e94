"""The whole journey with the files in S3."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.buckets import buckets, in_s3


@pytest.mark.service("s3")
@pytest.mark.parametrize("per_tenant", [False, True], ids=["one-bucket", "bucket-a-tenant"])
def test_every_sample_ends_in_s3_as_it_does_in_a_folder(tmp_path: Path, per_tenant: bool) -> None:
    with buckets(tmp_path, per_tenant=per_tenant) as lent:
        ran = subprocess.run(
            [sys.executable, "-m", "dcs", "demo", "--once", "--json", "--data-dir", str(tmp_path)],
            check=True,
            capture_output=True,
            env={**os.environ, **in_s3(lent.options)},
        )
        kept = lent.everything()
    story = json.loads(ran.stdout)
    ends = [(each["file"], each["status"]) for each in story["files"]]
    assert ends == [
        ("orders.csv", "active"),
        ("customers.csv", "rejected"),
        ("members.csv", "active"),
        ("invoices.csv", "quarantined"),
        ("shipments.csv", "rejected"),
    ]
    assert story["audit"]["verified"]
    assert not (tmp_path / "objects").exists()
    assert all("/objects/" in key for key in kept), kept
