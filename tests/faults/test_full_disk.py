"""A disk that is full: a clear answer, nothing half there, and it goes on once there is room."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from dcs.sdk import Client
from tests.conftest import ABSENT
from tests.faults.conftest import DATASET, Prepared
from tests.faults.invariants import (
    nothing_is_half_visible,
    nothing_is_left,
    open_uploads,
    versions_of,
)
from tests.faults.senders import Connection, Joined, Resumed, Single
from tests.processes import Server, serve, stop

MIB = 1024**2
CONTENT = b"id,amount\n" + b"".join(b"%d,%d\n" % (row, row % 7) for row in range(400_000))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Lend a disk of 24 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip(ABSENT + "the right to mount a disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@contextmanager
def full(disk: Path, leave: int = 0) -> Iterator[None]:
    """Take all the room but *leave* bytes, for as long as the block lasts."""
    filler = disk / "filler"
    room = os.statvfs(disk)
    free = room.f_bavail * room.f_frsize
    with filler.open("wb", buffering=0) as file, suppress(OSError):  # full, as wished
        file.write(bytes(max(0, free - leave)))
        while not leave:
            file.write(bytes(4096))
    try:
        yield
    finally:
        filler.unlink()


def check(folder: Path, server: Server, tokens: dict[str, str]) -> None:
    nothing_is_half_visible(folder)
    nothing_is_left(folder)
    with Client(server.url, tokens["auditor"]) as auditor:
        assert auditor.verify_audit()["verified"]


def test_a_file_that_does_not_fit_is_refused_and_one_that_fits_is_taken_afterwards(
    small_disk: Path, prepared_once: Prepared
) -> None:
    folder = prepared_once.copy(small_disk / "data")
    with serve(folder) as server:
        producer = Connection(server.url, prepared_once.tokens["producer"])
        path = f"/api/v1/datasets/{DATASET}/versions?filename=f.csv"
        answer = producer.send("PUT", path, b"id\n" + b"1\n" * (15 * MIB))
        assert answer.status == 503, answer
        assert b"space" in answer.body
        check(folder, server, prepared_once.tokens)
        sender = Single(DATASET, b"id\n1\n")
        sender.run(producer, producer)
        assert [row[0] for row in versions_of(folder, sender.content)] == [sender.version]


def test_an_upload_waits_for_room_and_goes_on_where_the_disk_was_full(
    small_disk: Path, prepared_once: Prepared
) -> None:
    folder = prepared_once.copy(small_disk / "data")
    with serve(folder) as server:
        producer = Connection(server.url, prepared_once.tokens["producer"])
        sender = Resumed(DATASET, CONTENT)
        third = len(CONTENT) // 3
        assert sender.begun(producer)
        sender.append(producer, third, checked=False)
        with full(small_disk, leave=MIB):
            for checked in (False, True):
                rest = sender.attempt(producer, len(CONTENT), checked=checked)
                assert rest.status == 503, rest
                before = sender.told
                sender.ask(producer)
                assert (sender.told == before) == checked  # with a checksum all of it or none
        sender.run(producer, producer)
        assert [row[0] for row in versions_of(folder, CONTENT)] == [sender.version]
        check(folder, server, prepared_once.tokens)


def test_parts_that_cannot_be_joined_for_want_of_room_leave_nothing_and_are_joined_later(
    small_disk: Path, prepared_once: Prepared
) -> None:
    folder = prepared_once.copy(small_disk / "data")
    with serve(folder) as server:
        producer = Connection(server.url, prepared_once.tokens["producer"])
        sender = Joined(DATASET, CONTENT)
        sender.send_parts(producer)
        with full(small_disk, leave=2 * MIB):
            before = used(folder)
            for _ in range(3):
                assert sender.join(producer).status == 503
                assert used(folder) == before
        assert len(open_uploads(folder)) == 0
        sender.run(producer, producer)
        assert [row[0] for row in versions_of(folder, CONTENT)] == [sender.version]
        check(folder, server, prepared_once.tokens)


def test_with_no_room_at_all_every_answer_is_clear_and_the_database_survives(
    small_disk: Path, prepared_once: Prepared
) -> None:
    folder = prepared_once.copy(small_disk / "data")
    with serve(folder) as server:
        producer = Connection(server.url, prepared_once.tokens["producer"])
        sender = Resumed(DATASET, CONTENT)
        assert sender.begun(producer)
        path = f"/api/v1/datasets/{DATASET}/versions"
        with full(small_disk):
            for _ in range(3):
                assert producer.send("PUT", f"{path}?filename=f.csv", CONTENT).status == 503
                assert sender.attempt(producer, len(CONTENT), checked=False).status == 503
                assert producer.send("GET", path).status in {200, 503}
        sender.run(producer, producer)
        check(folder, server, prepared_once.tokens)
    with serve(folder) as server:
        assert [row[0] for row in versions_of(folder, CONTENT)] == [sender.version]
        check(folder, server, prepared_once.tokens)


def test_a_server_ends_when_told_also_while_its_disk_is_full(
    small_disk: Path, prepared_once: Prepared
) -> None:
    folder = prepared_once.copy(small_disk / "data")
    with serve(folder) as server, full(small_disk):
        assert stop(server) == 0


def test_a_file_longer_than_the_system_allows_is_refused_like_a_full_disk(
    prepared_once: Prepared, tmp_path: Path
) -> None:
    folder = prepared_once.copy(tmp_path / "data")
    with serve(folder) as server:
        producer = Connection(server.url, prepared_once.tokens["producer"])
        sender = Resumed(DATASET, CONTENT)
        assert sender.begun(producer)
        infinite = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(
            server.process.pid, resource.RLIMIT_FSIZE, (2 * MIB, resource.RLIM_INFINITY)
        )
        assert sender.attempt(producer, len(CONTENT), checked=False).status == 503
        sender.ask(producer)
        assert sender.told == 2 * MIB
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, infinite)
        sender.run(producer, producer)
        assert [row[0] for row in versions_of(folder, CONTENT)] == [sender.version]
        check(folder, server, prepared_once.tokens)


def used(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "uploads").rglob("*") if path.is_file())
