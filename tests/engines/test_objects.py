"""The contract of the object store: whole or not at all, durable before it is told."""

import asyncio
import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dcs.core.errors import UnavailableError
from dcs.core.ids import TenantId
from dcs.engines.objects import (
    FileTooLargeError,
    InvalidKeyError,
    ObjectNotFoundError,
    ObjectStore,
    StoredObject,
)
from dcs.engines.objects.directory import DirectoryStore
from dcs.engines.objects.s3 import S3Store
from tests.buckets import buckets

pytestmark = pytest.mark.anyio

ACME, GLOBEX = TenantId("acme"), TenantId("globex")
CONTENT = b"a,b\n1,2\n" * 40_000


Everything = Callable[[], list[str]]
S3 = pytest.mark.service("s3")


@pytest.fixture
def directory(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path)


@pytest.fixture(
    params=[
        "directory",
        pytest.param("s3 bucket", marks=S3),
        pytest.param("s3 bucket a tenant", marks=S3),
    ]
)
def kept(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[ObjectStore, Everything]]:
    if request.param == "directory":
        yield request.getfixturevalue("directory"), lambda: [str(p) for p in files(tmp_path)]
    else:
        with buckets(tmp_path, per_tenant="tenant" in request.param) as lent:
            yield S3Store(lent.options), lent.everything


@pytest.fixture
def store(kept: tuple[ObjectStore, Everything]) -> ObjectStore:
    return kept[0]


@pytest.fixture
def everything(kept: tuple[ObjectStore, Everything]) -> Everything:
    """Return what lists everything the store keeps, finished or not."""
    return kept[1]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def put(
    store: ObjectStore, tenant: TenantId = ACME, content: bytes = CONTENT
) -> StoredObject:
    async with store.stage(tenant) as staging:
        for start in range(0, len(content), 65_536):
            await staging.write(content[start : start + 65_536])
        return await store.publish(await staging.seal())


async def get(store: ObjectStore, tenant: TenantId, sha256: str) -> bytes:
    return b"".join([chunk async for chunk in store.stream(tenant, sha256)])


async def test_what_was_stored_comes_back_with_its_hash(store: ObjectStore) -> None:
    stored = await put(store)
    assert stored.size == len(CONTENT)
    assert stored.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert await get(store, ACME, stored.sha256) == CONTENT


async def test_the_same_content_twice_is_one_object(
    store: ObjectStore, everything: Everything
) -> None:
    first, second = await asyncio.gather(put(store), put(store))
    assert first == second
    assert len(everything()) == 1


async def test_two_tenants_keep_the_same_content_apart(store: ObjectStore) -> None:
    stored = await put(store)
    with pytest.raises(ObjectNotFoundError):
        await get(store, GLOBEX, stored.sha256)
    await put(store, GLOBEX)
    await store.delete(ACME, stored.sha256)
    assert await get(store, GLOBEX, stored.sha256) == CONTENT


async def test_a_broken_stream_leaves_nothing_behind(
    store: ObjectStore, everything: Everything
) -> None:
    with pytest.raises(ConnectionError):
        async with store.stage(ACME) as staging:
            await staging.write(CONTENT * 20)
            raise ConnectionError
    assert everything() == []


async def test_a_sealed_stream_that_nobody_publishes_leaves_nothing(
    store: ObjectStore, everything: Everything
) -> None:
    async with store.stage(ACME) as staging:
        await staging.write(CONTENT)
        await staging.seal()
    assert everything() == []


async def test_a_cancelled_upload_leaves_nothing_behind(
    store: ObjectStore, everything: Everything
) -> None:
    staged = asyncio.Event()

    async def upload() -> None:
        async with store.stage(ACME) as staging:
            await staging.write(CONTENT * 20)
            staged.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(upload())
    await staged.wait()
    while not everything():
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert everything() == []


async def test_a_stream_that_is_too_long_is_refused_and_leaves_nothing(
    store: ObjectStore, everything: Everything
) -> None:
    with pytest.raises(FileTooLargeError) as refusal:
        async with store.stage(ACME, max_bytes=100) as staging:
            await staging.write(b"x" * 100)
            await staging.write(b"x")
    assert refusal.value.too_large
    assert everything() == []


async def test_a_file_of_this_machine_is_stored_the_same_way(
    store: ObjectStore, tmp_path: Path
) -> None:
    path = tmp_path / "table.parquet"
    path.write_bytes(CONTENT)
    stored = await store.put_file(ACME, path)
    assert await get(store, ACME, stored.sha256) == CONTENT
    assert path.exists()


async def test_a_lent_path_reads_as_the_object(store: ObjectStore) -> None:
    stored = await put(store)
    async with store.local_path(ACME, stored.sha256) as path:
        assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("tenant", ["", "..", "a/b", "ACME", "a" * 65, ".hidden"])
async def test_a_tenant_that_would_leave_its_space_is_refused(
    store: ObjectStore, tenant: str
) -> None:
    with pytest.raises(InvalidKeyError):
        await put(store, TenantId(tenant))


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "0" * 63, "G" * 64, "0" * 64 + "/x"])
async def test_a_key_that_is_no_hash_is_refused(store: ObjectStore, key: str) -> None:
    with pytest.raises(InvalidKeyError):
        await get(store, ACME, key)


async def test_deleting_what_is_not_there_is_no_error(store: ObjectStore) -> None:
    await store.delete(ACME, "0" * 64)


async def test_an_object_nobody_knows_is_removed(store: ObjectStore) -> None:
    stored = await put(store)

    async def unknown() -> bool:
        return True

    assert await store.exists(ACME, stored.sha256)
    assert await store.remove(ACME, stored.sha256, unknown)
    assert not await store.exists(ACME, stored.sha256)
    assert not await store.remove(ACME, stored.sha256, unknown)


async def test_an_object_that_became_known_while_it_was_removed_is_put_back(
    store: ObjectStore,
) -> None:
    stored = await put(store)
    seen: list[bool] = []

    async def unknown() -> bool:
        seen.append(await store.exists(ACME, stored.sha256))
        return False

    assert not await store.remove(ACME, stored.sha256, unknown)
    assert seen == [False]  # whoever stores the same looks afterwards, and sees that it is gone
    assert await get(store, ACME, stored.sha256) == CONTENT


async def test_content_stored_while_the_same_was_removed_is_kept(store: ObjectStore) -> None:
    stored = await put(store)

    async def unknown() -> bool:
        await put(store)
        return True

    await store.remove(ACME, stored.sha256, unknown)
    assert await get(store, ACME, stored.sha256) == CONTENT


@pytest.mark.parametrize("is_known", [True, False])
async def test_recovery_decides_on_what_a_death_left_half_removed(
    directory: DirectoryStore, is_known: bool
) -> None:
    stored = await put(directory)

    async def died() -> bool:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await directory.remove(ACME, stored.sha256, died)

    async def known(_tenant: TenantId) -> set[str]:
        return {stored.sha256} if is_known else set()

    await directory.recover(known, known)
    assert await directory.exists(ACME, stored.sha256) is is_known


async def test_recovery_removes_what_no_row_knows_and_nothing_else(
    directory: DirectoryStore, tmp_path: Path
) -> None:
    kept, orphan = await put(directory), await put(directory, content=b"orphan")
    (tmp_path / "staging" / "left-behind").write_bytes(b"half")

    async def known(_tenant: TenantId) -> set[str]:
        return {kept.sha256}

    recovered = await directory.recover(known, known)
    assert (recovered.staging, recovered.orphans) == (1, 1)
    assert await get(directory, ACME, kept.sha256) == CONTENT
    with pytest.raises(ObjectNotFoundError):
        await get(directory, ACME, orphan.sha256)


async def test_a_sweep_removes_abandoned_streams_and_no_running_one(
    directory: DirectoryStore, tmp_path: Path
) -> None:
    abandoned = tmp_path / "staging" / "abandoned"
    abandoned.write_bytes(b"half")
    os.utime(abandoned, (0, 0))
    async with directory.stage(ACME) as staging:
        await staging.write(CONTENT)
        assert await directory.sweep(timedelta(hours=24)) == 1
        stored = await directory.publish(await staging.seal())
    assert await get(directory, ACME, stored.sha256) == CONTENT


async def test_a_full_disk_says_so_and_leaves_nothing(
    directory: DirectoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dcs.engines.objects.directory.os.write", full)
    with pytest.raises(UnavailableError, match="disk"):
        await put(directory)
    monkeypatch.undo()
    assert files(tmp_path) == []


async def test_a_short_write_is_continued(
    directory: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(
        "dcs.engines.objects.directory.os.write", lambda d, data: write(d, data[:1_000])
    )
    stored = await put(directory)
    monkeypatch.undo()
    assert await get(directory, ACME, stored.sha256) == CONTENT


async def test_data_is_synced_before_it_is_linked_and_the_folder_after(
    directory: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(directory, content=b"the folders are there")
    calls: list[str] = []
    for name in ("fdatasync", "link", "fsync"):
        real = getattr(os, name)

        def noted(*arguments, real=real, name=name):
            calls.append(name)
            return real(*arguments)

        monkeypatch.setattr(f"dcs.engines.objects.directory.os.{name}", noted)
    await put(directory)
    assert calls[0] == "fdatasync"
    assert calls[-2:] == ["link", "fsync"]


async def test_only_the_owner_may_read_the_files(directory: DirectoryStore, tmp_path: Path) -> None:
    await put(directory)
    assert [path for path in tmp_path.rglob("*") if path.stat().st_mode & 0o077] == []


async def test_it_says_whether_it_can_be_written_to(
    directory: DirectoryStore, tmp_path: Path
) -> None:
    await directory.check()
    (tmp_path / "staging").rmdir()
    with pytest.raises(UnavailableError):
        await directory.check()


async def test_a_store_that_answers_can_be_written_to(
    store: ObjectStore, everything: Everything
) -> None:
    await store.check()
    assert everything() == []
