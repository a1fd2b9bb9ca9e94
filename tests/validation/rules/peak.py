"""A task that says how much memory the rules of a child took."""

import resource
from collections.abc import Mapping
from typing import Any

from dcs.validation.rules.running import run_rules


def run_and_measure(arguments: Mapping[str, Any]) -> dict[str, Any]:
    answer = run_rules(arguments)
    return {**answer, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
