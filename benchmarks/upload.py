"""What receiving costs: memory of the server while a gigabyte comes in, and its processor time."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from dcs.sdk import Client
from tests.processes import serve

MIB = 1024**2
LINE = b"1234567,some text that repeats,89.25\n"


def measure(quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the figures for one streamed upload."""
    size = (64 if quick else 1024) * MIB
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        command = [
            sys.executable,
            "-m",
            "dcs",
            "demo",
            "--prepare",
            "--json",
            "--data-dir",
            str(data),
        ]
        prepared = subprocess.run(command, check=True, capture_output=True)
        token = json.loads(prepared.stdout)["users"]["producer"]["token"]
        file = Path(folder) / "large.csv"
        _write(file, size)
        with serve(data) as server, Client(server.url, token) as client:
            client.create_dataset("warm")
            small = Path(folder) / "small.csv"
            small.write_bytes(b"a,b,c\n" + LINE)
            client.upload("warm", small, submit=False)
            client.create_dataset("large")
            pid = server.process.pid
            before, cpu = _memory(pid), _cpu(pid)
            peak = _Peak(pid)
            client.upload("large", file, submit=False)
            growth, spent = peak.stop() - before, _cpu(pid) - cpu
    gigabytes = size / 1e9
    yield f"memory growth while {size // MIB} MiB are received", f"{growth / MIB:.0f} MiB", "64 MB"
    yield "server CPU to receive, hash and write", f"{spent / gigabytes:.2f} s/GB", ""


def _write(path: Path, size: int) -> None:
    block = LINE * (MIB // len(LINE))
    with path.open("wb") as target:
        target.write(b"a,b,c\n")
        for _ in range(size // len(block)):
            target.write(block)


class _Peak(threading.Thread):
    """Watch a process's resident memory until stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._done = threading.Event()
        self._most = 0
        self.start()

    def run(self) -> None:
        while not self._done.wait(0.02):
            self._most = max(self._most, _memory(self._pid))

    def stop(self) -> int:
        self._done.set()
        self.join()
        return self._most


def _memory(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
