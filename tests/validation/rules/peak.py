"""A task that says how much memory the rules of a child took."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dcs.validation.rules.running import run_rules


def run_and_measure(arguments: Mapping[str, Any]) -> dict[str, Any]:
    answer = run_rules(arguments)
    status = Path("/proc/self/status").read_text()
    # Not getrusage: its peak begins with that of the process this one was forked from.
    peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    return {**answer, "peak": peak}
