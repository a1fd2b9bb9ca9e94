"""
The child's side: limit yourself, do the one task, answer, end.

Started as ``python -m dcs.engines.sandbox.child``. The limits are set before
the task's module is imported. The answer goes to what was standard output;
the task itself writes into nothing, so a library that prints cannot spoil it.
"""

import ctypes
import importlib
import json
import os
import resource
import signal
import sys
from typing import Any

from dcs.engines.sandbox.telling import listen_on

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38


def main() -> None:
    """Read the request from standard input and write the answer."""
    request = json.loads(sys.stdin.buffer.read())
    answer = os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    _limit(request)
    if request["progress"] is not None:
        listen_on(request["progress"])
    document = json.dumps(_do(request["task"], request["arguments"])).encode()
    with os.fdopen(answer, "wb") as target:
        target.write(document)
        target.flush()
    os._exit(0)  # do not let libraries tidy up for seconds


def _do(task: str, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        module, _, function = task.partition(":")
        result = getattr(importlib.import_module(module), function)(arguments)
    except MemoryError:
        return {"outcome": "memory"}
    except Exception as error:  # noqa: BLE001  # only the class leaves this process, never the text
        name = type(error).__name__
        memory = "OutOfMemory" in name or name == "ArrowMemoryError"
        return {"outcome": "memory"} if memory else {"outcome": "failed", "error": name}
    return {"outcome": "done", "result": result}


def _limit(request: dict[str, Any]) -> None:
    """Bound this process; what it starts inherits the bounds."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    seconds = int(request["seconds"]) + 1
    _bound(resource.RLIMIT_AS, request["memory"])
    _bound(resource.RLIMIT_CPU, seconds * (os.cpu_count() or 1))
    _bound(resource.RLIMIT_FSIZE, request["file_size"])
    _bound(resource.RLIMIT_NOFILE, 256)
    _bound(resource.RLIMIT_CORE, 0)


def _bound(what: int, most: int) -> None:
    """Lower one limit; where the system allows less already, that stays."""
    _, hard = resource.getrlimit(what)
    lowered = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (lowered, lowered))


if __name__ == "__main__":
    main()
