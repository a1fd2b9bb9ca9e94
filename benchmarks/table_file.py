"""The mixed table as a file: made once, by a process of its own, and kept in the temporary folder."""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def mixed_table(rows: int) -> Path:
    """
    Return the path of the mixed table with so many rows as CSV.

    It is made anew when the generator has changed. The file appears under its name only
    once it is whole. Another process makes it, so that this one stays small: the memory of
    a process is where the count of its children's memory begins.
    """
    folder = Path(tempfile.gettempdir()) / f"dcs-benchmarks-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    path = folder / f"mixed-{rows}-{_generator()}.csv"
    if not path.exists():
        _make(path, rows)
    return path


def _make(path: Path, rows: int) -> None:
    unfinished = path.with_suffix(f".{os.getpid()}.csv")
    command = [sys.executable, "-m", "benchmarks.data.tables", "--rows", str(rows)]
    try:
        subprocess.run(
            [*command, "--out", str(unfinished)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _generator() -> str:
    """Return a short digest of all that the table is made from."""
    files = sorted(path for path in (ROOT / "benchmarks/data").rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        if "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
