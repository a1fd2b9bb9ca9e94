"""
Senders as they are in life: they know what they were told, and go on from there.

Each takes a file to its end on a server that may die at any moment (`Gone`).
Asked again, it does what a good client does: it looks how far it is, sends
what is missing, and checks every answer against what it was told before.
"""

import base64
import hashlib
import http.client
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

UPLOADS = "/api/v1/uploads"
MEDIA = "application/offset+octet-stream"


class Gone(Exception):  # noqa: N818  # a state of the world, not a mistake
    """The server ended before it had answered."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Connection:
    """One person's requests to one server, each on a connection of its own."""

    url: str
    token: str

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send a request; ``content_type=…`` is the header Content-Type."""
        host = urlsplit(self.url)
        connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["Authorization"] = f"Bearer {self.token}"
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # an answer may have come already
                connection.request(method, path, body, named)
            answer = connection.getresponse()
            content = answer.read()
        except (http.client.HTTPException, ConnectionError) as error:
            raise Gone from error
        finally:
            connection.close()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, content)

    def tus(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send a request of tus."""
        if body is not None:
            headers["content_type"] = MEDIA
        return self.send(method, path, body, tus_resumable="1.0.0", **headers)


class Sender(Protocol):
    """A file and how far its sender has come with it."""

    dataset: str
    content: bytes
    version: str | None

    def run(self, producer: Connection, admin: Connection) -> None:
        """Go on to the end; `version` is then what the file became."""
        ...


@dataclass
class Single:
    """One PUT with the whole file."""

    dataset: str
    content: bytes
    version: str | None = None

    def run(self, producer: Connection, admin: Connection) -> None:
        path = f"/api/v1/datasets/{self.dataset}/versions?filename=f.csv"
        answer = producer.send("PUT", path, self.content)
        assert answer.status in {200, 202}, answer
        self.version = _id_of(answer.body)


@dataclass
class Resumed:
    """Three PATCH requests of tus; the one in the middle carries a checksum."""

    dataset: str
    content: bytes
    version: str | None = None
    place: str | None = None
    told: int = 0

    def run(self, producer: Connection, admin: Connection) -> None:
        self.begun(producer)
        self.version = self.ask(producer)
        ends = [len(self.content) * third // 3 for third in (1, 2, 3)]
        while self.told < len(self.content):
            number, end = next((n, end) for n, end in enumerate(ends) if end > self.told)
            self.append(producer, end, checked=number == 1)

    def begun(self, producer: Connection) -> str:
        """Return its place; begin it if that was not done or not heard."""
        if self.place is None:
            self.place = _create(producer, self.content, dataset=self.dataset)
        return self.place

    def ask(self, producer: Connection) -> str | None:
        """Learn how far the upload is: never less far than was told before."""
        assert self.place is not None
        answer = producer.tus("HEAD", self.place)
        assert answer.status == 200, answer
        reached = int(answer.headers["upload-offset"])
        assert self.told <= reached <= len(self.content), (self.told, reached)
        self.told = reached
        return answer.headers.get("dcs-version")

    def append(self, producer: Connection, end: int, *, checked: bool) -> None:
        """Send the next bytes, which are taken."""
        answer = self.attempt(producer, end, checked=checked)
        assert answer.status == 204, answer
        assert int(answer.headers["upload-offset"]) == end
        self.told = end
        self.version = answer.headers.get("dcs-version")

    def attempt(self, producer: Connection, end: int, *, checked: bool) -> Answer:
        """Send the next bytes and return the answer."""
        piece = self.content[self.told : end]
        headers = {"upload_offset": str(self.told)}
        if checked:
            headers["upload_checksum"] = checksum(piece)
        return producer.tus("PATCH", self.begun(producer), piece, **headers)


@dataclass
class Joined:
    """Two parts of tus that become one file."""

    dataset: str
    content: bytes
    version: str | None = None
    parts: dict[int, str] = field(default_factory=dict)

    def run(self, producer: Connection, admin: Connection) -> None:
        self.send_parts(producer)
        answer = self.join(producer)
        assert answer.status == 201, answer
        self.version = answer.headers["dcs-version"]

    def send_parts(self, producer: Connection) -> None:
        """Send both parts to their ends."""
        half = len(self.content) // 2
        for number, piece in enumerate((self.content[:half], self.content[half:])):
            if number not in self.parts:
                self.parts[number] = _create(producer, piece, upload_concat="partial")
            self._complete(producer, self.parts[number], piece)

    def join(self, producer: Connection) -> Answer:
        """Make one file of both and return the answer."""
        together = f"final;{self.parts[0]} {self.parts[1]}"
        headers = {"upload_concat": together, "upload_metadata": _metadata(self.dataset)}
        return producer.tus("POST", UPLOADS, **headers)

    def _complete(self, producer: Connection, part: str, piece: bytes) -> None:
        answer = producer.tus("HEAD", part)
        assert answer.status == 200, answer
        reached = int(answer.headers["upload-offset"])
        if reached < len(piece):
            answer = producer.tus("PATCH", part, piece[reached:], upload_offset=str(reached))
            assert answer.status == 204, answer


@dataclass
class Discarded:
    """The removal of a file in quarantine."""

    dataset: str
    content: bytes
    version: str | None = None

    def run(self, producer: Connection, admin: Connection) -> None:
        if self.version is None:
            listed = json.loads(admin.send("GET", "/api/v1/quarantine").body)["items"]
            self.version = listed[0]["id"]
        path = f"/api/v1/quarantine/{self.version}/discard"
        body = json.dumps({"reason": "looked at it"}).encode()
        answer = admin.send("POST", path, body, content_type="application/json")
        assert answer.status in {200, 409}, answer  # 409: it was discarded, but nobody heard so
        found = json.loads(admin.send("GET", f"/api/v1/versions/{self.version}").body)
        assert (found["status"], found["reason"]) == ("cancelled", "DISCARDED"), found


def checksum(piece: bytes) -> str:
    """Return what tus says of a request's bytes."""
    return f"sha256 {base64.b64encode(hashlib.sha256(piece).digest()).decode()}"


def _create(producer: Connection, content: bytes, **headers: str) -> str:
    """Begin an upload of tus and return its place."""
    if (dataset := headers.pop("dataset", None)) is not None:
        headers["upload_metadata"] = _metadata(dataset)
    answer = producer.tus("POST", UPLOADS, upload_length=str(len(content)), **headers)
    assert answer.status == 201, answer
    return answer.headers["location"]


def _metadata(dataset: str) -> str:
    pairs = {"dataset": dataset, "filename": "f.csv"}
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())


def _id_of(body: bytes) -> str:
    found: Any = json.loads(body)["id"]
    assert isinstance(found, str)
    return found
