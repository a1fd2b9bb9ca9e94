"""The whole journey with the files in S3."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dcs.catalog import store as catalog
from dcs.core.clock import ManualClock
from dcs.core.ids import TenantId
from dcs.core.settings import S3Settings, Settings
from dcs.engines.objects import StoreClaimedError
from dcs.studio import open_studio
from tests.api.conftest import serve_api
from tests.buckets import Buckets, buckets, in_s3


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
        ("patients.csv", "active"),
        ("invoices.csv", "quarantined"),
        ("shipments.csv", "rejected"),
    ]
    assert story["audit"]["verified"]
    assert not (tmp_path / "objects").exists()
    left = [key for key in kept if "/objects/" not in key]
    assert [key.rpartition("studio.")[2] for key in left] == ["owner/name"]


NOW = ManualClock().now()


def settings_of(folder: Path, lent: Buckets) -> Settings:
    options = lent.options
    return Settings(
        environment="test",
        data_dir=folder,
        objects=f"s3://{options.bucket}/{options.prefix}",
        s3=S3Settings(
            endpoint=options.endpoint,
            access_key=options.access_key,
            secret_key=options.secret_key,
        ),
    )


@pytest.mark.service("s3")
@pytest.mark.anyio
async def test_a_second_studio_on_the_same_bucket_is_refused_before_it_removes_anything(
    tmp_path: Path,
) -> None:
    with buckets(tmp_path) as lent:
        async with (
            open_studio(settings_of(tmp_path / "one", lent)) as studio,
            studio.objects.stage(TenantId("acme")) as staging,
        ):
            await staging.write(b"kept")
            stored = await studio.objects.publish(await staging.seal())
            await studio.database.write(
                TenantId("acme"), lambda s: catalog.add_blob(s, stored.sha256, 4, NOW)
            )
        with pytest.raises(StoreClaimedError):
            async with open_studio(settings_of(tmp_path / "two", lent)):
                pass
        assert any(stored.sha256 in key for key in lent.everything())
        async with open_studio(settings_of(tmp_path / "one", lent)):
            pass


@pytest.mark.service("s3")
@pytest.mark.anyio
async def test_a_file_in_a_listed_place_is_imported_and_no_other(tmp_path: Path) -> None:
    with buckets(tmp_path) as lent, buckets(tmp_path, per_tenant=False) as partner:
        bucket = partner.options.bucket
        body = b"id,amount\n" + b"".join(b"%d,%d\n" % (n, n * 3) for n in range(500_000))
        for key in ("out/orders.csv", "private/orders.csv"):
            partner.client.put_object(Bucket=bucket, Key=key, Body=body)
        async with (
            open_studio(settings_of(tmp_path / "data", lent)) as studio,
            serve_api(studio) as api,
        ):
            await api.call("producer", "POST", "/api/v1/datasets", json={"name": "d"})
            source = {"address": f"s3://{bucket}/out"}
            await api.call("admin", "POST", "/api/v1/imports/sources", json=source)
            answers = {}
            for key in ("out/orders.csv", "private/orders.csv", "outside.csv"):
                wanted = {"url": f"s3://{bucket}/{key}", "dataset": "d"}
                answers[key] = await api.call("producer", "POST", "/api/v1/imports", json=wanted)
            assert [each.status_code for each in answers.values()] == [202, 403, 403]
            await api.settle()
            task = answers["out/orders.csv"].json()["id"]
            found = (await api.get("producer", f"/api/v1/imports/{task}")).json()
            assert (found["state"], found["size"]) == ("complete", len(body))
            version = (await api.get("producer", f"/api/v1/versions/{found['version']}")).json()
            assert (version["filename"], version["rows"]) == ("orders.csv", 500_000)
