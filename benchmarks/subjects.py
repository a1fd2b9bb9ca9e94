"""The servers that receive, each started afresh with an empty folder and killed afterwards."""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from benchmarks.peers import floor
from benchmarks.peers.installed import Command
from benchmarks.sending import Sender
from dcs.sdk import Client
from tests.processes import free_port


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    url: str
    pid: int
    folder: Path
    headers: Mapping[str, str] = field(default_factory=dict)

    def sender(self) -> Sender:
        """Return a connection to it."""
        return Sender(self.url, self.headers)


@contextmanager
def program(folder: Path, command: Command, after: Sequence[str] = ()) -> Iterator[Running]:
    """Run *command* with a port, a folder and *after* as its arguments until the block ends."""
    folder.mkdir(parents=True)
    port = free_port()
    line = [*command.line, str(port), str(folder), *after]
    with _process(line, command.folder) as process:
        yield Running(_answering(process, port, "/"), process.pid, folder)


@contextmanager
def floor_server(folder: Path) -> Iterator[Running]:
    """Run the raw socket server."""
    command = Command([sys.executable, str(floor.__file__)], folder.parent)
    with program(folder, command) as running:
        yield running


class Ours:
    """``dcs serve`` on a copy of a prepared folder."""

    def __init__(self, template: Path, environment: Mapping[str, str] | None = None) -> None:
        self._template = template
        self._environment = dict(environment or {})
        command = [sys.executable, "-m", "dcs", "demo", "--prepare", "--json"]
        prepared = subprocess.run(
            [*command, "--data-dir", str(template)], check=True, capture_output=True
        )
        self._token = json.loads(prepared.stdout)["users"]["producer"]["token"]

    @contextmanager
    def serve(self, folder: Path) -> Iterator[Running]:
        """Run it with a dataset ``large`` until the block ends."""
        shutil.copytree(self._template, folder)
        port = free_port()
        command = [sys.executable, "-m", "dcs", "serve", "--data-dir", str(folder)]
        environment = {**os.environ, **self._environment}
        with _process([*command, "--port", str(port)], None, environment) as process:
            url = _answering(process, port, "/health/live")
            with Client(url, self._token) as client:
                client.create_dataset("large")
            headers = {"Authorization": f"Bearer {self._token}"}
            yield Running(url, process.pid, folder, headers)


def metadata(filename: str) -> str:
    """Return tus's metadata of a file for the dataset ``large``, sent as a draft."""
    pairs = {"dataset": "large", "filename": filename, "submit": "false"}
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())


@contextmanager
def _process(
    command: list[str], cwd: Path | None, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # its children too: what follows is not measured
        process.wait()


def _answering(process: subprocess.Popen[bytes], port: int, path: str) -> str:
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(url + path, timeout=1):  # noqa: S310  # loopback
                return url
        except HTTPError:
            return url
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)  # another process has no event to wait for
    raise RuntimeError(f"{process.args!r} does not answer")
