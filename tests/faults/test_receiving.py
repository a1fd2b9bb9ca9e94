"""Kill the server at every call by which an upload changes the disk, start it again, and look."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dcs.sdk import Client
from tests.faults.conftest import DATASET, INFECTED, Prepared
from tests.faults.invariants import (
    nothing_is_half_visible,
    nothing_is_left,
    open_uploads,
    versions_of,
)
from tests.faults.senders import Connection, Discarded, Gone, Joined, Resumed, Sender, Single
from tests.faults.traced import Host, Traced
from tests.scale import KILLS, RANDOM_KILLS
from tests.tracer import kind_of

pytestmark = pytest.mark.timeout(3_600)

KINDS: dict[str, Callable[[str, bytes], Sender]] = {
    "single": Single,
    "resumed": Resumed,
    "joined": Joined,
    "discarded": Discarded,
}


def content_of(number: int, rows: int = 12_000) -> bytes:
    """Return a file of its own for each number."""
    return b"id,amount\n" + b"".join(b"%d,%d\n" % (row, row * number) for row in range(rows))


class People:
    """Those who send and look after files, connected to one server."""

    def __init__(self, server: Traced, tokens: dict[str, str]) -> None:
        self.url = server.url
        self.tokens = tokens
        self.producer = Connection(server.url, tokens["producer"])
        self.admin = Connection(server.url, tokens["admin"])

    def let(self, sender: Sender) -> bool:
        """Let a sender go on; say whether it came to its end before the server did."""
        try:
            sender.run(self.producer, self.admin)
        except Gone:
            return False
        return True


def places(calls: Sequence[str], most: int) -> list[tuple[str, int]]:
    """
    Return before which calls to kill, spread over the upload, as a kind and a number.

    Pages that the database writes vary by a few from run to run, so calls of
    each kind are counted apart. Where not all are tried, a run of the same
    calls counts once: what is done in twenty writes is not done in twenty
    ways. Between an object's link and the commit that makes it known is
    always one of them.
    """
    counts: Counter[str] = Counter()
    found = []
    for call in calls:
        counts[kind_of(call)] += 1
        found.append((kind_of(call), counts[kind_of(call)]))
    if most >= len(found):
        return found
    first = [n for n in range(len(found)) if n == 0 or found[n][0] != found[n - 1][0]]
    step = max(1.0, (len(first) - 1) / (most - 1))
    chosen = {first[round(n * step)] for n in range(min(most, len(first)))}
    chosen |= {n + 1 for n in range(len(found)) if found[n][0].startswith("link")}
    return [found[n] for n in sorted(chosen)]


def check(folder: Path, sender: Sender, people: People) -> None:
    """Look at everything that was promised, after the sender has come to its end."""
    for upload in open_uploads(folder):  # of those whose place the sender never heard
        assert people.producer.tus("DELETE", f"/api/v1/uploads/{upload}").status == 204
    nothing_is_half_visible(folder)
    nothing_is_left(folder)
    [(version, status, reason)] = versions_of(folder, sender.content)
    assert version == sender.version
    if isinstance(sender, Discarded):
        assert (status, reason) == ("cancelled", "DISCARDED")
    with Client(people.url, people.tokens["auditor"]) as auditor:
        assert auditor.verify_audit()["verified"]


@pytest.mark.parametrize("kind", KINDS)
def test_killed_before_any_call_an_upload_goes_on_and_nothing_is_lost_doubled_or_left(
    kind: str, scale: str, prepared_once: Prepared, host: Host, tmp_path: Path
) -> None:
    content = INFECTED if kind == "discarded" else content_of(1)
    folder = prepared_once.copy(tmp_path / "dry")
    with host.serve(folder) as server:
        sender, people = KINDS[kind](DATASET, content), People(server, prepared_once.tokens)
        server.trace()
        assert people.let(sender)
        calls = server.calls()
        check(folder, sender, people)
    for number, place in enumerate(places(calls, KILLS[scale])):
        folder = prepared_once.copy(tmp_path / str(number))
        sender = KINDS[kind](DATASET, content)
        with host.serve(folder) as server:
            server.trace(*place)
            people = People(server, prepared_once.tokens)
            finished, acknowledged = people.let(sender), sender.version
        with host.serve(folder) as server:
            people = People(server, prepared_once.tokens)
            nothing_is_half_visible(folder)
            nothing_is_left(folder)  # before the retry, which would make an orphan known
            if finished:
                assert [row[0] for row in versions_of(folder, content)] == [acknowledged]
            assert people.let(sender), "the server ended by itself"
            assert acknowledged in {None, sender.version}
            check(folder, sender, people)


def test_killed_again_and_again_with_several_uploads_under_way_nothing_is_lost(
    scale: str, prepared_once: Prepared, host: Host, tmp_path: Path
) -> None:
    chosen = random.Random(20_260_105)
    folder = prepared_once.copy(tmp_path / "data")
    finished: dict[str, bytes] = {}
    for number in range(RANDOM_KILLS[scale]):
        contents = [content_of(10 * number + n + 2, chosen.randrange(1, 60_000)) for n in range(3)]
        senders = [chosen.choice([Single, Resumed, Joined])(DATASET, each) for each in contents]
        with host.serve(folder) as server:
            people = People(server, prepared_once.tokens)
            server.trace("any", chosen.randrange(1, 400))
            threads = [threading.Thread(target=people.let, args=(each,)) for each in senders]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        told = [each.version for each in senders]
        with host.serve(folder) as server:
            people = People(server, prepared_once.tokens)
            nothing_is_half_visible(folder)
            nothing_is_left(folder)  # before the retry, which would make an orphan known
            for sender, before in zip(senders, told, strict=True):
                assert people.let(sender), "the server ended by itself"
                assert sender.version is not None
                assert before in {None, sender.version}
                finished[sender.version] = sender.content
            for sender in senders:
                check(folder, sender, people)
    for version, content in finished.items():
        assert [row[0] for row in versions_of(folder, content)] == [version]
