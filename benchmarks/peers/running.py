"""Run a peer's script on a file, in its own environment, which is made where it is missing."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.installed import Missing

ROOT = Path(__file__).parents[2]
LONGEST = 3_600  # seconds; the slowest needs a few minutes for a million rows on a busy machine

# One thread each, where a library can be told: what threads cost to be kept busy is not the work.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",  # Arrow's too
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
}
QUIET = {"GX_ANALYTICS_ENABLED": "False", "TF_CPP_MIN_LOG_LEVEL": "3"}


@dataclass(frozen=True)
class Script:
    """A module of this package and the environment in ``.peers`` it runs in; ours if it is None."""

    module: str
    environment: str | None = None


def output_of(script: Script, arguments: Sequence[str]) -> str | Missing:
    """Return what a script prints, or why it did not come to that."""
    python = Path(sys.executable)
    if script.environment is not None:
        refused = _environment(script.environment)
        if refused is not None:
            return refused
        python = ROOT / ".peers" / script.environment / "bin/python"
    # Not into a pipe: a library that warns of every column would fill it.
    with tempfile.TemporaryFile("w+") as errors:
        try:
            done = subprocess.run(
                [str(python), "-m", f"benchmarks.peers.{script.module}", *arguments],
                cwd=ROOT,
                env={**os.environ, **ONE_THREAD, **QUIET},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                timeout=LONGEST,
            )
        except subprocess.TimeoutExpired:
            return Missing(f"took longer than {LONGEST} s")
        if done.returncode == 0:
            return done.stdout
        errors.seek(0)
        return Missing(f"ended with {done.returncode}: {_last(errors.read())}")


def _environment(name: str) -> Missing | None:
    done = subprocess.run([str(ROOT / f"tools/peers/{name}.sh")], capture_output=True, text=True)
    if done.returncode == 0:
        return None
    return Missing(f"could not be installed: {_last(done.stderr)}")


def _last(text: str) -> str:
    return ([line for line in text.splitlines() if line.strip()] or ["no message"])[-1][:160]
