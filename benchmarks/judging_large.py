"""
Whether judging stays within its memory however large a file is: one of ten gigabytes, and one of a thirtieth.

``python -m benchmarks.judging_large [--rows N] [--folder DIR]``; the folder needs three times the
file. Not part of ``make bench``: it takes a quarter of an hour.
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path

from benchmarks.data.tables import write
from dcs.engines.sandbox import Limits
from dcs.engines.sandbox.process import ProcessSandbox
from dcs.validation import judge

ROWS = 28_000_000
SHARE = 28
GIB = 1024**3


def main() -> None:
    """Write both files, judge each in a child, print what it cost."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    for rows in (chosen.rows // SHARE, chosen.rows):
        with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
            print(json.dumps(_measure(Path(folder), rows)), flush=True)


def _measure(folder: Path, rows: int) -> dict[str, float]:
    path = folder / "mixed.csv"
    size = write(path, rows).bytes
    began = time.perf_counter()
    report = asyncio.run(
        judge(
            ProcessSandbox(),
            path,
            filename=path.name,
            contract=None,
            target=folder / "table.parquet",
            scratch=folder,
            limits=Limits(memory=2 * GIB, seconds=3 * 3600),
        )
    )
    if report.rows != rows:
        raise RuntimeError(f"{report.rows} rows of {rows} were judged: {report.findings}")
    cpu = report.engine["cpu_seconds"]
    return {
        "rows": rows,
        "gigabytes": round(size / 1e9, 3),
        "cpu_seconds": cpu,
        "megabytes_a_cpu_second": round(size / 1e6 / cpu, 1),
        "wall_seconds": round(time.perf_counter() - began, 1),
        "peak_megabytes": round(report.engine["peak_bytes"] / 1e6),
    }


if __name__ == "__main__":
    main()
