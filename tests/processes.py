"""Servers as processes of their own, for tests that need to see one start, serve or die."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    """A running ``dcs serve``."""

    url: str
    process: subprocess.Popen[bytes]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def start(
    folder: Path, environment: Mapping[str, str] | None = None, port: int | None = None
) -> Server:
    """Start a server on *folder* and return once it answers, or has ended by itself."""
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "dcs", "serve", "--data-dir", str(folder), "--port", str(port)],
        env=environment_of(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = Server(f"http://127.0.0.1:{port}", process)
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None and not answers(server.url):
        time.sleep(0.02)  # another process has no event to wait for
    return server


def stop(server: Server) -> int:
    """Ask a server to end and return its exit code."""
    server.process.send_signal(signal.SIGTERM)
    try:
        return server.process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()
        raise


@contextmanager
def serve(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run a server for as long as the block lasts."""
    server = start(folder, environment)
    try:
        assert server.process.poll() is None, "the server ended by itself"
        yield server
    finally:
        if server.process.poll() is None:
            stop(server)


def environment_of(more: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return the environment of a server: this process's own, and more."""
    return {**os.environ, **(more or {})}


def answers(url: str) -> bool:
    """Say whether a server answers."""
    try:
        with urllib.request.urlopen(f"{url}/health/live", timeout=1):  # noqa: S310  # loopback
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
