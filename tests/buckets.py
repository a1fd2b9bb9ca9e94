"""Buckets of a test's own at the real S3 service, and what lies in them."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from pydantic import SecretStr

from dcs.engines.objects.s3 import S3Options

MIB = 1024**2


def in_s3(options: S3Options) -> dict[str, str]:
    """Return the variables by which a server keeps its files in these buckets."""
    assert options.endpoint
    assert options.access_key
    assert options.secret_key
    return {
        "DCS_OBJECTS": f"s3://{options.bucket}/{options.prefix}".rstrip("/"),
        "DCS_S3__ENDPOINT": options.endpoint,
        "DCS_S3__ACCESS_KEY": options.access_key.get_secret_value(),
        "DCS_S3__SECRET_KEY": options.secret_key.get_secret_value(),
    }


@cache
def client(endpoint: str, key: str, secret: str) -> Any:
    """Return a client beside the product's own, to look at what it did."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        region_name="us-east-1",
        config=Config(
            s3={"addressing_style": "path"}, request_checksum_calculation="when_required"
        ),
    )


@dataclass(frozen=True)
class Buckets:
    """One bucket, or the buckets of a template."""

    options: S3Options

    @property
    def client(self) -> Any:
        options = self.options
        assert options.endpoint
        assert options.access_key
        assert options.secret_key
        return client(
            options.endpoint,
            options.access_key.get_secret_value(),
            options.secret_key.get_secret_value(),
        )

    def names(self) -> list[str]:
        before, _, _ = self.options.bucket.partition("{tenant}")
        found = [bucket["Name"] for bucket in self.client.list_buckets()["Buckets"]]
        return [name for name in found if name.startswith(before)]

    def everything(self) -> list[str]:
        """Return every key and every unfinished upload in parts."""
        found = []
        for name in self.names():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=name)
            found += [entry["Key"] for page in pages for entry in page.get("Contents", [])]
            joins = self.client.list_multipart_uploads(Bucket=name).get("Uploads", [])
            found += [f"unfinished {join['Key']}" for join in joins]
        return found

    def remove(self) -> None:
        for name in self.names():
            for join in self.client.list_multipart_uploads(Bucket=name).get("Uploads", []):
                self.client.abort_multipart_upload(
                    Bucket=name, Key=join["Key"], UploadId=join["UploadId"]
                )
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=name)
            for key in [entry["Key"] for page in pages for entry in page.get("Contents", [])]:
                self.client.delete_object(Bucket=name, Key=key)
            self.client.delete_bucket(Bucket=name)


@contextmanager
def buckets(folder: Path, *, per_tenant: bool = False, **settings: Any) -> Iterator[Buckets]:
    """Lend buckets that are gone afterwards; small parts, so that small files have several."""
    name = f"test-{secrets.token_hex(6)}"
    options = S3Options(
        **{
            "bucket": f"{name}-{{tenant}}" if per_tenant else name,
            "prefix": "" if per_tenant else "studio/files/",
            "endpoint": os.environ["STUDIO_TEST_S3_ENDPOINT"],
            "access_key": SecretStr(os.environ["STUDIO_TEST_S3_KEY"]),
            "secret_key": SecretStr(os.environ["STUDIO_TEST_S3_SECRET"]),
            "part_size": 5 * MIB,
            "buffer": 20 * MIB,
            "spool": folder / "spool",
            **settings,
        }
    )
    lent = Buckets(options)
    if not per_tenant:
        lent.client.create_bucket(Bucket=name)
    try:
        yield lent
    finally:
        lent.remove()
