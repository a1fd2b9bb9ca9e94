"""What crashes leave in a bucket, and its removal."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

from dcs.core.ids import TenantId
from dcs.engines.objects import Known, Recovered
from dcs.engines.objects.s3.bucket import Bucket, Connection, RefusedError
from dcs.engines.objects.s3.compose import copy_object
from dcs.engines.objects.s3.keys import Keys
from dcs.engines.objects.s3.options import S3Options

RULE = "dcs-unfinished"
BATCH = 1000


class Recovery:
    """Find and remove what nothing refers to; every list is read page by page."""

    def __init__(self, connection: Connection, keys: Keys, options: S3Options) -> None:
        self._connection = connection
        self._keys = keys
        self._options = options

    async def recover(self, known: Known, uploads: Known) -> Recovered:
        """Remove what rows do not know, tenant by tenant."""
        staging = orphans = unfinished = 0
        for tenant, bucket in await self._tenants():
            staging += await self._end_streams(tenant, bucket, datetime.max.replace(tzinfo=UTC))
            rows = await known(tenant)
            await self._restore_aside(tenant, bucket, rows)
            orphans += await self._remove_objects(tenant, bucket, rows)
            unfinished += await self._remove_uploads(tenant, bucket, await uploads(tenant))
        return Recovered(staging, orphans, unfinished)

    async def sweep(self, older_than: timedelta) -> int:
        """Remove the streams of one request that have not grown for so long."""
        before = datetime.now(UTC) - older_than
        return sum(
            [
                await self._end_streams(tenant, bucket, before)
                for tenant, bucket in await self._tenants()
            ]
        )

    async def ensure_lifecycle(self, days: int) -> bool:
        """Have the store itself end joins that were left; False where it cannot."""
        buckets = {bucket.name: bucket for _, bucket in await self._tenants()}
        if not self._keys.per_tenant:
            name = self._keys.template
            buckets[name] = self._connection.bucket(name, make=False)
        try:
            for bucket in buckets.values():
                await self._add_rule(bucket, days)
        except RefusedError as refusal:
            if refusal.reason == "NotImplemented":
                return False
            raise
        return True

    async def _tenants(self) -> Sequence[tuple[TenantId, Bucket]]:
        if self._keys.per_tenant:
            answer = await self._connection.call("list_buckets")
            names = [self._keys.tenant_of(bucket["Name"]) for bucket in answer.get("Buckets", [])]
        else:
            whole = self._connection.bucket(self._keys.template, make=False)
            found = await whole.folders(self._keys.prefix.rstrip("/"))
            names = [TenantId(name) for name in found if self._keys.is_tenant(name)]
        return [(tenant, self._bucket(tenant)) for tenant in names if tenant is not None]

    def _bucket(self, tenant: TenantId) -> Bucket:
        return self._connection.bucket(self._keys.bucket(tenant), make=self._keys.per_tenant)

    async def _end_streams(self, tenant: TenantId, bucket: Bucket, before: datetime) -> int:
        """Remove streams of one request, and joins, that have not grown since *before*."""
        folder = self._keys.folder(tenant, "staging")
        newest: dict[str, datetime] = {}
        async for entry in bucket.entries(folder):
            stream = entry.key.removeprefix(f"{folder}/").partition("/")[0]
            newest[stream] = max(entry.modified, newest.get(stream, entry.modified))
        left = [stream for stream, last in newest.items() if last < before]
        for stream in left:
            await bucket.remove_folder(f"{folder}/{stream}")
        return len(left) + await self._end_joins(tenant, bucket, before)

    async def _end_joins(self, tenant: TenantId, bucket: Bucket, before: datetime) -> int:
        prefix = self._keys.folder(tenant, "")
        found = await bucket.pages("list_multipart_uploads", "Uploads", Prefix=prefix)
        left = [join for join in found if join["Initiated"] < before]
        for join in left:
            await bucket.call("abort_multipart_upload", Key=join["Key"], UploadId=join["UploadId"])
        return len(left)

    async def _remove_objects(self, tenant: TenantId, bucket: Bucket, known: set[str]) -> int:
        count = 0
        async for batch in _batches(bucket, self._keys.folder(tenant, "objects")):
            unknown = [key for key in batch if key.rpartition("/")[2] not in known]
            await bucket.remove(unknown)
            count += len(unknown)
        return count

    async def _restore_aside(self, tenant: TenantId, bucket: Bucket, known: set[str]) -> None:
        """Put back what a process set aside for removal and then died, where a row knows of it."""
        async for entry in bucket.entries(self._keys.folder(tenant, "aside")):
            sha256 = entry.key.rpartition("/")[2]
            key = self._keys.object(tenant, sha256)
            if sha256 in known and await bucket.size(key) is None:
                size = await bucket.size(entry.key)
                await copy_object(bucket, self._options, entry.key, key, size or 0)
            await bucket.remove([entry.key])

    async def _remove_uploads(self, tenant: TenantId, bucket: Bucket, known: set[str]) -> int:
        folder = self._keys.folder(tenant, "uploads")
        unknown = [name for name in await bucket.folders(folder) if name not in known]
        for name in unknown:
            await bucket.remove_folder(f"{folder}/{name}")
        return len(unknown)

    async def _add_rule(self, bucket: Bucket, days: int) -> None:
        try:
            answer = await bucket.call("get_bucket_lifecycle_configuration")
        except RefusedError as refusal:
            if refusal.reason != "NoSuchLifecycleConfiguration":
                raise
            answer = {}
        others = [rule for rule in answer.get("Rules", []) if rule.get("ID") != RULE]
        ours = {
            "ID": RULE,
            "Status": "Enabled",
            "Filter": {"Prefix": self._keys.prefix},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": days},
        }
        await bucket.call(
            "put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": [*others, ours]}
        )


async def _batches(bucket: Bucket, folder: str) -> AsyncIterator[list[str]]:
    batch: list[str] = []
    async for entry in bucket.entries(folder):
        batch.append(entry.key)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
