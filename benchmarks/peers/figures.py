"""What a peer's script prints: one JSON line with what its work cost and what it counted."""

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path


def report(work: Callable[[Path], Mapping[str, int]], note: str = "") -> None:
    """
    Do *work* on the file of the command line and print its figures.

    Processor time is that of the work and of the processes it started; what was spent
    until then (the interpreter, the imports) is told apart as ``start_seconds``.
    """
    started, began = _processor(), time.perf_counter()
    counts = work(Path(sys.argv[1]))
    figures = {
        "cpu_seconds": round(_processor() - started, 3),
        "wall_seconds": round(time.perf_counter() - began, 3),
        "start_seconds": round(started, 3),
        "peak_bytes": _peak(),
        "counts": {key: int(count) for key, count in counts.items()},
        "note": note,
    }
    print(json.dumps(figures), flush=True)


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _peak() -> int:
    """Return the most memory of this process or a child; its ``ru_maxrss`` may be its parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024
