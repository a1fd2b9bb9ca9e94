"""
The processes this worker hosts, by name.

Temporal makes a workflow from its class alone, in a sandbox, so nothing can be
handed to it. It finds its process here: this module is loaded once and passed
through into every sandbox.
"""

from dcs.core.errors import ConflictError, InvalidError
from dcs.engines.durable.process import Process

_registered: dict[str, Process] = {}


class UnknownProcessError(InvalidError):
    """No process of this name is hosted here."""

    code = "unknown_process"


class ProcessTakenError(ConflictError):
    """Another process is already hosted under this name."""

    code = "process_taken"


def register(name: str, process: Process) -> None:
    """Host *process* under *name*; the same one again changes nothing."""
    if _registered.setdefault(name, process) is not process:
        raise ProcessTakenError(f"Another process is already hosted as {name}.")


def registered(name: str) -> Process:
    """Return the process of this name, or raise `UnknownProcessError`."""
    if name not in _registered:
        raise UnknownProcessError(f"No process is hosted as {name} here.")
    return _registered[name]
