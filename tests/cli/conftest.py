"""A real server in a process of its own, and the command line in this one."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dcs.cli.commands import run
from tests.processes import serve


@dataclass
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Served:
    url: str
    users: dict[str, Any]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    prepared = subprocess.run(
        [sys.executable, "-m", "dcs", "demo", "--prepare", "--json", "--data-dir", str(folder)],
        check=True,
        capture_output=True,
    )
    with serve(folder) as server:
        yield Served(server.url, json.loads(prepared.stdout)["users"])


@pytest.fixture
def dcs(capfd: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run one command here, without a server."""

    def call(*arguments: object) -> Result:
        code = run([str(each) for each in arguments])
        captured = capfd.readouterr()
        return Result(code, captured.out, captured.err)

    return call


@pytest.fixture
def as_user(
    served: Served, dcs: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run one command as one of the demonstration's people."""

    def call(login: str, *arguments: object) -> Result:
        monkeypatch.setenv("DCS_URL", served.url)
        monkeypatch.setenv("DCS_TOKEN", served.users[login]["token"])
        return dcs(*arguments)

    return call


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("id,email\n" + "".join(f"{n},person{n}@example.org\n" for n in range(40)))
    return path
