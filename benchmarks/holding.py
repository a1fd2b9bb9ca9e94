"""
What a server holds in memory while it receives, and whether it still answers meanwhile.

Growth is resident memory of the server over what it had before, after a first
upload; the uploads are parts, which nothing inspects, so the figure is that of
receiving alone.
"""

import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from benchmarks.sending import MIB, UPLOADS, tus_and_back, write_lines
from benchmarks.subjects import Ours, Running
from benchmarks.watching import Peak, memory_of

GB = 1_000_000_000
STREAMS = 4


def measure(quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the figures of one upload, of four at once, and of many one after the other."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        size, total = (GB // 10, GB // 2) if quick else (GB, 10 * GB)
        large, small = folder / "large.csv", folder / "small.csv"
        write_lines(large, size)
        write_lines(small, MIB)
        ours = Ours(folder / "template")
        for streams in (1, STREAMS):
            with _warm(ours, folder / "server", small) as running, _pinging(running) as waits:
                growth = _growth(running, large, streams)
            what = f"{streams} upload{'s' * (streams > 1)} of {size / GB:g} GB at once"
            each = f"{growth / MIB / streams:.0f} MiB an upload"
            yield f"memory growth, {what}", f"{growth / MIB:.0f} MiB, {each}", "32 MiB an upload"
            yield f"`/health/live` meanwhile, {what}", _quantiles(waits), "95th percentile 50 ms"
        yield _many(ours, folder, large, total)


def _many(ours: Ours, folder: Path, large: Path, total: int) -> tuple[str, str, str]:
    with ours.serve(folder / "server") as running:
        before, peak = memory_of(running.pid), Peak(running.pid)
        for _ in range(total // large.stat().st_size):
            _send(running, large)
        growth = peak.stop() - before
    what = f"memory growth of a fresh server, {total / GB:g} GB one after the other"
    return what, f"{growth / MIB:.0f} MiB", "64 MiB"


@contextmanager
def _warm(ours: Ours, folder: Path, small: Path) -> Iterator[Running]:
    with ours.serve(folder) as running:
        _send(running, small)
        yield running
    shutil.rmtree(folder)


def _growth(running: Running, large: Path, streams: int) -> int:
    before, peak = memory_of(running.pid), Peak(running.pid)
    with ThreadPoolExecutor(streams) as senders:
        list(senders.map(lambda _: _send(running, large), range(streams)))
    return peak.stop() - before


def _send(running: Running, file: Path) -> None:
    with running.sender() as sender:
        tus_and_back(sender, UPLOADS, file, concat="partial")


@contextmanager
def _pinging(running: Running) -> Iterator[list[float]]:
    """Ask every twenty milliseconds whether the server lives; lend the seconds it took."""
    waits: list[float] = []
    done = threading.Event()

    def ask() -> None:
        while not done.wait(0.02):
            began = time.perf_counter()
            with urlopen(f"{running.url}/health/live", timeout=30):  # noqa: S310  # loopback
                waits.append(time.perf_counter() - began)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    try:
        yield waits
    finally:
        done.set()
        asking.join()


def _quantiles(waits: list[float]) -> str:
    cuts = [seconds * 1000 for seconds in statistics.quantiles(waits, n=20)]
    return f"median {cuts[9]:.0f} ms, 95th percentile {cuts[18]:.0f} ms, most {max(waits) * 1000:.0f} ms"
