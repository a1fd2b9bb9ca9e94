"""What a process and its children use: processor time and memory, as Linux counts them."""

import os
import threading
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process, of its living children and of those that ended."""
    return sum(_own_cpu(each) for each in _tree(pid))


def memory_of(pid: int) -> int:
    """Return the resident memory of one process in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


class Peak(threading.Thread):
    """Watch a process's resident memory until stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._done = threading.Event()
        self._most = 0
        self.start()

    def run(self) -> None:
        """Look fifty times a second."""
        while not self._done.wait(0.02):
            self._most = max(self._most, memory_of(self._pid))

    def stop(self) -> int:
        """Return the most that was seen."""
        self._done.set()
        self.join()
        return self._most


def _own_cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0  # ended meanwhile; its parent counts it now
    return sum(map(int, fields[11:15])) / TICKS


def _tree(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except (FileNotFoundError, ProcessLookupError):
                continue  # the thread or process ended meanwhile
    return found
