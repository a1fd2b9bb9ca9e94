"""How long it takes until something answers: the command line, and the server."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.processes import start, stop


def measure(quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the figures."""
    runs = 3 if quick else 9
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "dcs", "--version"], check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    yield "`dcs --version`", f"{statistics.median(times):.3f} s", "0.2 s"
    with tempfile.TemporaryDirectory() as folder:
        times = [_start(Path(folder) / "data") for _ in range(runs)]
    yield "server, from start to first 200, first time", f"{times[0]:.2f} s", "2 s"
    yield (
        "server, from start to first 200, median of the later ones",
        f"{statistics.median(times[1:]):.2f} s",
        "2 s",
    )


def _start(folder: Path) -> float:
    began = time.perf_counter()
    server = start(folder)
    seconds = time.perf_counter() - began
    stop(server)
    return seconds
