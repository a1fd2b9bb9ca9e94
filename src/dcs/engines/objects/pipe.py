"""
A thread of its own for each stream, fed in order.

The event loop hands a chunk over and goes on receiving; a slow disk holds up
its own sender and nobody else. Chunks are not gathered: a chunk that is
hashed while it is in the processor's cache costs a quarter less than one that
waited in a batch of megabytes.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

# Bytes that may wait for the thread. More is dearer: the next chunk then lands in memory that has
# left the processor's cache, and 4 MiB cost a quarter more processor time than 2 MiB.
BUFFER = 2 * 1024 * 1024
CHUNKS = 256  # chunks that may wait, so that a flood of tiny ones is bounded too


@dataclass(frozen=True, slots=True)
class _Step:
    """Something to be done between two chunks, and who waits for it."""

    work: Callable[[], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    always: bool


class Pipe:
    """
    Run `append` for every chunk and every step in a thread, in the order they were given.

    The first failure of `append` is raised by every call that follows; chunks
    behind it are let go, because a stream with a hole is not one.
    """

    def __init__(self, append: Callable[[bytes], None], name: str) -> None:
        self._append = append
        self._items: deque[bytes | _Step | None] = deque()
        self._changed = threading.Condition()
        self._bytes = 0
        self._room: tuple[asyncio.AbstractEventLoop, asyncio.Future[None]] | None = None
        self._failure: BaseException | None = None
        threading.Thread(target=self._run, name=name, daemon=True).start()

    async def write(self, chunk: bytes) -> None:
        """Hand a chunk over; wait only while too much is waiting already."""
        room = self._put(chunk)
        if room is not None:
            await room
        if self._failure is not None:
            raise self._failure

    async def step(self, work: Callable[[], T], *, always: bool = False) -> T:
        """Run *work* in the thread after all that was written; *always* also after a failure."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._changed:
            self._items.append(_Step(work, loop, future, always))
            self._changed.notify()
        # Once handed over it happens whether or not the caller still waits.
        return await asyncio.shield(future)

    def close(self) -> None:
        """End the thread once everything given so far is done."""
        with self._changed:
            self._items.append(None)
            self._changed.notify()

    def _put(self, chunk: bytes) -> asyncio.Future[None] | None:
        with self._changed:
            self._items.append(chunk)
            self._bytes += len(chunk)
            self._changed.notify()
            if self._bytes <= BUFFER and len(self._items) <= CHUNKS:
                return None
            loop = asyncio.get_running_loop()
            future: asyncio.Future[None] = loop.create_future()
            self._room = loop, future
            return future

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._items:
                    self._changed.wait()
                item = self._items.popleft()
            if item is None:
                return
            if isinstance(item, _Step):
                self._do(item)
            else:
                self._take(item)

    def _take(self, chunk: bytes) -> None:
        if self._failure is None:
            try:
                self._append(chunk)
            except BaseException as error:  # noqa: BLE001  # raised in the caller's next call
                self._failure = error
        with self._changed:
            self._bytes -= len(chunk)
            half_empty = self._bytes <= BUFFER // 2 and len(self._items) <= CHUNKS // 2
            room, self._room = (self._room, None) if half_empty else (None, self._room)
        if room is not None:
            room[0].call_soon_threadsafe(_settle, room[1], None, None)

    def _do(self, step: _Step) -> None:
        result: Any = None
        failure = None if step.always else self._failure
        if failure is None:
            try:
                result = step.work()
            except BaseException as error:  # noqa: BLE001  # raised in the caller
                failure = error
        step.loop.call_soon_threadsafe(_settle, step.future, result, failure)


def _settle(future: asyncio.Future[Any], result: Any, failure: BaseException | None) -> None:
    """Answer whoever waits; somebody cancelled does not wait any more."""
    if future.done():
        return
    if failure is None:
        future.set_result(result)
    else:
        future.set_exception(failure)
