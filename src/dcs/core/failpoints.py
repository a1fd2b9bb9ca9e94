"""
Named places where a test can make the process die.

Durability is proven by killing the process between two steps, not by prose.
``DCS_FAILPOINT=objects.linked`` sends SIGKILL to this process the moment it
reaches that point, ``DCS_FAILPOINT=workflow.event_applied:voted.L2`` only where it
is reached for that; without the setting a point costs one comparison.
"""

import os
import signal
from collections.abc import Callable

POINTS = frozenset(
    {
        "objects.staged",
        "objects.synced",
        "objects.linked",
        "objects.directory_synced",
        "ingestion.before_commit",
        "ingestion.after_commit",
        "workflow.before_effect",
        "workflow.before_commit",
        "workflow.within_commit",
        "workflow.after_commit",
        "workflow.event_applied",
        "workflow.event_committed",
    }
)


def die() -> None:
    """End this process as if the machine's owner had pulled it away."""
    os.kill(os.getpid(), signal.SIGKILL)


_armed: str | None = None
_strike: Callable[[], None] = die


def arm(point: str | None, strike: Callable[[], None] = die) -> None:
    """
    Choose the point at which this process dies.

    Args:
        point: Its name, with ``:`` and what it is reached for where that matters; None for none.
        strike: What is done there.
    """
    global _armed, _strike
    if point is not None and point.partition(":")[0] not in POINTS:
        raise ValueError(f"unknown fail-point {point!r}; known are {', '.join(sorted(POINTS))}")
    _armed, _strike = point, strike


def reach(point: str, what: str = "") -> None:
    """Die here if this point is armed, for everything or for *what* it is reached for."""
    if _armed is not None and _armed in {point, f"{point}:{what}"}:
        _strike()
