"""What travels between the client, the workflow and its activities; plain data, kept in histories.

A field may be added with a default. None may be renamed or removed: histories
of earlier releases are read by these classes.
"""

from dataclasses import dataclass, field
from typing import Any

WORKFLOW = "Process"
"""The name of the workflow's type in the cluster."""

KEEP = "keep"
"""The activity that writes a step down."""

WORKER_STOPPED = "WorkerStopped"
"""The type of the failure of an attempt whose worker was stopped in an orderly way."""


@dataclass(frozen=True, slots=True)
class Start:
    """
    The first message of a process, or of its next run when its history has grown long.

    Attributes:
        process: The name it is hosted under.
        id: Its own id, which steps are kept under.
        tenant: Whose it is.
        event: The first event; of a later run None.
        state: What it was at the end of the run before.
        number: The last step that was kept.
        seen: The keys of the messages that were taken.
    """

    process: str
    id: str
    tenant: str
    event: dict[str, Any] | None = None
    state: dict[str, Any] | None = None
    number: int = 0
    seen: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Message:
    """An event from outside; of several with one *key* the first counts."""

    key: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What came of a message.

    Attributes:
        number: The step it became; 0 if that is no longer remembered, or it became none.
        effects: What is done because of it.
        refused: Why it is no event at all; None if it is one.
    """

    number: int = 0
    effects: list[dict[str, Any]] = field(default_factory=list)
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What the worker is told about an effect's work; *key* is that of `Attempt`."""

    process: str
    id: str
    tenant: str
    effect: dict[str, Any]
    key: str
