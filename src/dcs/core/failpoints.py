"""
Named places where a test can make the process die.

Durability is proven by killing the process between two steps, not by prose.
``DCS_FAILPOINT=objects.linked`` sends SIGKILL to this process the moment it
reaches that point; without the setting a point costs one comparison.
"""

import os
import signal

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
        "workflow.after_commit",
        "hosting.work_before_commit",
        "hosting.work_after_commit",
        "hosting.step_before_commit",
        "hosting.step_after_commit",
    }
)

_armed: str | None = None


def arm(point: str | None) -> None:
    """Choose the point at which this process dies; None for none."""
    global _armed
    if point is not None and point not in POINTS:
        raise ValueError(f"unknown fail-point {point!r}; known are {', '.join(sorted(POINTS))}")
    _armed = point


def reach(point: str) -> None:
    """Die here if this point is armed, as if the machine's owner had pulled the process away."""
    if _armed == point:
        os.kill(os.getpid(), signal.SIGKILL)
