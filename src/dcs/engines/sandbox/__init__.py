"""
Read hostile input in a child process that can be thrown away.

``tests/engines/test_sandbox.py`` is the contract. The child has an empty
environment, bounded memory, processor time and file size, and is killed at
its deadline, when its caller is cancelled, and when this process ends. It
gets JSON and gives JSON; nothing else comes back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from dcs.core.errors import UnavailableError
from dcs.engines.sandbox.telling import Progress, progress

__all__ = ["ChildEndedError", "Limits", "Progress", "Sandbox", "TaskFailedError", "progress"]

MIB = 1024**2


class ChildEndedError(UnavailableError):
    """
    The child did not finish: it crashed, ran out of memory or out of time.

    Attributes:
        why: ``memory``, ``time``, ``output`` or ``crash``.
    """

    code = "child_ended"

    def __init__(self, why: str) -> None:
        super().__init__(f"The process that read the file was ended: {why}.", why=why)
        self.why = why


class TaskFailedError(UnavailableError):
    """The task raised an error of its own; only the error's class is known here."""

    code = "child_task_failed"


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What a child may use.

    Attributes:
        memory: Bytes of address space.
        seconds: Of wall-clock time, and of processor time.
        file_size: Bytes of the largest file it may write.
        output: Bytes of its result.
    """

    memory: int = 2048 * MIB
    seconds: float = 300
    file_size: int = 64 * 1024 * MIB
    output: int = 64 * MIB


class Sandbox(Protocol):
    """Run one task in one disposable child."""

    async def run(
        self,
        task: str,
        arguments: Mapping[str, Any],
        limits: Limits,
        progress: Progress | None = None,
    ) -> Any:
        """
        Call a function in a child and return its result.

        Args:
            task: ``module:function`` of our own code; it takes one mapping.
            arguments: JSON values.
            limits: What the child may use.
            progress: Called with bytes done and bytes in all, as often as the task tells
                them by `dcs.engines.sandbox.progress`; for people who wait, nothing
                depends on it.

        Returns:
            What the function returned, as JSON values.

        Raises:
            ChildEndedError: The child was ended or ended itself.
            TaskFailedError: The function raised.
        """
        ...
