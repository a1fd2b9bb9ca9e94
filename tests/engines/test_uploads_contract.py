"""The contract of uploads that take many requests: nothing counted is lost, nothing held counts."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dcs.core.ids import TenantId
from dcs.engines.objects import (
    FileTooLargeError,
    InvalidKeyError,
    ObjectNotFoundError,
    ObjectStore,
    UploadBusyError,
)
from dcs.engines.objects.directory import DirectoryStore
from dcs.engines.objects.s3 import S3Store
from tests.buckets import MIB, buckets

pytestmark = pytest.mark.anyio

ACME, GLOBEX = TenantId("acme"), TenantId("globex")
UPLOAD = "0198c0de-0000-7000-8000-00000000cafe"
PATTERN = bytes(range(251))  # a prime length, so that no two parts are alike

Open = Callable[[], ObjectStore]


S3 = pytest.param("s3", marks=pytest.mark.service("s3"))
# A newer turn of another process takes over from an older one; a folder refuses the newer one.
takes_over = pytest.mark.parametrize("reopen", [S3], indirect=True)


@pytest.fixture(params=["directory", S3])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Return what opens the same store anew, as another process would."""
    if request.param == "directory":
        yield lambda: DirectoryStore(tmp_path)
        return
    with buckets(tmp_path) as lent:
        yield lambda: S3Store(lent.options)


@pytest.fixture
def store(reopen: Open) -> ObjectStore:
    return reopen()


def content(size: int, seed: bytes = b"") -> bytes:
    return (seed + PATTERN * (size // len(PATTERN) + 1))[:size]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def send(store: ObjectStore, data: bytes, upload: str = UPLOAD) -> int:
    """Take a turn and write everything."""
    async with store.resume(ACME, upload) as turn:
        for start in range(0, len(data), 300_000):
            await turn.write(data[start : start + 300_000])
        return turn.offset


async def finish(store: ObjectStore, upload: str = UPLOAD, tenant: TenantId = ACME) -> bytes:
    """Seal and publish an upload; return what the store then gives back under its hash."""
    async with store.resume(tenant, upload) as turn:
        sealed = await turn.seal()
        stored = await store.publish(sealed)
    data = b"".join([chunk async for chunk in store.stream(tenant, stored.sha256)])
    assert stored.size == len(data)
    assert stored.sha256 == sha256(data)
    return data


async def uploaded(store: ObjectStore, upload: str = UPLOAD) -> bytes:
    return b"".join([chunk async for chunk in store.stream_upload(ACME, upload)])


async def test_an_upload_nobody_has_written_to_has_received_nothing(store: ObjectStore) -> None:
    assert await store.received(ACME, UPLOAD) == 0


async def test_a_stream_goes_on_after_a_turn(store: ObjectStore) -> None:
    data = content(7 * MIB + 13)
    assert await send(store, data[: 3 * MIB]) == 3 * MIB
    assert await store.received(ACME, UPLOAD) == 3 * MIB
    assert await send(store, data[3 * MIB :]) == len(data)
    assert await finish(store) == data


async def test_a_stream_goes_on_in_another_process(reopen: Open) -> None:
    data = content(18 * MIB + 5)
    position = 0
    for end in (2 * MIB, 9 * MIB, 9 * MIB + 1, len(data)):
        store = reopen()
        assert await store.received(ACME, UPLOAD) == position
        position = await send(store, data[position:end])
        assert position == end
    assert await finish(reopen()) == data


@pytest.mark.parametrize("size", [0, 1, *(n * MIB + d for n in (5, 16) for d in (-1, 0, 1))])
async def test_streams_of_every_length_come_back_whole(store: ObjectStore, size: int) -> None:
    data = content(size)
    await send(store, data[: size // 2])
    await send(store, data[size // 2 :])
    assert await store.received(ACME, UPLOAD) == size
    assert await finish(store) == data


async def test_many_small_chunks_are_one_stream(store: ObjectStore) -> None:
    data = content(20_000)
    async with store.resume(ACME, UPLOAD) as turn:
        for start in range(0, len(data), 17):
            await turn.write(data[start : start + 17])
    assert await finish(store) == data


@takes_over
async def test_what_was_flushed_survives_a_process_that_never_ends_its_turn(reopen: Open) -> None:
    data = content(6 * MIB)
    with pytest.raises(UploadBusyError):  # the dead one, when it looks in the end
        async with reopen().resume(ACME, UPLOAD) as dead:
            await dead.write(data)
            assert await dead.flush() == len(data)
            await dead.write(b"never flushed")
            other = reopen()
            assert await other.received(ACME, UPLOAD) == len(data)
            assert await send(other, b"more") == len(data) + 4
            assert await finish(other) == data + b"more"


@takes_over
async def test_an_older_turn_of_another_process_can_add_nothing_any_more(reopen: Open) -> None:
    with pytest.raises(UploadBusyError):
        async with reopen().resume(ACME, UPLOAD) as older:
            await older.write(content(MIB))
            await older.flush()
            other = reopen()
            await send(other, b"later")
            await older.write(content(20 * MIB, b"late"))
            for step in (older.flush, older.hold, older.seal):
                with pytest.raises(UploadBusyError):
                    await step()
    assert await finish(other) == content(MIB) + b"later"


async def test_held_bytes_count_once_they_are_kept(store: ObjectStore) -> None:
    async with store.resume(ACME, UPLOAD) as turn:
        await turn.write(b"one ")
        await turn.hold()
        await turn.write(b"two ")
        assert turn.offset == 8
        assert await store.received(ACME, UPLOAD) == 4
        await turn.keep()
        await turn.write(b"three")
    assert await store.received(ACME, UPLOAD) == 13
    assert await finish(store) == b"one two three"


@pytest.mark.parametrize("size", [10, 12 * MIB])
async def test_dropped_bytes_are_as_if_they_had_never_come(store: ObjectStore, size: int) -> None:
    before, after = content(6 * MIB + 7), content(9 * MIB, b"after")
    async with store.resume(ACME, UPLOAD) as turn:
        await turn.write(before)
        await turn.hold()
        await turn.write(content(size, b"wrong"))
        await turn.flush()
        await turn.drop()
        assert turn.offset == len(before)
        await turn.write(after)
    assert await finish(store) == before + after


@pytest.mark.parametrize("size", [10, 12 * MIB])
async def test_a_turn_that_ends_while_bytes_are_held_loses_exactly_them(
    store: ObjectStore, size: int
) -> None:
    before = content(5 * MIB + 1)
    async with store.resume(ACME, UPLOAD) as turn:
        await turn.write(before)
        await turn.hold()
        await turn.write(content(size, b"held"))
        await turn.flush()
    assert await store.received(ACME, UPLOAD) == len(before)
    assert await finish(store) == before


@pytest.mark.parametrize("size", [10, 12 * MIB])
async def test_a_process_that_dies_while_bytes_are_held_loses_exactly_them(
    reopen: Open, size: int
) -> None:
    before = content(5 * MIB + 1)
    with pytest.raises(UploadBusyError):  # the dead one, when it looks in the end
        async with reopen().resume(ACME, UPLOAD) as dead:
            await dead.write(before)
            await dead.hold()
            await dead.write(content(size, b"held"))
            await dead.flush()
            other = reopen()
            assert await other.received(ACME, UPLOAD) == len(before)
            assert await send(other, b"!") == len(before) + 1
            assert await finish(other) == before + b"!"
            await dead.keep()


async def test_a_turn_that_fails_keeps_what_it_wrote(store: ObjectStore) -> None:
    with pytest.raises(ConnectionError):
        async with store.resume(ACME, UPLOAD) as turn:
            await turn.write(content(6 * MIB))
            raise ConnectionError
    assert await store.received(ACME, UPLOAD) == 6 * MIB


async def test_a_turn_that_is_cancelled_keeps_what_it_wrote(store: ObjectStore) -> None:
    written = asyncio.Event()

    async def write() -> None:
        async with store.resume(ACME, UPLOAD) as turn:
            await turn.write(content(6 * MIB))
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await written.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await store.received(ACME, UPLOAD) == 6 * MIB
    assert await finish(store) == content(6 * MIB)


async def test_an_offset_that_was_told_never_decreases(reopen: Open) -> None:
    told, store = 0, reopen()
    for number in range(12):
        store = reopen() if number % 3 == 0 else store
        assert (now := await store.received(ACME, UPLOAD)) >= told
        async with store.resume(ACME, UPLOAD) as turn:
            assert turn.offset >= now
            await turn.write(content(700_000 + number))
            told = await turn.flush()
            if number % 2:
                await turn.hold()
                await turn.write(b"never counts")
    assert await store.received(ACME, UPLOAD) == told


async def test_a_stream_that_is_too_long_is_refused_and_what_was_kept_stays(
    store: ObjectStore,
) -> None:
    async with store.resume(ACME, UPLOAD, max_bytes=100) as turn:
        await turn.write(b"x" * 60)
    async with store.resume(ACME, UPLOAD, max_bytes=100) as turn:
        with pytest.raises(FileTooLargeError) as refusal:
            await turn.write(b"y" * 41)
        await turn.write(b"z" * 40)
    assert refusal.value.too_large
    assert await finish(store) == b"x" * 60 + b"z" * 40


async def test_the_same_content_twice_is_no_error(store: ObjectStore) -> None:
    data = content(11 * MIB)
    await send(store, data, "first")
    await send(store, data, "second")
    first, second = await finish(store, "first"), await finish(store, "second")
    assert first == second == data


async def test_an_upload_can_be_sealed_again_until_it_is_abandoned(reopen: Open) -> None:
    data = content(7 * MIB)
    await send(reopen(), data)
    async with reopen().resume(ACME, UPLOAD) as turn:
        sealed = await turn.seal()
    assert sealed.sha256 == sha256(data)
    assert await reopen().received(ACME, UPLOAD) == len(data)
    assert await finish(reopen()) == data


async def test_a_published_object_stays_when_its_upload_is_abandoned(store: ObjectStore) -> None:
    data = content(6 * MIB)
    await send(store, data)
    await finish(store)
    await store.abandon(ACME, UPLOAD)
    assert await store.received(ACME, UPLOAD) == 0
    assert b"".join([chunk async for chunk in store.stream(ACME, sha256(data))]) == data
    await store.abandon(ACME, UPLOAD)


async def test_an_abandoned_upload_can_begin_again(store: ObjectStore) -> None:
    await send(store, content(6 * MIB))
    await store.abandon(ACME, UPLOAD)
    await send(store, b"new")
    assert await finish(store) == b"new"


async def test_the_bytes_of_an_upload_can_be_read_before_it_is_published(
    store: ObjectStore,
) -> None:
    data = content(13 * MIB + 3)
    await send(store, data[: 8 * MIB])
    assert await uploaded(store) == data[: 8 * MIB]
    await send(store, data[8 * MIB :])
    assert await uploaded(store) == data


async def test_uploads_at_the_same_time_do_not_mix(store: ObjectStore) -> None:
    parts = {f"upload-{n}": content(6 * MIB + n, b"%d" % n) for n in range(4)}
    await asyncio.gather(*(send(store, data, name) for name, data in parts.items()))
    assert [await finish(store, name) for name in parts] == list(parts.values())


async def test_two_tenants_keep_uploads_of_one_name_apart(store: ObjectStore) -> None:
    await send(store, b"of acme")
    assert await store.received(GLOBEX, UPLOAD) == 0
    await store.abandon(GLOBEX, UPLOAD)
    assert await finish(store) == b"of acme"
    with pytest.raises(ObjectNotFoundError):
        await anext(store.stream(GLOBEX, sha256(b"of acme")))


async def test_a_second_turn_beside_one_of_this_process_is_refused(store: ObjectStore) -> None:
    async with store.resume(ACME, UPLOAD) as turn:
        await turn.write(b"first")
        with pytest.raises(UploadBusyError):
            async with store.resume(ACME, UPLOAD):
                pass
    assert await send(store, b"!") == 6


async def test_a_start_keeps_the_uploads_that_are_known_and_removes_the_rest(
    reopen: Open,
) -> None:
    store = reopen()
    await send(store, content(6 * MIB), "known")
    await send(store, content(6 * MIB), "unknown")

    async def nothing(_tenant: TenantId) -> set[str]:
        return set()

    async def uploads(tenant: TenantId) -> set[str]:
        return {"known"} if tenant == ACME else set()

    store = reopen()
    assert (await store.recover(nothing, uploads)).uploads == 1
    assert await store.received(ACME, "unknown") == 0
    assert await finish(store, "known") == content(6 * MIB)


@pytest.mark.parametrize("upload", ["", "..", "../x", "a/b", "a b", ".x", "x" * 200, "é", "a\n"])
async def test_an_id_that_would_leave_its_space_is_refused(store: ObjectStore, upload: str) -> None:
    with pytest.raises(InvalidKeyError):
        await store.received(ACME, upload)
    with pytest.raises(InvalidKeyError):
        async with store.resume(ACME, upload):
            pass
    with pytest.raises(InvalidKeyError):
        await store.abandon(ACME, upload)
    with pytest.raises(InvalidKeyError):
        await anext(store.stream_upload(ACME, upload))
