"""Temporal servers of a test's own: to be killed, restarted, or set otherwise than the shared one."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import free_port

ATTRIBUTES = ("TenantId", "DatasetId", "RequesterId", "Status")


@dataclass
class TemporalServer:
    """A development server over a file; what it knows outlives its process."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def binary(self) -> str:
        return os.environ["STUDIO_TEST_TEMPORAL_BINARY"]

    def start(self) -> None:
        command = [self.binary, "server", "start-dev", "--headless", "--ip", "127.0.0.1"]
        command += ["--port", str(self.port), "--db-filename", str(self.folder / "temporal.sqlite")]
        command += ["--sqlite-pragma", "journal_mode=wal", "--log-level", "error"]
        for name in ATTRIBUTES:
            command += ["--search-attribute", f"{name}=Keyword"]
        for name, value in self.settings.items():
            command += ["--dynamic-config-value", f"{name}={value}"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 30
        while not self.answers():
            assert time.monotonic() < until, "the server did not start"
            assert self.process.poll() is None, "the server ended by itself"
            time.sleep(0.1)  # another process has no event to wait for

    def answers(self) -> bool:
        asking = [self.binary, "operator", "cluster", "health", "--address", self.address]
        return subprocess.run(asking, capture_output=True, check=False).returncode == 0

    def kill(self) -> None:
        """End it as a machine that loses its power does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def temporal_server(folder: Path, **settings: str) -> Iterator[TemporalServer]:
    """Run a server for as long as the block lasts; ``__`` in a setting's name is a dot."""
    server = TemporalServer(folder, {key.replace("__", "."): v for key, v in settings.items()})
    try:
        server.start()
        yield server
    finally:
        server.kill()
