"""What a version showed at each moment of its journey, told from the news of it."""

from collections.abc import Mapping
from typing import Any

from dcs.catalog.models import Status, Version
from dcs.core.clock import rfc3339
from dcs.core.events import Event

RECEIVED, CHANGED = "version.received", "version.status_changed"
PROGRESS_AT: Mapping[str, int] = {
    "INITIALIZING": 0,
    "VALIDATING": 10,
    "COMPLIANCE_CHECK": 30,
    "APPROVAL_PENDING": 50,
    "ACTIVATING": 80,
    "COMPLETING": 95,
    "COMPLETED": 100,
}
"""Percent at each stage; a failure keeps what the version had reached."""


def as_it_was(version: Version, event: Event) -> Mapping[str, Any] | None:
    """
    Return what the version showed once *event* had happened, with the version's own keys.

    Args:
        version: The version as it is now.
        event: News of it.

    Returns:
        None for news of something else than its journey.
    """
    if event.type not in {RECEIVED, CHANGED}:
        return None
    received: Mapping[str, Any] = {
        "status": Status.INSPECTING.value,
        "stage": "INITIALIZING",
        "reason": None,
    }
    told = received if event.type == RECEIVED else event.data
    return {
        "id": version.id,
        "dataset": version.dataset,
        "number": version.number,
        "status": told["status"],
        "stage": told["stage"],
        "progress": PROGRESS_AT.get(told["stage"], version.progress),
        "reason": told["reason"],
        "at": rfc3339(event.time),
    }
