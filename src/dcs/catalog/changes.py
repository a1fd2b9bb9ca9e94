"""Wait for a change of a version without asking again and again."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

ELSEWHERE = 1.0  # seconds after which a change made by another process is noticed


class Changes:
    """
    Wakes those who wait for a version when its row changes in this process.

    Waiters register before they look, so no change can fall between the two.
    """

    def __init__(self, *, shared: bool) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._longest = ELSEWHERE if shared else None

    @asynccontextmanager
    async def watch(self, version: str) -> AsyncIterator[Callable[[float], Awaitable[None]]]:
        """Yield a function that waits for the next change, at most so many seconds."""
        self._loop = asyncio.get_running_loop()
        event = asyncio.Event()
        self._waiting[version].add(event)

        async def changed(seconds: float) -> None:
            longest = seconds if self._longest is None else min(seconds, self._longest)
            try:
                async with asyncio.timeout(longest):
                    await event.wait()
            except TimeoutError:
                return
            event.clear()

        try:
            yield changed
        finally:
            self._waiting[version].discard(event)
            if not self._waiting[version]:
                del self._waiting[version]

    def notify(self, version: str) -> None:
        """Wake the waiters of a version; called from a database thread after a commit.

        Who is not there yet will look after this commit.
        """
        waits = version in self._waiting
        if waits and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, version)

    def _wake(self, version: str) -> None:
        for event in self._waiting.get(version, ()):
            event.set()
