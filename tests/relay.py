"""A way to a server that a test can block or cut after so many bytes."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

PIECE = 65_536


@dataclass
class Relay:
    """
    Passes bytes on in both directions.

    Attributes:
        port: Where clients connect.
        target: The server's port; connections are closed while nobody listens there.
        limit: How many bytes of clients are passed on before it stands still; None for all.
        reached: Set once it stands still.
        go_on: Set by the test: what stands still is cut, and everything passes from then on.
    """

    port: int
    target: int
    limit: int | None
    passed: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    sockets: list[socket.socket] = field(default_factory=list)

    def accept(self, listening: socket.socket) -> None:
        """Serve clients until the socket is closed."""
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            self.sockets += [client, server]
            for way in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    def cut(self) -> None:
        """Break every connection; new ones pass."""
        for each in self.sockets:
            with contextlib.suppress(OSError):  # it was closed by itself
                each.shutdown(socket.SHUT_RDWR)
        self.sockets.clear()

    def _pass_on(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        with contextlib.suppress(OSError), source, target:
            while piece := source.recv(PIECE):
                if counts and self.limit is not None and not self.go_on.is_set():
                    self.passed += len(piece)
                    if self.passed > self.limit:
                        self.reached.set()
                        self.go_on.wait(60)
                        break
                target.sendall(piece)
            for each in (source, target):
                each.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def relay(target: int, limit: int | None = None) -> Iterator[Relay]:
    """Lend a relay to a server's port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        lent = Relay(listening.getsockname()[1], target, limit)
        threading.Thread(target=lent.accept, args=(listening,), daemon=True).start()
        try:
            yield lent
        finally:
            lent.go_on.set()
            listening.shutdown(socket.SHUT_RDWR)
