"""One operating-system process for each task."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from dcs.engines.sandbox import ChildEndedError, Limits, Progress, TaskFailedError
from dcs.engines.sandbox.listening import listening

PARALLEL = 2
CHILD = "dcs.engines.sandbox.child"

# The limit counts address space. The default allocators reserve gigabytes of it without
# using them, and then fail at random below the limit; these two settings took a child's
# peak from 2.3 GB to 0.5 GB at the same resident memory.
ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "LC_ALL": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class ProcessSandbox:
    """Start a fresh interpreter for each task and end it whatever happens."""

    def __init__(self, parallel: int = PARALLEL) -> None:
        self._slots = asyncio.Semaphore(parallel)

    async def run(
        self,
        task: str,
        arguments: Mapping[str, Any],
        limits: Limits,
        progress: Progress | None = None,
    ) -> Any:
        """Run one child; wait for a free slot first."""
        request = {
            "task": task,
            "arguments": dict(arguments),
            "memory": limits.memory,
            "seconds": limits.seconds,
            "file_size": limits.file_size,
        }
        async with self._slots, listening(progress) as pipe:
            request["progress"] = pipe
            return await self._run(json.dumps(request).encode(), limits, pipe)

    async def _run(self, request: bytes, limits: Limits, pipe: int | None) -> Any:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-s",
            "-P",
            "-m",
            CHILD,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # a crash report could quote the file
            env=ENVIRONMENT,
            start_new_session=True,
            pass_fds=() if pipe is None else (pipe,),
            limit=limits.output + 1,
        )
        try:
            async with asyncio.timeout(limits.seconds):
                answer = await _exchange(child, request, limits.output)
                code = await child.wait()
        except TimeoutError as error:
            raise ChildEndedError("time") from error
        finally:
            await _end(child)
        return _read(answer, code)


async def _exchange(child: asyncio.subprocess.Process, request: bytes, most: int) -> bytes:
    """Send the request, then read the answer up to its limit."""
    assert child.stdin is not None  # noqa: S101  # asked for above
    assert child.stdout is not None  # noqa: S101
    try:
        child.stdin.write(request)
        await child.stdin.drain()
        child.stdin.close()
    except (BrokenPipeError, ConnectionResetError):
        return b""
    parts: list[bytes] = []
    size = 0
    while part := await child.stdout.read(64 * 1024):
        size += len(part)
        if size > most:
            raise ChildEndedError("output")
        parts.append(part)
    return b"".join(parts)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Kill the child and everything it may have started, and wait until it is gone."""
    with suppress(ProcessLookupError):  # it is gone already
        os.killpg(child.pid, signal.SIGKILL)
    await child.wait()


def _read(answer: bytes, code: int) -> Any:
    if code == -signal.SIGXCPU:
        raise ChildEndedError("time")
    if code != 0 or not answer:
        raise ChildEndedError("crash")
    document = json.loads(answer)
    match document["outcome"]:
        case "done":
            return document["result"]
        case "memory":
            raise ChildEndedError("memory")
        case _:
            raise TaskFailedError(f"The task failed with {document['error']}.")
