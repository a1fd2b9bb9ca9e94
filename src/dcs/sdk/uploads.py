"""
Send a file in as many requests as it takes (Resumable Uploads for HTTP, draft 12).

The server alone knows how much it has kept, so after every failure it is asked
and the file goes on from there. The bytes are hashed on their way; at the end
the server's hash has to be the same.
"""

import base64
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dcs.sdk.connection import CHUNK, Connection, Json, path_of
from dcs.sdk.errors import ConflictProblem, InvalidProblem, Problem
from dcs.sdk.patience import Patience, passes

Progress = Callable[[int], None]
"""Called with the number of bytes sent so far, counted from the file's beginning."""

SINGLE = 8 * CHUNK  # a file below this size is sent in one request
MEDIA_TYPE = "application/partial-upload"
LOOK_AGAIN = frozenset({"offset_mismatch", "receiving_stopped", "sender_idle", "upload_completed"})
"""Refusals after which the server knows better than we do how far the upload is."""

_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):")


@dataclass(frozen=True, slots=True)
class UploadState:
    """
    How far an upload is.

    Attributes:
        url: Its address.
        offset: How many bytes the server has kept.
        length: How many the whole file has, as it was announced.
        version: The id of the version it has become, once it is complete.
        sha256: The hash of what was kept, once it is complete.
    """

    url: str
    offset: int
    length: int | None
    version: str | None = None
    sha256: str | None = None

    @property
    def percent(self) -> int:
        """How much of the file the server has, rounded down."""
        return 100 * self.offset // self.length if self.length else 0


@dataclass(frozen=True, slots=True)
class UploadsOf:
    """The uploads of one account."""

    connection: Connection

    def begin(
        self, dataset: str, filename: str, length: int, *, submit: bool, sensitive: bool
    ) -> str:
        """Begin an upload without bytes and return its address."""
        flags = {"submit": str(submit).lower(), "sensitive": str(sensitive).lower()}
        answer = self.connection.send(
            "POST",
            path_of("uploads"),
            params={"dataset": dataset, "filename": filename, **flags},
            headers={"Upload-Complete": "?0", "Upload-Length": str(length)},
        )
        return self.connection.own(answer.headers["location"])

    def state(self, url: str) -> UploadState:
        """Ask how far an upload is; a request in flight for it ends."""
        url = self.connection.own(url)
        headers = self.connection.send("HEAD", url).headers
        length = headers.get("upload-length")
        return UploadState(
            url,
            int(headers["upload-offset"]),
            None if length is None else int(length),
            headers.get("dcs-version"),
            digest_in(headers),
        )

    def cancel(self, url: str) -> None:
        """End an upload; the server removes its bytes."""
        self.connection.send("DELETE", self.connection.own(url))


class Sending:
    """One file on its way into one upload; made anew in each process that goes on with it."""

    def __init__(
        self,
        uploads: UploadsOf,
        file: Path,
        state: UploadState,
        patience: Patience,
        on_progress: Progress | None,
    ) -> None:
        self._uploads = uploads
        self._file = file
        self._state = state
        self._patience = patience
        self._on_progress = on_progress
        self._hash = hashlib.sha256()
        self._hashed = 0

    def run(self) -> Json:
        """
        Send what is missing, again and again if it breaks off, and return the version.

        Raises:
            InvalidProblem: The file is not the one the upload was begun with.
            ConflictProblem: The server kept other bytes than this file has now.
            Problem: The server refuses the file, or did not answer often enough.
        """
        with self._file.open("rb") as source:
            length = os.fstat(source.fileno()).st_size
            if self._state.length not in (None, length):
                raise _changed("The file has another size than when the upload was begun.")
            version, sha256 = self._send_all(source, length)
            self._hash_up_to(source, length)
        if self._hash.hexdigest() != sha256:
            detail = f"Version {version['id']} holds other bytes than {self._file.name} has now. "
            hint = "It changed while it was sent: cancel the version's approval and send it again."
            raise ConflictProblem(409, {"code": "content_differs", "detail": detail + hint})
        return version

    def _send_all(self, source: BinaryIO, length: int) -> tuple[Json, str]:
        failures = 0
        while True:
            before = self._state.offset
            try:
                if self._state.version is None:
                    return self._append(source, length)
                return self._complete(self._state.version)
            except Problem as problem:
                failures = self._look_again(problem, failures + 1)
                if self._state.offset > before:
                    failures = 0

    def _look_again(self, problem: Problem, failures: int) -> int:
        """Wait, then ask the server how much it has; return how many attempts have failed."""
        while True:
            if not passes(problem) and problem.code not in LOOK_AGAIN:
                raise problem
            self._patience.pause(failures, problem)
            try:
                self._state = self._uploads.state(self._state.url)
            except Problem as again:
                problem, failures = again, failures + 1
            else:
                return failures

    def _complete(self, version: str) -> tuple[Json, str]:
        """Fetch the version of an upload whose last answer was lost."""
        found = self._uploads.connection.json("GET", path_of("versions", version))
        return found, self._state.sha256 or found["sha256"]

    def _append(self, source: BinaryIO, length: int) -> tuple[Json, str]:
        """Send everything from the server's offset on as the last request."""
        offset = self._state.offset
        headers = {
            "Upload-Offset": str(offset),
            "Upload-Complete": "?1",
            "Content-Type": MEDIA_TYPE,
            "Content-Length": str(length - offset),
        }
        answer = self._uploads.connection.send(
            "PATCH", self._state.url, headers=headers, content=self._chunks(source, offset, length)
        )
        version: Json = answer.json()
        return version, digest_in(answer.headers) or version["sha256"]

    def _chunks(self, source: BinaryIO, offset: int, length: int) -> Iterator[bytes]:
        self._hash_up_to(source, offset)
        source.seek(offset)
        while offset < length:
            chunk = source.read(min(CHUNK, length - offset))
            if not chunk:
                raise _changed("The file became shorter while it was sent.")
            self._hash_new(chunk, offset)
            yield chunk
            offset += len(chunk)
            if self._on_progress is not None:
                self._on_progress(offset)

    def _hash_new(self, chunk: bytes, offset: int) -> None:
        """Hash what of a chunk was not hashed on an earlier way."""
        self._hash.update(memoryview(chunk)[max(self._hashed - offset, 0) :])
        self._hashed = max(self._hashed, offset + len(chunk))

    def _hash_up_to(self, source: BinaryIO, end: int) -> None:
        """Hash the bytes that another process has sent."""
        source.seek(self._hashed)
        while self._hashed < end and (chunk := source.read(min(CHUNK, end - self._hashed))):
            self._hash_new(chunk, self._hashed)


def send_at_once(
    connection: Connection,
    dataset: str,
    file: Path,
    *,
    submit: bool,
    sensitive: bool,
    on_progress: Progress | None,
) -> Json:
    """Send a file in one request, which nobody can go on with."""
    flags = {"submit": str(submit).lower(), "sensitive": str(sensitive).lower()}
    with file.open("rb") as source:
        return connection.json(
            "PUT",
            path_of("datasets", dataset, "versions"),
            params={"filename": file.name, **flags},
            content=_counted(source, on_progress),
            headers={"Content-Length": str(os.fstat(source.fileno()).st_size)},
        )


def digest_in(headers: Mapping[str, str]) -> str | None:
    """Return the SHA-256 that the server worked out, in hexadecimal (RFC 9530)."""
    found = _DIGEST.search(headers.get("repr-digest", ""))
    return None if found is None else base64.b64decode(found[1]).hex()


def _counted(source: BinaryIO, on_progress: Progress | None) -> Iterator[bytes]:
    sent = 0
    while chunk := source.read(CHUNK):
        yield chunk
        sent += len(chunk)
        if on_progress is not None:
            on_progress(sent)


def _changed(detail: str) -> InvalidProblem:
    hint = f"{detail} Send it again from the beginning."
    return InvalidProblem(422, {"code": "file_changed", "detail": hint})
