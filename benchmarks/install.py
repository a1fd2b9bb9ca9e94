"""What installing costs: seconds and megabytes of `pip install .` into an empty environment."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]


def measure(_quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the figures of one cold installation."""
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "venv"
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "-q", "--no-cache-dir"]
        began = time.perf_counter()
        subprocess.run([*pip, str(ROOT)], check=True)
        seconds = time.perf_counter() - began
        size = sum(path.stat().st_size for path in environment.rglob("*") if path.is_file())
        ran = subprocess.run(
            [str(environment / "bin" / "dcs"), "--version"], check=True, capture_output=True
        )
    assert ran.stdout.startswith(b"dcs"), ran
    yield "`pip install .`, nothing cached", f"{seconds:.0f} s", "90 s"
    yield "installed, with pip and compiled files", f"{size / 1e6:.0f} MB", "800 MB"
