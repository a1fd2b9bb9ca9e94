"""A real server in a process of its own, and the people who use it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.processes import serve


@dataclass
class Served:
    url: str
    users: dict[str, Any]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def token(self, login: str) -> str:
        token: str = self.users[login]["token"]
        return token


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
