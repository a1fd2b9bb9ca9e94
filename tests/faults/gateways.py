"""An S3 service of a test's own, that can be away for a while."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import free_port

KEY, SECRET = "faults", "faults-secret"


@dataclass
class Gateway:
    """The service over a folder; it is stopped and started under one address."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and return once it answers."""
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            [
                os.environ["STUDIO_TEST_S3_BINARY"],
                "--quiet",
                "--port",
                f"127.0.0.1:{self.port}",
                "posix",
                str(self.folder / "data"),
            ],
            cwd=self.folder,
            env={**os.environ, "ROOT_ACCESS_KEY": KEY, "ROOT_SECRET_KEY": SECRET},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 30
        while not self._listens():
            assert self.process.poll() is None, "the service ended by itself"
            assert time.monotonic() < until, "the service did not answer"
            time.sleep(0.02)  # another process has no event to wait for

    def stop(self) -> None:
        """End it, as a machine ends that loses its power."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


@contextmanager
def gateway(folder: Path) -> Iterator[Gateway]:
    """Run a service for as long as the block lasts."""
    lent = Gateway(folder)
    lent.start()
    try:
        yield lent
    finally:
        lent.stop()
