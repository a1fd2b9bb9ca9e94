"""Two senders at one upload: one content wins, whole, and no byte of the other is in it."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.conftest import DATASET, Prepared
from tests.faults.invariants import nothing_is_half_visible, nothing_is_left, rows
from tests.faults.senders import Connection, Resumed, checksum
from tests.processes import serve
from tests.scale import CONTENDED

LENGTH = 3_000_000


def blocks(number: int) -> bytes:
    """Return a file in which every line says whose it is; all files have the same lines' lengths."""
    line = b"id,%d\n" % number + b"".join(b"%08d,%d\n" % (row, number) for row in range(300_000))
    return line[:LENGTH]


def insist(producer: Connection, place: str, content: bytes, seed: int, tries: int) -> None:
    """Send at whatever offset one is told, as often as allowed, never caring about the other."""
    chosen = random.Random(seed)
    sender = Resumed(DATASET, content, place=place)
    for _ in range(tries):
        asked = producer.tus("HEAD", place)
        assert asked.status == 200, asked
        sender.told = int(asked.headers["upload-offset"])
        if sender.told == LENGTH:
            return
        end = min(LENGTH, sender.told + chosen.randrange(1, LENGTH // 4))
        answer = sender.attempt(producer, end, checked=chosen.random() < 0.5)
        assert answer.status in {204, 400, 409}, answer
        if answer.status == 204:
            assert int(answer.headers["upload-offset"]) == end


def test_two_senders_of_one_upload_never_mix_their_bytes(
    scale: str, prepared_once: Prepared, tmp_path: Path
) -> None:
    folder = prepared_once.copy(tmp_path / "data")
    contents = blocks(1), blocks(2)
    with serve(folder) as server:
        producer = Connection(server.url, prepared_once.tokens["producer"])
        sender = Resumed(DATASET, contents[0])
        place = sender.begun(producer)
        with ThreadPoolExecutor(2) as threads:
            going = [
                threads.submit(insist, producer, place, content, seed, CONTENDED[scale])
                for seed, content in enumerate(contents)
            ]
            for each in going:
                each.result(timeout=120)
        sender.told = 0
        sender.run(producer, producer)
        [(sha256,)] = rows(folder, "SELECT sha256 FROM version WHERE id = ?", sender.version)
        [stored] = (folder / "objects").rglob(sha256)
        kept = stored.read_bytes()
        assert len(kept) == LENGTH
        assert all(byte in {one, other} for byte, one, other in zip(kept, *contents, strict=True))
        nothing_is_half_visible(folder)
        nothing_is_left(folder)


def test_of_two_senders_at_the_same_offset_one_wins_with_all_of_its_bytes(
    scale: str, prepared_once: Prepared, tmp_path: Path
) -> None:
    folder = prepared_once.copy(tmp_path / "data")
    pieces = [bytes([65 + number]) * 700_000 for number in range(2)]
    with serve(folder) as server, ThreadPoolExecutor(2) as threads:
        producer = Connection(server.url, prepared_once.tokens["producer"])
        whole = Resumed(DATASET, bytes(700_000 * CONTENDED[scale]))
        place, together = whole.begun(producer), threading.Barrier(2)

        def send(piece: bytes, offset: int) -> int:
            together.wait(20)
            headers = {"upload_offset": str(offset), "upload_checksum": checksum(piece)}
            return producer.tus("PATCH", place, piece, **headers).status

        for turn in range(CONTENDED[scale] // 2):
            offset = turn * 700_000
            going = [threads.submit(send, piece, offset) for piece in pieces]
            assert sorted(each.result(timeout=60) for each in going) == [204, 409]
            [file] = (folder / "uploads").rglob(place.rpartition("/")[2])
            kept = file.read_bytes()[offset:]
            assert kept in pieces
