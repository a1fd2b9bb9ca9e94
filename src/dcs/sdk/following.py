"""Follow a version: Server-Sent Events that go on where they broke off."""

import json
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

import httpx2

from dcs.sdk.connection import Connection, Json, path_of
from dcs.sdk.errors import Problem, ServerUnavailable
from dcs.sdk.patience import Patience, passes

MACHINERY = frozenset({"receiving", "inspecting", "validating", "checking", "activating"})
"""The states in which a version moves on by itself."""

ENDED = frozenset({"active", "rejected", "cancelled", "failed"})
"""The states after which nothing further happens by itself."""

BEAT = 15.0  # seconds within which the server gives a sign of life
SILENCE = 3 * BEAT  # after which a connection counts as broken
MEDIA_TYPE = "text/event-stream"
COME_BACK = 2.0  # seconds, until the server names others
NO_CONTENT = 204
NOT_HERE = frozenset({404, 405, 406})  # of a server that does not stream events
NOT_NOW = frozenset({"no_events", "too_many_streams"})


@dataclass(frozen=True, slots=True)
class VersionEvent:
    """
    A moment in a version's journey.

    Attributes:
        id: Its place in the order of all events; the next ones follow behind it.
        data: What the version showed then, and ``at``, when that was.
    """

    id: str
    data: Json


class Following:
    """The events of one version, over as many connections as it takes."""

    def __init__(
        self, connection: Connection, version: str, last: str | None, patience: Patience
    ) -> None:
        self._connection = connection
        self._path = path_of("versions", version, "events")
        self._version = version
        self._last = last
        self._patience = patience
        self._come_back = COME_BACK
        self._over = False

    def events(self) -> Iterator[VersionEvent]:
        """
        Yield the events behind the last one, then those to come, until the journey has ended.

        Raises:
            Problem: The server refuses, or did not answer often enough.
        """
        failures = 0
        while not self._over:
            try:
                with closing(self._once(SILENCE)) as signs:
                    for event in signs:
                        if event is not None:
                            failures = 0
                            yield event
                if not self._over:
                    time.sleep(self._come_back)
            except Problem as problem:
                failures = self._after(problem, failures)

    def wait(self, seconds: float, on_change: Callable[[Json], None] | None) -> Json:
        """Return the version once it needs somebody or has ended; at the latest soon after *seconds*."""
        until, failures = time.monotonic() + seconds, 0
        found = self._show()
        if found["status"] not in MACHINERY:
            _tell(on_change, found)
            return found
        while not self._over and (left := until - time.monotonic()) > 0:
            try:
                for event in self._until(min(left, SILENCE), until):
                    failures = 0
                    _tell(on_change, {**found, **event.data})
                    if event.data["status"] not in MACHINERY:
                        found = self._show()  # it may have moved on since
                        if found["status"] not in MACHINERY:
                            return found
            except Problem as problem:
                if problem.status in NOT_HERE or problem.code in NOT_NOW:
                    return self._ask(until, on_change)
                if time.monotonic() >= until:
                    break
                failures = self._after(problem, failures)
        return self._show()

    def _until(self, read: float, until: float) -> Iterator[VersionEvent]:
        """Yield the events of one connection; leave it where its patience is far beyond *until*."""
        with closing(self._once(read)) as signs:
            for event in signs:
                if event is not None:
                    yield event
                if until - time.monotonic() < min(read, BEAT) / 2:
                    return
        if not self._over:
            time.sleep(min(self._come_back, max(until - time.monotonic(), 0)))

    def _ask(self, until: float, on_change: Callable[[Json], None] | None) -> Json:
        """Wait by asking for one change after the other, where events are not streamed."""
        seen = None
        while True:
            found = self._show()
            if found["status"] != seen:
                _tell(on_change, found)
            seen = found["status"]
            if seen not in MACHINERY or time.monotonic() > until:
                return found
            path = path_of("versions", self._version, "change")
            self._connection.json("GET", path, params={"from": seen})

    def _once(self, read: float) -> Generator[VersionEvent | None]:
        """Yield the events of one connection; None for a sign of life."""
        headers = {"Accept": MEDIA_TYPE}
        if self._last is not None:
            headers["Last-Event-ID"] = self._last
        with self._connection.stream(self._path, read=read, headers=headers) as answer:
            if answer.status_code == NO_CONTENT:
                self._over = True
                return
            if answer.headers.get("content-type", "").partition(";")[0] != MEDIA_TYPE:
                detail = "What answers here does not stream events."
                raise ServerUnavailable(503, {"code": "no_events", "detail": detail})
            for fields in _blocks(answer):
                if "retry" in fields and fields["retry"].isdecimal():
                    self._come_back = int(fields["retry"]) / 1000
                yield self._event(fields)

    def _event(self, fields: dict[str, str]) -> VersionEvent | None:
        if "data" not in fields:
            return None
        self._last = fields.get("id", self._last)
        event = VersionEvent(self._last or "", json.loads(fields["data"]))
        self._over = event.data["status"] in ENDED
        return event

    def _after(self, problem: Problem, failures: int) -> int:
        """Wait after a connection that failed; return how many have, one after the other."""
        if not passes(problem):
            raise problem
        self._patience.pause(failures + 1, problem)
        return failures + 1

    def _show(self) -> Json:
        return self._connection.json("GET", path_of("versions", self._version))


def _blocks(answer: httpx2.Response) -> Iterator[dict[str, str]]:
    """Yield the fields of each block of a stream; a block of comments has none."""
    fields: dict[str, str] = {}
    begun = False
    for line in answer.iter_lines():
        if not line:
            if begun:
                yield fields
            fields, begun = {}, False
            continue
        begun = True
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data" and "data" in fields:
            value = f"{fields['data']}\n{value}"
        if name:
            fields[name] = value


def _tell(on_change: Callable[[Json], None] | None, version: Json) -> None:
    if on_change is not None:
        on_change(version)
