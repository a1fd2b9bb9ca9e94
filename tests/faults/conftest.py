"""A data folder with everybody in it, made once and copied for each test."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from dcs.sdk import Client
from tests.faults.traced import Host, traced_servers
from tests.malware import EICAR
from tests.processes import serve

INFECTED = b"id,note\n1," + EICAR + b"\n"
DATASET = "orders"


@dataclass(frozen=True)
class Prepared:
    """A folder that no server works in, and the tokens of the people in it."""

    folder: Path
    tokens: dict[str, str]

    def copy(self, to: Path) -> Path:
        """Return a folder of the test's own; files in it are never shared."""
        shutil.copytree(self.folder, to)
        return to


@pytest.fixture(scope="session")
def prepared_once(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Return a folder with a dataset and a file in quarantine."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    prepare = ["demo", "--prepare", "--json", "--data-dir", str(folder)]
    ran = subprocess.run([sys.executable, "-m", "dcs", *prepare], check=True, capture_output=True)
    users = json.loads(ran.stdout)["users"]
    tokens = {name: user["token"] for name, user in users.items()}
    infected = folder.parent / "infected.csv"
    infected.write_bytes(INFECTED)
    with serve(folder) as server, Client(server.url, tokens["producer"]) as producer:
        producer.create_dataset(DATASET)
        version = producer.wait(producer.upload(DATASET, infected)["id"], seconds=60)
        assert version["status"] == "quarantined"
    with closing(sqlite3.connect(folder / "dcs.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Prepared(folder, tokens)


@pytest.fixture
def host() -> Iterator[Host]:
    """Lend a host of servers that can be killed at a call; they are not made to sync their logs."""
    with traced_servers() as lent:
        yield lent
