"""What inspection costs: processor time for each gigabyte of plain text, and its peak memory."""

import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import zstandard

from dcs.validation import Caps

GB = 1e9
CODE = """
import json, resource, sys
from dcs.ingestion.inspection import inspect_in_child
answer = inspect_in_child(json.loads(sys.argv[1]))
print(json.dumps([answer["verdict"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def measure(quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the figures: a plain file with and without rules, packed, and with ClamAV."""
    rows = 5_000_000 if quick else 18_000_000
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        plain = Path(folder) / "table.csv"
        _write(plain, rows)
        size = plain.stat().st_size
        empty = Path(folder) / "empty.csv"
        empty.touch()
        start = _runs(_arguments(empty, ""))[1][0]
        yield "start of the child that inspects", f"{start:.2f} CPU s", ""
        name = f"inspecting {size / 1e6:.0f} MB of text"
        yield _figure(name, plain, size, start, "", "1.2 CPU s/GB", runs=5)
        yield _figure(f"{name}, no malware scan", plain, size, start, None, "")
        for packed in (_gzipped(plain), _zstded(plain)):
            yield _figure(f"{name} as {packed.suffix}", packed, size, start, "", "")
        if address := os.environ.get("STUDIO_TEST_CLAMD"):
            yield _figure(
                f"{name}, clamd besides (its own time apart)", plain, size, start, address, ""
            )


def _figure(
    what: str,
    path: Path,
    size: int,
    start: float,
    scanner: str | None,
    bound: str,
    runs: int = 3,
) -> tuple[str, str, str]:
    """Return the processor time beyond the child's start, per gigabyte of decoded bytes."""
    found = _runs(_arguments(path, scanner), runs)
    costs = [(cpu - start) / size * GB for cpu, _ in found]
    figure = f"{costs[runs // 2]:.2f} CPU s/GB (least {costs[0]:.2f})"
    return what, f"{figure}, peak {found[-1][1] / 1024:.0f} MiB", bound


def _arguments(path: Path, scanner: str | None) -> dict[str, object]:
    return {
        "path": str(path),
        "filename": path.name,
        "scan": scanner is not None,
        "scanner": scanner or None,
        "caps": Caps().to_json(),
    }


def _runs(arguments: dict[str, object], runs: int = 3) -> list[tuple[float, float]]:
    """Return the processor time and peak memory of several runs, the cheapest first."""
    return sorted(_run(arguments) for _ in range(runs))


def _run(arguments: dict[str, object]) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", CODE, json.dumps(arguments)]
    done = subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    verdict, peak = json.loads(done.stdout)
    assert verdict == ("clean" if arguments["scan"] else "unscanned")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, peak


def _write(path: Path, rows: int) -> None:
    with path.open("w") as target:
        target.write("id,name,amount,email,day\n")
        for n in range(rows):
            target.write(
                f"{n},name{n % 977},{n * 0.37:.2f},user{n}@example.org,2024-01-{n % 28 + 1:02d}\n"
            )


def _gzipped(path: Path) -> Path:
    target = path.with_suffix(".csv.gz")
    with path.open("rb") as source, gzip.open(target, "wb", 1) as packed:
        while chunk := source.read(1024 * 1024):
            packed.write(chunk)
    return target


def _zstded(path: Path) -> Path:
    target = path.with_suffix(".csv.zst")
    with path.open("rb") as source, target.open("wb") as packed:
        zstandard.ZstdCompressor().copy_stream(source, packed)
    return target
