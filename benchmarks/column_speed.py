"""
What looking for personal data costs in a whole judgement: verified (tier A), and told by columns (tier B).

``python -m benchmarks.column_speed CSV``. The time is that of the calls alone, on whatever thread
they run; names in free text (tier C) are left out.
"""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.peers.ours import judged
from dcs.validation.personal import ColumnScan
from dcs.validation.personal_columns import KindScan

CALLS = {
    "verified (A)": (ColumnScan, ("look_at_text", "look_at_integers")),
    "told by columns (B)": (
        KindScan,
        ("look_at_text", "look_at_integers", "look_at_moments"),
    ),
}


def measured(path: Path) -> tuple[dict[str, float], float]:
    """Return the CPU seconds of each tier, and those of the whole judgement."""
    spent: dict[str, float] = dict.fromkeys(CALLS, 0.0)
    lock = threading.Lock()
    here = threading.local()  # each thread is in calls of its own

    def timed(tier: str, call: Callable[..., None]) -> Callable[..., None]:
        def run(*arguments: Any) -> None:
            if getattr(here, "is_inside", False):  # one call makes another
                return call(*arguments)
            here.is_inside, began = True, time.thread_time()
            try:
                return call(*arguments)
            finally:
                here.is_inside = False
                with lock:
                    spent[tier] += time.thread_time() - began

        return run

    for tier, (kind, names) in CALLS.items():
        for name in names:
            setattr(kind, name, timed(tier, getattr(kind, name)))
    began = time.process_time()
    judged(path, None)
    return spent, time.process_time() - began


def main() -> None:
    """Print the figures of one file."""
    path = Path(sys.argv[1])
    spent, whole = measured(path)
    size = path.stat().st_size / 1e6
    for tier, seconds in spent.items():
        print(f"{tier}: {seconds:.2f} CPU s, {size / seconds:,.0f} MB of file a CPU second")
    both = sum(spent.values())
    print(f"both: {both:.2f} CPU s, {size / both:,.0f} MB of file a CPU second")
    print(f"the whole judgement: {whole:.2f} CPU s, {size / whole:,.0f} MB a CPU second")


if __name__ == "__main__":
    main()
