"""What judging costs: processor time and memory for a generated file of mixed columns."""

import asyncio
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dcs.core.settings import Settings
from dcs.studio import local_sandbox
from dcs.validation import judge


def measure(quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the figures for one file."""
    rows = 50_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mixed.csv"
        _write(path, rows)
        size = path.stat().st_size
        sandbox, limits = local_sandbox(Settings())
        report = asyncio.run(
            judge(
                sandbox,
                path,
                filename=path.name,
                contract=None,
                target=Path(folder) / "table.parquet",
                scratch=Path(folder),
                limits=limits,
            )
        )
    assert report.rows == rows, report.findings
    cpu, peak = report.engine["cpu_seconds"], report.engine["peak_bytes"]
    what = f"{rows:,} rows × 8 columns ({size / 1e6:.0f} MB)"
    yield f"whole judgement of {what}", f"{cpu:.1f} CPU s ({size / 1e6 / cpu:.1f} MB/s)", ""
    yield f"peak memory of the child for {what}", f"{peak / 1e6:.0f} MB", ""


def _write(path: Path, rows: int) -> None:
    chance = random.Random(1)
    with path.open("w") as target:
        target.write("id,email,share,amount,z,kind,day,note\n")
        for n in range(rows):
            target.write(
                f"{n},u{n}@example.org,{chance.random():.6f},{chance.randint(0, 10**9)},{chance.gauss(0, 1):.4f},"
                f"{'abc'[n % 3]},2024-{n % 12 + 1:02d}-{n % 28 + 1:02d},some text that repeats\n"
            )
