"""Servers that can be killed right before their N-th call that changes the data folder."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tests.tracer
from tests.processes import answers, environment_of, free_port


@dataclass(frozen=True)
class Traced:
    """A running ``dcs serve``; the next one needs this one to be gone."""

    url: str
    folder: Path
    host: "Host"

    def trace(self, kind: str = "any", until: int = 0) -> None:
        """Count from now on, and kill before the call *until* of a kind; 0 for never."""
        assert self.host.tell(f"trace {self.folder} {kind} {until}") == "tracing"

    def calls(self) -> list[str]:
        """Return the calls counted, in their order."""
        return self.host.tell("calls").split("\t")

    def kill(self) -> None:
        """Kill it, if that has not happened yet, and wait until it is gone."""
        assert self.host.tell("kill") == "gone"


@dataclass(frozen=True)
class Host:
    """The program whose servers these are."""

    process: "subprocess.Popen[str]"

    @contextmanager
    def serve(self, folder: Path) -> Iterator[Traced]:
        """Run a server for as long as the block lasts; it is killed at its end."""
        port = free_port()
        self.tell(f"start {folder} {port}")
        server = Traced(f"http://127.0.0.1:{port}", folder, self)
        until = time.monotonic() + 30
        try:
            while not answers(server.url):
                assert self.tell("alive") == "yes", "the server ended by itself"
                assert time.monotonic() < until, "the server did not answer"
                time.sleep(0.02)  # another process has no event to wait for
            yield server
        finally:
            server.kill()

    def tell(self, line: str) -> str:
        """Give an order and return the answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the tracer has ended"
        return answer.rstrip("\n")


@contextmanager
def traced_servers(environment: Mapping[str, str] | None = None) -> Iterator[Host]:
    """Lend a host of servers."""
    with subprocess.Popen(
        [sys.executable, tests.tracer.__file__],
        env=environment_of(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Host(process)
        # Leaving closes its input, at which it ends.
