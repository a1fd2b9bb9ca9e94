"""What is true of the object store in S3 alone: crashes, outages, local copies, odd services."""

import asyncio
import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from dcs.core.errors import InvalidError, UnavailableError
from dcs.core.ids import TenantId
from dcs.engines.objects import InvalidKeyError, ObjectNotFoundError, StoredObject
from dcs.engines.objects.s3 import S3Options, S3Store
from tests.buckets import MIB, Buckets, buckets
from tests.engines import s3_child

pytestmark = pytest.mark.anyio
service = pytest.mark.service("s3")

ACME, GLOBEX = TenantId("acme"), TenantId("globex")


@pytest.fixture
def lent(tmp_path: Path) -> Iterator[Buckets]:
    with buckets(tmp_path, prefix="") as found:
        yield found


async def put(store: S3Store, content: bytes, tenant: TenantId = ACME) -> StoredObject:
    async with store.stage(tenant) as staging:
        await staging.write(content)
        return await store.publish(await staging.seal())


async def get(store: S3Store, sha256: str) -> bytes:
    return b"".join([chunk async for chunk in store.stream(ACME, sha256)])


async def nothing(_tenant: TenantId) -> set[str]:
    return set()


# --- settings


def test_an_address_names_the_bucket_and_the_prefix() -> None:
    options = S3Options.from_url("s3://dcs-{tenant}/a/b", region="eu-west-1")
    assert (options.bucket, options.prefix) == ("dcs-{tenant}", "a/b/")
    assert S3Options.from_url("s3://one").prefix == ""


@pytest.mark.parametrize(
    "url", ["", "s3://", "http://bucket", "s3:///x", "s3://b/../x", "s3://b?x=1", "s3://UPPER"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidError):
        S3Options.from_url(url)


@pytest.mark.parametrize(
    "wrong",
    [
        {"part_size": MIB},
        {"parallel": 0},
        {"buffer": MIB},
        {"access_key": SecretStr("a")},
        {"kms_key": "k", "sse": "AES256"},
    ],
)
def test_options_that_no_request_could_repair_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidError):
        S3Options("bucket", **wrong)  # type: ignore[arg-type]


def test_one_upload_holds_no_more_than_its_buffer() -> None:
    assert S3Options("bucket").in_flight == 1
    assert S3Options("bucket", buffer=176 * MIB).in_flight == 10
    assert S3Options("bucket", buffer=1024 * MIB).in_flight == 10


def test_secrets_do_not_print_and_nothing_connects_before_it_is_used() -> None:
    secret = secrets.token_hex(8)
    options = S3Options(
        "bucket",
        endpoint="http://127.0.0.1:9",
        access_key=SecretStr(secret),
        secret_key=SecretStr(secret),
        session_token=SecretStr(secret),
    )
    store = S3Store(options)
    connection = store._connection
    remote = connection.remote("bucket")
    for thing in (options, store, connection, remote, connection.bucket("bucket", make=False)):
        assert secret not in f"{thing!r} {thing}"


async def test_a_tenant_whose_bucket_would_have_too_long_a_name_is_refused() -> None:
    store = S3Store(S3Options("dcs-{tenant}"))
    with pytest.raises(InvalidKeyError):
        await store.received(TenantId("a" * 64), "upload")


# --- what the service does


@service
async def test_the_probe_tells_what_the_service_does_and_leaves_nothing(lent: Buckets) -> None:
    found = await S3Store(lent.options).probe()
    assert found.reads_own_writes
    assert found.lists_own_writes
    assert found.joins_parts
    assert found.lists_parts
    assert lent.everything() == []


@service
async def test_a_service_that_does_not_encrypt_as_asked_is_refused(tmp_path: Path) -> None:
    with buckets(tmp_path, sse="AES256") as lent:
        store = S3Store(lent.options)
        name = lent.names()[0]
        lent.client.put_object(Bucket=name, Key="x", Body=b"", ServerSideEncryption="AES256")
        if lent.client.head_object(Bucket=name, Key="x").get("ServerSideEncryption"):
            assert (await store.probe()).encryption == "AES256"
        else:
            with pytest.raises(UnavailableError, match="encryption with AES256"):
                await store.probe()


@service
async def test_a_missing_bucket_is_told_and_not_made(lent: Buckets, tmp_path: Path) -> None:
    options = S3Options(
        "test-nobody-made-this",
        endpoint=lent.options.endpoint,
        access_key=lent.options.access_key,
        secret_key=lent.options.secret_key,
        spool=tmp_path,
    )
    for attempt in (S3Store(options).probe, S3Store(options).check):
        with pytest.raises(UnavailableError, match="NoSuchBucket"):
            await attempt()
    assert "test-nobody-made-this" not in [
        bucket["Name"] for bucket in lent.client.list_buckets()["Buckets"]
    ]


@service
async def test_wrong_keys_are_told_at_once_and_never_printed(lent: Buckets, tmp_path: Path) -> None:
    wrong = secrets.token_hex(16)
    options = S3Options(
        lent.options.bucket,
        endpoint=lent.options.endpoint,
        access_key=lent.options.access_key,
        secret_key=SecretStr(wrong),
        spool=tmp_path,
    )
    async with asyncio.timeout(5):
        with pytest.raises(UnavailableError, match="keys") as refusal:
            await put(S3Store(options), b"x")
    error: BaseException | None = refusal.value
    while error is not None:
        assert wrong not in f"{error!r} {error}"
        error = error.__cause__


@service
async def test_a_rule_of_the_store_is_added_where_it_can_be(lent: Buckets) -> None:
    if await S3Store(lent.options).ensure_lifecycle():
        rules = lent.client.get_bucket_lifecycle_configuration(Bucket=lent.names()[0])["Rules"]
        assert "AbortIncompleteMultipartUpload" in rules[0]


# --- crashes


class Child:
    """A process that uploads until it is killed."""

    def __init__(self, lent: Buckets, endpoint: str, point: str = "", chunks: int = 60) -> None:
        options = lent.options
        assert options.access_key
        assert options.secret_key
        self.told = 0
        self._process = subprocess.Popen(
            [
                *(sys.executable, s3_child.__file__, options.bucket, endpoint),
                *(str(options.spool), point, str(chunks)),
            ],
            env=os.environ
            | {
                "CHILD_KEY": options.access_key.get_secret_value(),
                "CHILD_SECRET": options.secret_key.get_secret_value(),
            },
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self, lines: int | None = None) -> None:
        """Read what it was promised: so many lines, or all until it ends."""
        assert self._process.stdout
        for number, line in enumerate(self._process.stdout, start=1):
            if len(line) < 64:
                self.told = int(line)
            if number == lines:
                return

    def kill(self) -> None:
        self._process.kill()
        self.read()
        self._process.stdout.close()  # type: ignore[union-attr]
        assert self._process.wait() == -signal.SIGKILL

    def die(self) -> None:
        """Wait until it has killed itself at its fail-point."""
        self.read()
        self._process.stdout.close()  # type: ignore[union-attr]
        assert self._process.wait() == -signal.SIGKILL


def whole(chunks: int) -> bytes:
    return b"".join(s3_child.content(number) for number in range(chunks))


@service
async def test_a_killed_process_loses_nothing_it_was_promised(lent: Buckets) -> None:
    assert lent.options.endpoint
    before = 0
    for lines in (2, 5):
        child = Child(lent, lent.options.endpoint)
        await asyncio.to_thread(child.read, lines)
        child.kill()
        store = S3Store(lent.options)
        received = await store.received(ACME, "upload")
        assert received >= child.told > before
        kept = b"".join([chunk async for chunk in store.stream_upload(ACME, "upload")])
        assert kept == whole(60)[:received]
        before = received


@service
@pytest.mark.parametrize("point", ["objects.staged", "objects.synced", "objects.linked"])
async def test_a_process_killed_while_it_publishes_leaves_the_object_whole_or_absent(
    lent: Buckets, point: str
) -> None:
    assert lent.options.endpoint
    child = Child(lent, lent.options.endpoint, point, chunks=30)
    await asyncio.to_thread(child.die)
    data = whole(30)
    sha256 = hashlib.sha256(data).hexdigest()
    store = S3Store(lent.options)
    if point == "objects.linked":
        assert await get(store, sha256) == data
    else:
        with pytest.raises(ObjectNotFoundError):
            await get(store, sha256)
    async with store.resume(ACME, "upload") as turn:
        assert turn.offset == child.told == len(data)
        assert (await store.publish(await turn.seal())).sha256 == sha256
    assert await get(store, sha256) == data


@service
async def test_a_turn_that_died_as_it_began_is_settled_by_whoever_asks(lent: Buckets) -> None:
    store = S3Store(lent.options)
    async with store.resume(ACME, "upload") as turn:
        await turn.write(b"kept")
    claim = "acme/uploads/upload/turns/0000000099-0123456789abcdef-0000000000"
    lent.client.put_object(Bucket=lent.names()[0], Key=claim, Body=b"")
    assert await S3Store(lent.options).received(ACME, "upload") == 4


@service
async def test_what_a_late_process_writes_down_is_ignored(lent: Buckets) -> None:
    store = S3Store(lent.options)
    async with store.resume(ACME, "upload") as turn:
        await turn.write(b"one")
    name = lent.names()[0]
    old = max(key for key in lent.everything() if "/turns/" in key)
    late = lent.client.get_object(Bucket=name, Key=old)["Body"].read()
    async with S3Store(lent.options).resume(ACME, "upload") as turn:
        await turn.write(b" two")
    assert old not in lent.everything()
    lent.client.put_object(Bucket=name, Key=old, Body=late)
    assert await S3Store(lent.options).received(ACME, "upload") == 7


@service
async def test_a_sealed_upload_can_still_grow_in_a_later_turn(lent: Buckets) -> None:
    store = S3Store(lent.options)
    data = bytes(range(256)) * 60_000
    async with store.resume(ACME, "upload") as turn:
        await turn.write(data[: 6 * MIB])
        await turn.seal()
    async with store.resume(ACME, "upload") as turn:
        await turn.write(data[6 * MIB :])
        stored = await store.publish(await turn.seal())
    assert await get(store, stored.sha256) == data


@service
async def test_a_process_goes_on_with_its_hash_and_reads_nothing_again(
    lent: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = S3Store(lent.options)
    data = bytes(range(256)) * 60_000
    for start in range(0, len(data), 4 * MIB):
        async with store.resume(ACME, "upload") as turn:
            await turn.write(data[start : start + 4 * MIB])

    def read(*_arguments: object) -> None:
        raise AssertionError("the upload was read again")

    with monkeypatch.context() as patched:
        patched.setattr("dcs.engines.objects.s3.incoming.read", read)
        async with store.resume(ACME, "upload") as turn:
            sealed = await turn.seal()
    assert sealed.sha256 == hashlib.sha256(data).hexdigest()


# --- recovery


@service
async def test_a_start_removes_what_a_crash_left_and_nothing_else(lent: Buckets) -> None:
    store = S3Store(lent.options)
    kept, orphan = await put(store, b"kept"), await put(store, b"orphan", GLOBEX)
    name = lent.names()[0]
    lent.client.put_object(Bucket=name, Key="acme/staging/x/parts/a", Body=b"half")
    lent.client.create_multipart_upload(Bucket=name, Key="acme/objects/aa/half")
    lent.client.put_object(Bucket=name, Key="NOT-OURS/objects/file", Body=b"of others")

    async def known(tenant: TenantId) -> set[str]:
        return {kept.sha256} if tenant == ACME else set()

    recovered = await S3Store(lent.options).recover(known, nothing)
    assert (recovered.staging, recovered.orphans, recovered.uploads) == (2, 1, 0)
    assert sorted(lent.everything()) == [
        "NOT-OURS/objects/file",
        f"acme/objects/{kept.sha256[:2]}/{kept.sha256}",
    ]
    assert orphan.tenant == GLOBEX


@service
async def test_a_start_finds_every_tenant_that_has_a_bucket(tmp_path: Path) -> None:
    with buckets(tmp_path, per_tenant=True) as lent:
        store = S3Store(lent.options)
        await put(store, b"one", ACME)
        await put(store, b"two", GLOBEX)
        assert len(lent.names()) == 2
        assert (await S3Store(lent.options).recover(nothing, nothing)).orphans == 2


@service
async def test_a_sweep_removes_streams_that_stopped_and_no_running_one(lent: Buckets) -> None:
    store = S3Store(lent.options)
    async with store.stage(ACME) as running:
        await running.write(b"x" * 6 * MIB)
        assert await store.sweep(timedelta(hours=24)) == 0
        stored = await store.publish(await running.seal())
    lent.client.put_object(Bucket=lent.names()[0], Key="acme/staging/x/parts/a", Body=b"half")
    assert await store.sweep(timedelta(seconds=-60)) == 1
    assert [stored.sha256 in key for key in lent.everything()] == [True]


# --- local copies


@service
async def test_a_local_copy_is_fetched_once_and_only_the_owner_may_read_it(lent: Buckets) -> None:
    store = S3Store(lent.options)
    stored = await put(store, b"x" * 6 * MIB)

    async def lend() -> int:
        async with store.local_path(ACME, stored.sha256) as path:
            await asyncio.sleep(0)
            assert path.stat().st_mode & 0o077 == path.parent.stat().st_mode & 0o077 == 0
            return path.stat().st_ino

    assert len(set(await asyncio.gather(*(lend() for _ in range(8))))) == 1


@service
async def test_local_copies_take_no_more_than_allowed_and_lent_ones_stay(tmp_path: Path) -> None:
    with buckets(tmp_path, spool_bytes=2 * MIB) as lent:
        store = S3Store(lent.options)
        first, second, third = [await put(store, bytes([n]) * (MIB - n)) for n in range(3)]
        async with store.local_path(ACME, first.sha256) as lent_path:
            for stored in (second, third, second):
                async with store.local_path(ACME, stored.sha256) as path:
                    assert path.stat().st_size == stored.size
                copies = [p.stat().st_size for p in tmp_path.rglob("copies-*/*")]
                assert sum(copies) <= 2 * MIB
            assert lent_path.stat().st_size == first.size
        large = await put(store, b"y" * (2 * MIB + 1))
        with pytest.raises(UnavailableError, match="larger than the space"):
            async with store.local_path(ACME, large.sha256):
                pass


@service
async def test_a_copy_that_was_changed_in_the_store_is_not_lent(
    lent: Buckets, tmp_path: Path
) -> None:
    store = S3Store(lent.options)
    stored = await put(store, b"right")
    key = f"acme/objects/{stored.sha256[:2]}/{stored.sha256}"
    lent.client.put_object(Bucket=lent.names()[0], Key=key, Body=b"wrong")
    with pytest.raises(UnavailableError, match="other bytes"):
        async with store.local_path(ACME, stored.sha256):
            pass
    assert list(tmp_path.rglob("copies-*/*")) == []
    lent.client.put_object(Bucket=lent.names()[0], Key=key, Body=b"right")
    async with store.local_path(ACME, stored.sha256) as path:
        assert path.read_bytes() == b"right"


@service
async def test_a_deleted_object_is_not_lent_from_its_local_copy(
    lent: Buckets, tmp_path: Path
) -> None:
    store = S3Store(lent.options)
    stored = await put(store, b"personal")
    async with store.local_path(ACME, stored.sha256):
        pass
    await store.delete(ACME, stored.sha256)
    assert list(tmp_path.rglob("copies-*/*")) == []
    with pytest.raises(ObjectNotFoundError):
        async with store.local_path(ACME, stored.sha256):
            pass


@service
async def test_the_copies_of_a_dead_process_are_removed_by_the_next(
    lent: Buckets, tmp_path: Path
) -> None:
    dead = tmp_path / "spool" / "copies-dead"
    dead.mkdir(parents=True)
    (dead / "file").write_bytes(b"left")
    living, other = S3Store(lent.options), S3Store(lent.options)
    stored = await put(living, b"x")
    async with living.local_path(ACME, stored.sha256) as path:
        assert not dead.exists()
        async with other.local_path(ACME, stored.sha256):
            assert path.read_bytes() == b"x"


# --- the service is away


class Service:
    """A service of the test's own that can be stopped and started again."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._environment = {
            "ROOT_ACCESS_KEY": secrets.token_hex(8),
            "ROOT_SECRET_KEY": secrets.token_hex(16),
            "PATH": os.environ["PATH"],
        }
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        (home / "data").mkdir()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                *(os.environ["STUDIO_TEST_S3_BINARY"], "--quiet"),
                *("--port", f"127.0.0.1:{self._port}", "posix", str(self._home / "data")),
            ],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    async def ready(self) -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except ConnectionError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                await writer.wait_closed()
                return

    def options(self, **settings: object) -> S3Options:
        return S3Options(
            "dcs-{tenant}",
            endpoint=f"http://127.0.0.1:{self._port}",
            access_key=SecretStr(self._environment["ROOT_ACCESS_KEY"]),
            secret_key=SecretStr(self._environment["ROOT_SECRET_KEY"]),
            part_size=5 * MIB,
            buffer=10 * MIB,
            spool=self._home / "spool",
            **settings,  # type: ignore[arg-type]
        )


@pytest.fixture
async def own(tmp_path: Path, anyio_backend: str) -> Iterator[Service]:
    found = Service(tmp_path)
    found.start()
    await found.ready()
    yield found
    found.stop()


@service
async def test_an_upload_outlives_a_service_that_is_away_for_a_moment(own: Service) -> None:
    store = S3Store(own.options())
    data = bytes(range(256)) * 80_000
    async with store.resume(ACME, "upload") as turn:
        await turn.write(data[: 6 * MIB])
        await turn.flush()
        own.stop()
        writing = asyncio.create_task(turn.write(data[6 * MIB :]))
        await asyncio.sleep(1)
        own.start()
        await writing
        stored = await store.publish(await turn.seal())
    assert await get(store, stored.sha256) == data


@service
async def test_a_service_that_stays_away_is_told_and_what_was_kept_stays(own: Service) -> None:
    options = own.options(patience=timedelta(seconds=0.5))
    store = S3Store(options)
    data = bytes(range(256)) * 80_000
    with pytest.raises(UnavailableError) as told:
        async with store.resume(ACME, "upload") as turn:
            await turn.write(data[: 6 * MIB])
            kept = await turn.flush()
            own.stop()
            await turn.write(data[6 * MIB :])
            await turn.flush()
    assert told.value.retryable
    for attempt in (store.check(), store.received(ACME, "upload")):
        with pytest.raises(UnavailableError):
            await attempt
    own.start()
    await own.ready()
    assert await store.received(ACME, "upload") == kept
    async with store.resume(ACME, "upload") as turn:
        await turn.write(data[turn.offset :])
        stored = await store.publish(await turn.seal())
    assert await get(store, stored.sha256) == data
