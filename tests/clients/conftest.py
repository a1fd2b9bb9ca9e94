"""A server as a process of its own, for programs of others to talk to."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from dcs.sdk import Client
from tests.buckets import buckets, in_s3
from tests.processes import serve

STORES = ["directory", pytest.param("s3", marks=pytest.mark.service("s3"))]
"""Where the server keeps files."""

_numbers = count()


@dataclass(frozen=True)
class Served:
    """A running server and how its people reach it."""

    url: str
    tokens: Mapping[str, str]

    @property
    def endpoint(self) -> str:
        """Where uploads are created."""
        return f"{self.url}/api/v1/uploads"

    @property
    def headers(self) -> dict[str, str]:
        """What every request of the sender carries."""
        return {"Authorization": f"Bearer {self.tokens['producer']}"}

    def dataset(self) -> str:
        """Add a dataset and return its name."""
        name = f"d{next(_numbers)}"
        with Client(self.url, self.tokens["producer"]) as producer:
            producer.create_dataset(name)
        return name

    def versions(self, dataset: str) -> list[dict[str, Any]]:
        """Return what has arrived in a dataset."""
        with Client(self.url, self.tokens["producer"]) as producer:
            return list(producer.versions(dataset))


@pytest.fixture(scope="session", params=STORES)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Serve a studio with the demonstration's people, once for each store."""
    folder = tmp_path_factory.mktemp("served")
    with ExitStack() as stack:
        variables: Mapping[str, str] = {}
        if request.param == "s3":
            variables = in_s3(stack.enter_context(buckets(folder)).options)
        prepare = ("demo", "--prepare", "--json", "--data-dir", str(folder))
        ran = subprocess.run(
            [sys.executable, "-m", "dcs", *prepare],
            check=True,
            capture_output=True,
            env={**os.environ, **variables},
        )
        users = json.loads(ran.stdout)["users"]
        server = stack.enter_context(serve(folder, variables))
        yield Served(server.url, {login: user["token"] for login, user in users.items()})


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    Return a file of some megabytes, more than one piece of any client.

    What it holds does not matter here, and what the judge refuses at once costs no time.
    """
    path = tmp_path_factory.mktemp("table") / "ü, orders.csv"
    path.write_bytes(b"PAR1" + random.Random(9).randbytes(11 * 1024**2))
    return path
