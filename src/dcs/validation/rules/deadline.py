"""Stop a query that takes too long, and the process if the query does not stop."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

GRACE = 5.0  # seconds a query has to notice that it was interrupted
AGAIN = 0.1  # seconds between interrupts: one that comes between two queries is lost


class Deadline:
    """Interrupt whatever a connection does once its time is over, until it ends."""

    def __init__(
        self, cursor: "duckdb.DuckDBPyConnection", seconds: float, stuck: Callable[[], None]
    ) -> None:
        """
        Watch a connection.

        Args:
            seconds: From entering on.
            stuck: Called from another thread if the connection has not ended `GRACE` later.
        """
        self.passed = False
        self._cursor = cursor
        self._seconds = seconds
        self._stuck = stuck
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Deadline":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        if self._done.wait(self._seconds):
            return
        self.passed = True
        for _ in range(round(GRACE / AGAIN)):
            self._cursor.interrupt()
            if self._done.wait(AGAIN):
                return
        self._stuck()
