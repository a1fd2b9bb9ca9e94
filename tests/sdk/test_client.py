"""The client on bad lines: what breaks goes on, nothing is sent or told twice, nothing is lost."""

import hashlib
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dcs.sdk import (
    MACHINERY,
    Client,
    ConflictProblem,
    InvalidProblem,
    Patience,
    Problem,
    ServerUnavailable,
)
from tests.relay import Relay, relay
from tests.sdk.conftest import Served

MIB = 1024**2
QUICK = Patience(attempts=5, first=0.01, longest=0.05)
STAGES = ["inspecting", "validating", "checking", "awaiting_approval"]


@pytest.fixture
def producer(served: Served) -> Iterator[Client]:
    with Client(served.url, served.token("producer"), patience=QUICK) as client:
        yield client


@pytest.fixture
def dataset(producer: Client, request: pytest.FixtureRequest) -> str:
    name = request.node.originalname.replace("_", "-")[:80]
    producer.create_dataset(name)
    return name


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.csv"
    path.write_bytes(random.Random(3).randbytes(10 * MIB))
    return path


def through(way: Relay, served: Served, patience: Patience = QUICK) -> Client:
    return Client(f"http://127.0.0.1:{way.port}", served.token("producer"), patience=patience)


def break_off(served: Served, dataset: str, file: Path) -> str:
    """Send the first half of a file and return the upload's address."""
    begun: list[str] = []
    with relay(served.port, limit=file.stat().st_size // 2) as way:
        cutting = threading.Thread(target=cut_once_reached, args=(way,))
        cutting.start()
        impatient = Patience(attempts=1)
        with through(way, served, impatient) as client, pytest.raises(ServerUnavailable):
            client.upload(dataset, file, on_begun=begun.append)
        cutting.join()
    return begun[0].partition(f":{way.port}")[2]


def cut_once_reached(way: Relay) -> None:
    """Break the line as soon as it stands still; a sender that waits for it would wait long."""
    assert way.reached.wait(60)
    way.cut()


def test_a_connection_that_breaks_goes_on_by_itself(
    served: Served, dataset: str, large: Path
) -> None:
    sent: list[int] = []
    with relay(served.port, limit=8 * MIB) as way, through(way, served) as client:

        def cut() -> None:
            """Break the line once the server was given most of the file, not when it was sent here."""
            assert way.reached.wait(60)
            way.go_on.set()
            way.cut()

        cutting = threading.Thread(target=cut)
        cutting.start()
        version = client.upload(dataset, large, on_progress=sent.append)
        cutting.join()
    assert version["sha256"] == hashlib.sha256(large.read_bytes()).hexdigest()
    assert sent[-1] == large.stat().st_size
    assert len(sent) > 10, "the connection did not break"
    assert sent.count(MIB) == 1, "it began again from the beginning"


def test_another_process_goes_on_with_an_upload(
    served: Served, producer: Client, dataset: str, large: Path
) -> None:
    place = break_off(served, dataset, large)
    state = producer.upload_state(place)
    assert 0 < state.offset <= large.stat().st_size // 2
    sent: list[int] = []
    version = producer.upload(dataset, large, resume=place, on_progress=sent.append)
    assert sent[0] > state.offset
    assert version["sha256"] == hashlib.sha256(large.read_bytes()).hexdigest()
    assert producer.upload(dataset, large, resume=place)["id"] == version["id"], "it is complete"


def test_a_file_that_changed_between_two_processes_is_noticed(
    served: Served, producer: Client, dataset: str, large: Path
) -> None:
    place = break_off(served, dataset, large)
    content = large.read_bytes()
    large.write_bytes(content + b"x")
    with pytest.raises(InvalidProblem) as longer:
        producer.upload(dataset, large, resume=place)
    assert longer.value.code == "file_changed"
    large.write_bytes(b"x" + content[1:])
    with pytest.raises(ConflictProblem) as other:
        producer.upload(dataset, large, resume=place)
    assert other.value.code == "content_differs"


def test_a_file_that_shrinks_while_it_is_sent_is_noticed(
    producer: Client, dataset: str, large: Path
) -> None:
    def shrink(size: int) -> None:
        if size == 4 * MIB:
            with large.open("r+b") as target:
                target.truncate(5 * MIB)

    with pytest.raises(InvalidProblem) as changed:
        producer.upload(dataset, large, on_progress=shrink)
    assert changed.value.code == "file_changed"
    assert producer.versions(dataset) == []


def test_a_cancelled_upload_cannot_be_resumed(
    served: Served, producer: Client, dataset: str, large: Path
) -> None:
    place = break_off(served, dataset, large)
    producer.cancel_upload(place)
    with pytest.raises(Problem) as gone:
        producer.upload(dataset, large, resume=place)
    assert gone.value.status == 410


def test_a_small_file_is_one_request(producer: Client, dataset: str, tmp_path: Path) -> None:
    path, begun = tmp_path / "small.csv", list[str]()
    path.write_text("id,amount\n1,2\n")
    version = producer.upload(dataset, path, on_begun=begun.append)
    assert (version["number"], begun) == (1, [])


def test_events_go_on_where_a_connection_broke(
    served: Served, dataset: str, tmp_path: Path
) -> None:
    path = tmp_path / "small.csv"
    path.write_text("id,amount\n1,2\n")
    with relay(served.port) as way, through(way, served) as client:
        version = client.upload(dataset, path)["id"]
        ids, told = list[str](), list[str]()
        for event in client.events(version):
            ids.append(event.id)
            told.append(event.data["status"])
            way.cut()
            if told[-1] == "awaiting_approval":
                break
        assert told == STAGES
        assert len(set(ids)) == len(ids)
        rest = client.events(version, ids[1])
        assert [next(rest).id, next(rest).id] == ids[2:]


def test_waiting_tells_every_stage_and_ends_when_somebody_is_needed(
    producer: Client, dataset: str, tmp_path: Path
) -> None:
    path = tmp_path / "small.csv"
    path.write_text("id,amount\n1,2\n")
    version, told = producer.upload(dataset, path), list[str]()
    found = producer.wait(version["id"], on_change=lambda each: told.append(each["status"]))
    assert found["status"] == "awaiting_approval"
    assert told == STAGES[-len(told) :]
    producer.cancel(next(producer.approvals())["id"], "not needed")
    assert [each.data["status"] for each in producer.events(version["id"])] == [
        *STAGES,
        "cancelled",
    ]


def test_waiting_takes_one_connection_and_not_one_after_the_other(
    served: Served, dataset: str, tmp_path: Path
) -> None:
    path = tmp_path / "small.csv"
    path.write_text("id,amount\n1,2\n")
    with relay(served.port) as way, through(way, served) as client:
        version = client.upload(dataset, path)["id"]
        assert client.wait(version, seconds=30)["status"] == "awaiting_approval"
        assert len(way.sockets) <= 2 * 3


def test_waiting_ends_soon_after_its_time(producer: Client, dataset: str, large: Path) -> None:
    with large.open("w") as target:
        target.write("id,amount\n")
        target.writelines(f"{n},{n % 977}\n" for n in range(1_500_000))
    version = producer.upload(dataset, large)["id"]
    began = time.monotonic()
    found = producer.wait(version, seconds=0.3)
    assert time.monotonic() - began < 5
    assert found["status"] in MACHINERY
    assert producer.wait(version, seconds=60)["status"] == "awaiting_approval"


def test_waiting_asks_where_no_stream_is_to_be_had(
    producer: Client, dataset: str, tmp_path: Path
) -> None:
    path, told = tmp_path / "small.csv", list[str]()
    path.write_text("id,amount\n1,2\n")
    version = producer.upload(dataset, path)["id"]
    taken = [producer.events(version) for _ in range(20)]
    assert {next(each).data["status"] for each in taken} == {"inspecting"}
    path.write_text("id,amount\n1,3\n")
    other = producer.upload(dataset, path)["id"]
    found = producer.wait(other, on_change=lambda each: told.append(each["status"]))
    assert found["status"] == "awaiting_approval" == told[-1]
    for each in taken:
        each.close()


def test_pauses_grow_are_bounded_and_listen_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("dcs.sdk.patience.time.sleep", slept.append)
    patience, down = Patience(attempts=8), ServerUnavailable(503, {})
    for failures in range(1, 8):
        patience.pause(failures, down)
    for pause, longest in zip(slept, (0.5, 1, 2, 4, 8, 16, 30), strict=True):
        assert longest / 2 <= pause <= longest
    with pytest.raises(ServerUnavailable):
        patience.pause(8, down)
    slept.clear()
    for asked in ("20", 20, 1e9, "soon", -5):
        patience.pause(1, ServerUnavailable(503, {"retry_after": asked}))
    assert slept[:3] == [20, 20, 300]
    assert max(slept[3:]) <= 0.5
