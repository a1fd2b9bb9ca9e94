"""
The child's side of progress: how far it has come, told through a pipe.

Telling never waits and never fails: where nobody asked, or nobody reads, it
does nothing. At most ten lines a second are written.
"""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

Progress = Callable[[int, int], None]  # bytes done, bytes in all

PAUSE = 0.1  # seconds between two lines


@dataclass(slots=True)
class Teller:
    """Write lines to one pipe; None before somebody asked for them."""

    pipe: int | None = None
    last: float = 0.0

    def tell(self, done: int, total: int) -> None:
        """Write one line, unless one was written a moment ago; the last one always goes out."""
        now = time.monotonic()
        if self.pipe is None or (now - self.last < PAUSE and done < total):
            return
        self.last = now
        line = json.dumps({"done": done, "total": total}).encode() + b"\n"
        with suppress(BlockingIOError, BrokenPipeError):  # nobody reads, or reads slowly
            os.write(self.pipe, line)


_teller = Teller()


def listen_on(pipe: int) -> None:
    """Tell progress through this pipe from now on."""
    os.set_blocking(pipe, False)
    _teller.pipe = pipe


def progress(done: int, total: int) -> None:
    """
    Tell whoever started this child how far it has come.

    Call it as often as is convenient. In a process that is no child it does nothing.

    Args:
        done: Bytes that have been worked through.
        total: Bytes there are.
    """
    _teller.tell(done, total)
