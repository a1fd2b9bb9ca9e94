"""Uploads that take several requests, in a folder: what a process leaves when it dies in one."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dcs.core.errors import UnavailableError
from dcs.core.ids import TenantId
from dcs.engines.objects import UploadBusyError
from dcs.engines.objects.directory import DirectoryStore
from dcs.engines.objects.streams import StreamSealedError

pytestmark = pytest.mark.anyio

ACME = TenantId("acme")
UPLOAD = "0198c0de-0000-7000-8000-000000000001"

# Takes one turn at the upload: first bytes that count, then bytes that are held; dies in it.
CHILD = """
import asyncio, os, signal, sys
from pathlib import Path
from dcs.engines.objects.directory import DirectoryStore

async def main(folder, upload):
    async with DirectoryStore(folder).resume("acme", upload) as stream:
        await stream.write(b"counts" * 1000)
        await stream.flush()
        await stream.hold()
        await stream.write(b"held" * 1000)
        await stream.flush()
        if "keep" in sys.argv:
            await stream.keep()
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""


def die(folder: Path, *more: str) -> None:
    done = subprocess.run([sys.executable, "-c", CHILD, str(folder), UPLOAD, *more], check=False)
    assert done.returncode == -signal.SIGKILL


async def test_a_killed_process_leaves_what_counted_and_nothing_that_was_held(
    tmp_path: Path,
) -> None:
    die(tmp_path)
    store = DirectoryStore(tmp_path)
    assert await store.received(ACME, UPLOAD) == 6_000
    async with store.resume(ACME, UPLOAD) as stream:
        assert stream.offset == 6_000
        await stream.write(b"more")
        sealed = await stream.seal()
    assert sealed.sha256 == hashlib.sha256(b"counts" * 1000 + b"more").hexdigest()


async def test_a_killed_process_leaves_what_it_kept(tmp_path: Path) -> None:
    die(tmp_path, "keep")
    assert await DirectoryStore(tmp_path).received(ACME, UPLOAD) == 10_000


async def test_a_mark_that_is_not_whole_does_not_exist(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    async with store.resume(ACME, UPLOAD) as stream:
        await stream.write(b"counts")
    (tmp_path / "uploads" / "acme" / f"{UPLOAD}.held.new").touch()  # died while writing it
    assert await store.received(ACME, UPLOAD) == 6
    async with store.resume(ACME, UPLOAD) as stream:
        assert stream.offset == 6


async def test_a_sealed_stream_can_never_be_changed_because_its_object_is_the_same_file(
    tmp_path: Path,
) -> None:
    store = DirectoryStore(tmp_path)
    async with store.resume(ACME, UPLOAD) as stream:
        await stream.write(b"content")
        published = await store.publish(await stream.seal())
    (tmp_path / "uploads" / "acme" / f"{UPLOAD}.held").write_text("0")  # as after a power failure
    with pytest.raises(StreamSealedError):
        async with store.resume(ACME, UPLOAD) as stream:
            await stream.write(b"more")
            await stream.flush()
    async with store.resume(ACME, UPLOAD) as stream:
        again = await stream.seal()
    assert (again.sha256, again.size) == (published.sha256, published.size)
    found = b"".join([chunk async for chunk in store.stream(ACME, published.sha256)])
    assert found == b"content"


async def test_another_process_that_has_its_turn_is_not_disturbed(tmp_path: Path) -> None:
    here, elsewhere = DirectoryStore(tmp_path), DirectoryStore(tmp_path)
    async with here.resume(ACME, UPLOAD) as stream:
        await stream.write(b"a")
        with pytest.raises(UploadBusyError):
            async with elsewhere.resume(ACME, UPLOAD):
                pass
        await stream.write(b"b")
    assert await elsewhere.received(ACME, UPLOAD) == 2


async def test_a_full_disk_keeps_what_was_written_before_and_the_hash_is_right_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DirectoryStore(tmp_path)
    write = os.write

    def half_then_full(descriptor: int, data: bytes) -> int:
        if bytes(data) == b"second":
            return write(descriptor, data[:3])
        if bytes(data) == b"ond":
            raise OSError(28, "No space left on device")
        return write(descriptor, data)

    monkeypatch.setattr("dcs.engines.objects.streams.os.write", half_then_full)
    with pytest.raises(UnavailableError, match="disk"):
        async with store.resume(ACME, UPLOAD) as stream:
            await stream.write(b"first")
            await stream.write(b"second")
            await stream.flush()
    monkeypatch.undo()
    assert await store.received(ACME, UPLOAD) == 8
    async with store.resume(ACME, UPLOAD) as stream:
        await stream.write(b"ond")
        sealed = await stream.seal()
    assert sealed.sha256 == hashlib.sha256(b"firstsecond").hexdigest()


async def test_a_slow_disk_holds_up_the_sender(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, write = threading.Event(), os.write

    def slow(descriptor: int, data: bytes) -> int:
        assert go.wait(20)
        return write(descriptor, data)

    monkeypatch.setattr("dcs.engines.objects.streams.os.write", slow)
    chunk = b"x" * 1_000_000
    async with DirectoryStore(tmp_path).resume(ACME, UPLOAD) as stream:

        async def send() -> None:
            for _ in range(20):
                await stream.write(chunk)

        sending = asyncio.create_task(send())
        _, waiting = await asyncio.wait({sending}, timeout=0.2)
        assert waiting
        assert stream.offset < 8_000_000  # the sender is stopped; nothing piles up
        go.set()
        await sending
        assert await stream.flush() == 20_000_000


async def test_an_upload_that_died_while_a_mark_was_made_leaves_nothing_when_it_is_let_go(
    tmp_path: Path,
) -> None:
    store = DirectoryStore(tmp_path)
    async with store.resume(ACME, UPLOAD) as stream:
        await stream.write(b"counts")
    (tmp_path / "uploads" / "acme" / f"{UPLOAD}.held.new").write_text("6")  # died before its rename
    await store.abandon(ACME, UPLOAD)
    assert list((tmp_path / "uploads" / "acme").iterdir()) == []


async def test_a_sealed_stream_can_be_held_and_sealed_again_as_its_sender_may_end_it_with_a_checksum(
    tmp_path: Path,
) -> None:
    store = DirectoryStore(tmp_path)
    async with store.resume(ACME, UPLOAD) as stream:
        await stream.write(b"content")
        first = await stream.seal()  # the process ends here, before anybody knows
    async with store.resume(ACME, UPLOAD) as stream:
        await stream.hold()
        await stream.keep()
        again = await stream.seal()
    assert (again.sha256, again.size) == (first.sha256, first.size)
    assert list((tmp_path / "uploads" / "acme").glob("*.held*")) == []


async def test_a_full_disk_refuses_the_first_upload_of_a_tenant_in_a_way_that_can_be_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DirectoryStore(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(UnavailableError, match="disk"):
        async with store.resume(ACME, UPLOAD):
            pass


async def test_a_start_removes_a_mark_that_is_not_whole_and_keeps_the_one_that_counts(
    tmp_path: Path,
) -> None:
    die(tmp_path)
    uploads = tmp_path / "uploads" / "acme"
    (uploads / f"{UPLOAD}.held.new").touch()

    async def known(_tenant: TenantId) -> set[str]:
        return {UPLOAD}

    store = DirectoryStore(tmp_path)
    await store.recover(known, known)
    assert {path.name for path in uploads.iterdir()} == {UPLOAD, f"{UPLOAD}.held"}
    assert await store.received(ACME, UPLOAD) == 6_000
