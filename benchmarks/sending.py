"""
A client that costs next to nothing: the kernel sends a file's pages by itself.

One connection; the bodies are parts of a file, and the checksums of the parts
are worked out before the clock runs.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

MIB = 1024**2
TUS = {"Tus-Resumable": "1.0.0"}
UPLOADS = "/api/v1/uploads"
LINE = b"1234567,some text that repeats,89.25\n"


class Sender:
    """One connection to a server."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        address = urlsplit(url)
        self._connection = HTTPConnection(address.hostname or "", address.port, timeout=300)
        self._headers = dict(headers or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        file: Path | None = None,
        part: tuple[int, int] | None = None,
    ) -> Mapping[str, str]:
        """Send a request whose body is *part* of *file*; return the answer's headers."""
        start, size = part or (0, 0 if file is None else file.stat().st_size)
        self._connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (self._headers | dict(headers)).items():
            self._connection.putheader(name, value)
        self._connection.putheader("Content-Length", str(size))
        self._connection.endheaders()
        if file is not None:
            with file.open("rb") as source:
                self._connection.sock.sendfile(source, start, size)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return {name.lower(): value for name, value in answer.getheaders()}


def tus(
    sender: Sender,
    path: str,
    file: Path,
    metadata: str = "",
    parts: int | None = None,
    checksums: list[str] | None = None,
    concat: str = "",
) -> str:
    """Create an upload by tus, send it in one PATCH or in PATCHes of *parts* bytes; return its path."""
    size = file.stat().st_size
    extra = {"Upload-Metadata": metadata, "Upload-Concat": concat}
    extra = {name: value for name, value in extra.items() if value}
    created = sender.send("POST", path, {**TUS, **extra, "Upload-Length": str(size)})
    place = urlsplit(created["location"]).path
    for number, (start, length) in enumerate(ranges(size, parts)):
        headers = {
            **TUS,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(start),
        }
        if checksums is not None:
            headers["Upload-Checksum"] = checksums[number]
        sender.send("PATCH", place, headers, file, (start, length))
    return place


def tus_and_back(sender: Sender, path: str, file: Path, concat: str = "") -> None:
    """Send an upload by tus and remove it again, so that its memory is free for the next one."""
    sender.send("DELETE", tus(sender, path, file, concat=concat), TUS)


def ranges(size: int, parts: int | None) -> Iterator[tuple[int, int]]:
    """Yield where each part begins and how long it is."""
    step = parts or size
    for start in range(0, size, step):
        yield start, min(step, size - start)


def checksums_of(file: Path, parts: int | None) -> list[str]:
    """Return tus's checksum of every part."""
    found = []
    with file.open("rb") as source:
        for _, length in ranges(file.stat().st_size, parts):
            digest = hashlib.sha256(source.read(length)).digest()
            found.append("sha256 " + base64.b64encode(digest).decode())
    return found


def put(sender: Sender, file: Path) -> None:
    """Send a file in one request, as the studio and the command line do."""
    path = f"/api/v1/datasets/large/versions?filename={file.name}&submit=false"
    sender.send("PUT", path, {"Content-Type": "application/octet-stream"}, file)


def ietf(sender: Sender, file: Path) -> None:
    """Begin an upload by the IETF's protocol and send all of it in one PATCH."""
    path = f"{UPLOADS}?dataset=large&filename={file.name}&submit=false"
    created = sender.send("POST", path, {"Upload-Complete": "?0"})
    headers = {
        "Content-Type": "application/partial-upload",
        "Upload-Offset": "0",
        "Upload-Complete": "?1",
    }
    sender.send("PATCH", created["location"], headers, file)


def write_lines(path: Path, size: int) -> None:
    """Write about *size* bytes of CSV."""
    block = LINE * (MIB // len(LINE))
    with path.open("wb") as target:
        target.write(b"a,b,c\n")
        while target.tell() < size:
            target.write(block[: size - target.tell()])
