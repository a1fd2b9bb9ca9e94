"""
Begin processes where they are hosted, and ask them: the port to a cluster.

``tests/engines/test_temporal.py`` is the contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from dcs.core.errors import ConflictError, NotFoundError
from dcs.engines.durable.process import Hosted, Json


class ProcessExistsError(ConflictError):
    """A process with this id was started before; it may have ended."""

    code = "process_exists"


class ProcessNotRunningError(NotFoundError):
    """There is no such process, or it has ended."""

    code = "process_not_running"


@dataclass(frozen=True, slots=True)
class Start:
    """
    The first message of a process, or of its next run when its history has grown long.

    A field may be added with a default. None may be renamed or removed:
    histories of earlier releases are read by this class and by `Answer`.

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


class ProcessHost(Protocol):
    """A cluster that hosts processes, and the worker of this process."""

    async def start(self, workflow_id: str, first: Start, attributes: Mapping[str, str]) -> None:
        """
        Start a process with its first event.

        Raises:
            ProcessExistsError: It was started before.
            UnavailableError: The cluster did not answer; it may have been started.
        """
        ...

    async def ask(self, workflow_id: str, key: str, event: Json) -> Answer:
        """
        Tell a process that something happened, and return what came of it once that is kept.

        Raises:
            ProcessNotRunningError: There is no such process, or it has ended.
            UnavailableError: No cluster or no worker answered in time; it may yet happen.
        """
        ...

    async def work(self, hosted: Mapping[str, Hosted]) -> None:
        """Work on processes until cancelled; what runs then goes on elsewhere."""
        ...

    async def check(self) -> None:
        """Raise UnavailableError unless the cluster answers."""
        ...
