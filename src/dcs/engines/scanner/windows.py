"""Cut a stream into windows that overlap, so that what lies across a border is seen whole."""

from collections.abc import Iterator

OVERLAP = 64 * 1024


class Windows:
    """Gather chunks into windows of a size, each beginning with the end of the one before."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._parts: list[bytes] = []
        self._fresh = 0

    def add(self, chunk: bytes) -> Iterator[bytes]:
        """Take a chunk and yield the windows that it completes."""
        while self._fresh + len(chunk) >= self._size:
            room = self._size - self._fresh
            self._parts.append(chunk[:room])
            yield self._cut()
            chunk = chunk[room:]
        if chunk:
            self._parts.append(chunk)
            self._fresh += len(chunk)

    def rest(self) -> Iterator[bytes]:
        """Yield the last window, if there are bytes that were not in one."""
        if self._fresh:
            yield self._cut()

    def _cut(self) -> bytes:
        window = b"".join(self._parts)
        self._parts = [window[-OVERLAP:]]
        self._fresh = 0
        return window
