"""
One request at a time for each upload; a newer one ends the older.

A sender whose connection broke does not know whether we have noticed. The
older request is therefore never waited for: it is told to stop, keeps what it
has, and lets the newer one go on from there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from dcs.ingestion.errors import SenderIdleError, TurnEndedError


class Turn:
    """One request's time with an upload."""

    def __init__(self, idle_seconds: float) -> None:
        self.over = asyncio.Event()
        self._idle_seconds = idle_seconds
        self._timeout: asyncio.Timeout | None = None
        self._told = False

    def end(self) -> None:
        """Tell the request to stop at once."""
        self._told = True
        if self._timeout is not None:
            self._timeout.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def receiving(self) -> AsyncIterator[Callable[[], None]]:
        """
        Receive for as long as bytes come and nobody else wants the upload.

        Yields:
            A function to be called with every chunk that has come.

        Raises:
            SenderIdleError: Nothing came for the time allowed between two chunks.
            TurnEndedError: A newer request wants the upload.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(0 if self._told else self._idle_seconds) as timeout:
                self._timeout = timeout
                yield lambda: timeout.reschedule(loop.time() + self._wait())
        except TimeoutError as error:
            if self._told:
                raise TurnEndedError("A newer request goes on with this upload.") from error
            raise SenderIdleError("Nothing came for too long. Go on where it stopped.") from error
        finally:
            self._timeout = None

    def _wait(self) -> float:
        return 0 if self._told else self._idle_seconds


class Turns:
    """Whose turn it is, for every upload of this process."""

    def __init__(self, idle_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._turns: dict[str, Turn] = {}

    @property
    def running(self) -> int:
        """How many uploads have a request in flight."""
        return len(self._turns)

    def has(self, upload: str) -> bool:
        """Say whether an upload has a request in flight."""
        return upload in self._turns

    @asynccontextmanager
    async def take(self, upload: str) -> AsyncIterator[Turn]:
        """End the older request of an upload, wait until it has, and have the next turn."""
        while (older := self._turns.get(upload)) is not None:
            older.end()
            await older.over.wait()
        turn = self._turns[upload] = Turn(self._idle_seconds)
        try:
            yield turn
        finally:
            del self._turns[upload]
            turn.over.set()
