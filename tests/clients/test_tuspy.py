"""tuspy, the Python client of tus, against a server as a process of its own."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError
from tusclient.uploader import Uploader

from tests.clients.conftest import Served

pytestmark = pytest.mark.timeout(60)

MIB = 1024 * 1024


@contextmanager
def uploader(served: Served, table: Path, dataset: str, **options: object) -> Iterator[Uploader]:
    client = TusClient(served.endpoint, headers=served.headers)
    metadata = {"dataset": dataset, "filename": table.name}
    with table.open("rb") as stream:  # one that the client opens by a path it never closes
        yield client.uploader(file_stream=stream, metadata=metadata, **options)


def assert_arrived(served: Served, table: Path, dataset: str) -> None:
    [version] = served.versions(dataset)
    assert version["sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
    assert version["filename"] == table.name


@pytest.mark.parametrize("checked", [False, True], ids=["plain", "with checksums"])
@pytest.mark.parametrize("size", [None, 5 * MIB, 1_000_003], ids=["whole", "5 MiB", "odd"])
def test_a_file_arrives(served: Served, table: Path, size: int | None, checked: bool) -> None:
    dataset = served.dataset()
    options = {} if size is None else {"chunk_size": size}
    with uploader(served, table, dataset, upload_checksum=checked, **options) as sending:
        sending.upload()
    assert_arrived(served, table, dataset)


def test_another_instance_goes_on_where_the_first_one_stopped(served: Served, table: Path) -> None:
    dataset = served.dataset()
    with uploader(served, table, dataset, chunk_size=3 * MIB) as first:
        first.upload_chunk()
    assert served.versions(dataset) == []
    with uploader(served, table, dataset, chunk_size=4 * MIB, url=first.url) as second:
        assert second.offset == 3 * MIB
        second.upload()
    assert_arrived(served, table, dataset)


PROGRAM = """
import sys
from tusclient.client import TusClient
from tusclient.storage.filestorage import FileStorage
endpoint, authorization, path, dataset, name, store, stop = sys.argv[1:]
client = TusClient(endpoint, headers={"Authorization": authorization})
metadata = {"dataset": dataset, "filename": name}
options = {"store_url": True, "url_storage": FileStorage(store), "chunk_size": 2**20}
uploader = client.uploader(path, metadata=metadata, **options)
print(uploader.offset)
uploader.upload(stop_at=int(stop) or None)
"""


def test_another_process_finds_the_upload_by_the_file_and_goes_on(
    served: Served, table: Path, tmp_path: Path
) -> None:
    dataset, store = served.dataset(), tmp_path / "urls.json"
    sender = [served.endpoint, served.headers["Authorization"]]

    def run(stop: int) -> int:
        arguments = [*sender, str(table), dataset, table.name, str(store), str(stop)]
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments], check=True, capture_output=True
        )
        return int(ran.stdout)

    assert run(5 * MIB) == 0
    assert served.versions(dataset) == []
    assert run(0) == 5 * MIB
    assert_arrived(served, table, dataset)


def test_a_refusal_is_told_when_the_upload_begins(served: Served, table: Path) -> None:
    with (
        uploader(served, table, "no-such-dataset") as sending,
        pytest.raises(TusCommunicationError) as refused,
    ):
        sending.upload()
    assert refused.value.status_code == 404
