"""What travels between the client, the workflow and its activities; plain data, kept in histories.

A field may be added with a default. None may be renamed or removed: histories
of earlier releases are read by these classes.
"""

from dataclasses import dataclass
from typing import Any

WORKFLOW = "Process"
"""The name of the workflow's type in the cluster."""

KEEP = "keep"
"""The activity that writes a step down."""

WORKER_STOPPED = "WorkerStopped"
"""The type of the failure of an attempt whose worker was stopped in an orderly way."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event from outside; of several with one *key* the first counts."""

    key: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """What the worker is told about an effect's work; *key* is that of `Attempt`."""

    process: str
    id: str
    tenant: str
    effect: dict[str, Any]
    key: str
