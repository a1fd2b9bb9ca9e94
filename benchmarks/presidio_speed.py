"""How fast Presidio searches cells for personal data: the base of every "so many times Presidio"."""

import json
from collections.abc import Iterator

from benchmarks.peers.installed import Missing
from benchmarks.peers.running import Script, output_of
from benchmarks.table_file import mixed_table

CELLS = 2_000
ROWS = 50_000  # of the table whose first cells are taken; they are the same in a larger one


def measure(quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the cost of a cell and of a megabyte; fewer cells on a quick run."""
    count = CELLS // 4 if quick else CELLS
    output = output_of(Script("presidio_cells", "guide"), [str(mixed_table(ROWS)), str(count)])
    what = f"Presidio without a model, nine entities, {count:,} text cells"
    if isinstance(output, Missing):
        yield what, f"not measured: {output.reason}", ""
        return
    yield what, speed(output), ""


def speed(output: str) -> str:
    """Return microseconds a cell and megabytes a second from what the script printed."""
    found = json.loads(output.strip().splitlines()[-1])
    seconds, cells, size = found["cpu_seconds"], found["cells"], found["bytes"]
    each, rate = seconds / cells * 1e6, size / seconds / 1e6
    return f"{each:.0f} µs of CPU a cell of {size / cells:.0f} bytes, {rate:.4f} MB/s"
