"""
What receiving costs: processor time of the server for each gigabyte, beside the floor and peers.

Every measurement starts a server of its own, sends it the file once to warm it
(what a server does lazily after its start costs as much as half an upload),
sends it again on the clock, and kills it as soon as it has answered. Right
before, a file is written and removed, so that the system has used memory to
give to everyone: on a virtual machine memory touched for the first time makes a
write cost three times as much. All take part in every round, in random order.
Wall time depends on what else the machine does; processor time much less.
"""

import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.peers.installed import Missing, node_command, python_command
from benchmarks.sending import (
    MIB,
    UPLOADS,
    Sender,
    checksums_of,
    ietf,
    put,
    tus,
    tus_and_back,
    write_lines,
)
from benchmarks.subjects import Ours, Running, floor_server, metadata, program
from benchmarks.watching import cpu_of

GB = 1e9
ROUNDS = 3
FLOOR, OURS = "floor: raw socket, SHA-256, write", "tus, one PATCH"

Send = Callable[[Sender, Path], object]


@dataclass(frozen=True)
class Subject:
    """A server and a way to send to it."""

    name: str
    start: Callable[[Path], AbstractContextManager[Running]]
    send: Send
    warm: Send
    bound: str = ""


def measure(quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the figures of all who take part, in the order of `_subjects`."""
    size = (200 if quick else 1000) * 1_000_000
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        file = folder / "large.csv"
        write_lines(file, size)
        found = list(_subjects(folder, file, quick))
        subjects = [each for each in found if isinstance(each, Subject)]
        figures = _rounds(subjects, file, folder, 1 if quick else ROUNDS)
    floor, ours = (statistics.median(figures[name][0]) for name in (FLOOR, OURS))
    for each in found:
        if isinstance(each, Subject):
            yield _row(each, *figures[each.name], floor, ours)
        else:
            yield each


def _rounds(
    subjects: list[Subject], file: Path, folder: Path, rounds: int
) -> dict[str, tuple[list[float], list[float]]]:
    """Return the CPU seconds a gigabyte and the megabytes a second of every subject."""
    figures: dict[str, tuple[list[float], list[float]]] = {s.name: ([], []) for s in subjects}
    for _ in range(rounds):
        for each in random.sample(subjects, len(subjects)):
            cpu, seconds = _once(each, file, folder / "server")
            figures[each.name][0].append(cpu / file.stat().st_size * GB)
            figures[each.name][1].append(file.stat().st_size / seconds / 1e6)
    return figures


def _once(subject: Subject, file: Path, folder: Path) -> tuple[float, float]:
    with subject.start(folder) as running:
        with running.sender() as sender:
            subject.warm(sender, file)
        write_lines(folder.parent / "scratch", 2 * file.stat().st_size)
        (folder.parent / "scratch").unlink()
        with running.sender() as sender:
            before, began = cpu_of(running.pid), time.perf_counter()
            subject.send(sender, file)
            used = cpu_of(running.pid) - before, time.perf_counter() - began
    shutil.rmtree(folder)
    return used


def _row(
    subject: Subject, cpu: list[float], speed: list[float], floor: float, ours: float
) -> tuple[str, str, str]:
    median = statistics.median(cpu)
    ratio = f"{median / floor:.2f} × floor"
    if subject.name.startswith("peer"):
        ratio += f", {median / ours:.2f} × ours"
    spread = f"{median:.2f} CPU s/GB ({min(cpu):.2f} to {max(cpu):.2f})"
    return subject.name, f"{spread}, {ratio}; {statistics.median(speed):.0f} MB/s", subject.bound


def _subjects(folder: Path, file: Path, quick: bool) -> Iterator[Subject | tuple[str, str, str]]:
    yield Subject(FLOOR, floor_server, _put_plain, _put_plain)
    yield from _ours(folder, file)
    yield from _peers(quick)


def _ours(folder: Path, file: Path) -> Iterator[Subject]:
    start = Ours(folder / "template").serve
    send = partial(tus, path=UPLOADS, metadata=metadata("large.csv"))
    # A part of an upload never becomes a version, so nothing inspects it meanwhile.
    warm = _sent(partial(tus_and_back, path=UPLOADS, concat="partial"))
    yield Subject(OURS, start, _sent(send), warm, "1.3 × floor")
    yield Subject("IETF, one PATCH", start, ietf, warm, "1.3 × floor")
    yield Subject("single PUT", start, put, warm, "1.3 × floor")
    whole = checksums_of(file, None)
    checked = partial(send, checksums=whole)
    yield Subject(f"{OURS} with Upload-Checksum", start, _sent(checked), warm)
    for size in (5, 50):
        name, parts = f"tus, PATCHes of {size} MiB", size * MIB
        yield Subject(name, start, _sent(partial(send, parts=parts)), warm)
        checked = partial(send, parts=parts, checksums=checksums_of(file, parts))
        yield Subject(f"{name} with Upload-Checksum", start, _sent(checked), warm)


def _peers(quick: bool) -> Iterator[Subject | tuple[str, str, str]]:
    node, python = node_command(install=not quick), python_command(install=not quick)
    for name, command, arguments, bound in (
        ("peer @tus/server, SHA-256 on the way", node, ["stream"], "1.7 × ours"),
        ("peer @tus/server, SHA-256 at the end", node, ["again"], "1.7 × ours"),
        ("peer resumable-upload, SHA-256 at the end", python, [], "2 × ours"),
    ):
        if isinstance(command, Missing):
            yield name, command.reason, bound
            continue
        start = partial(program, command=command, after=arguments)
        send, warm = partial(tus, path="/files"), partial(tus_and_back, path="/files")
        yield Subject(name, start, _sent(send), _sent(warm), f"at least {bound}")


def _sent(way: Callable[..., object]) -> Send:
    return lambda sender, file: way(sender, file=file)


def _put_plain(sender: Sender, file: Path) -> None:
    sender.send("PUT", "/", {}, file)
