"""
A ClamAV daemon, trusted only where it says that it scanned everything.

By default clamd answers ``OK`` for what lies beyond its limits: the end of a
large file, and of what a small archive unfolds to. So it gets windows smaller
than its usual limits, of bytes that are decoded already. Windows overlap; the
next one fills while clamd scans the one before. Over a socket of this machine
a window goes as a descriptor of memory (FILDES), which spares clamd a
temporary file; over TCP as a stream (INSTREAM). Protocol: clamd(8).
"""

import os
import re
import socket
import struct
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from dcs.engines.scanner import (
    Scan,
    ScannerAddressError,
    ScannerUnavailableError,
    Verdict,
    VerdictKind,
)
from dcs.engines.scanner.windows import OVERLAP

WINDOW = 64 * 1024 * 1024
READ = 1024 * 1024
SECONDS = 120.0  # for each answer
LONGEST_ANSWER = 4096
_ANSWER = re.compile(
    rb"(?:stream|fd\[\d+\]): (?:(?P<ok>OK)|(?P<threat>[\x21-\x7e]{1,200}) FOUND)\x00"
)

Address = str | tuple[str, int]


class ClamdScanner:
    """Scan with the daemon at an address; each window is a connection of its own."""

    def __init__(self, address: Address, seconds: float = SECONDS) -> None:
        self._address = address
        self._seconds = seconds

    @classmethod
    def at(cls, address: str) -> "ClamdScanner":
        """
        Read ``clamd:///run/clamd.sock`` or ``clamd://127.0.0.1:3310``; nothing connects yet.

        Raises:
            ScannerAddressError: It is neither.
        """
        parts = urlsplit(address)
        try:
            port = parts.port
        except ValueError:
            port = None
        if parts.scheme == "clamd" and parts.path and not parts.netloc:
            return cls(parts.path)
        if parts.scheme == "clamd" and parts.hostname and port and not parts.path:
            return cls((parts.hostname, port))
        raise ScannerAddressError(
            "A scanner's address is yara, clamd:///PATH/OF/SOCKET or clamd://HOST:PORT."
        )

    @property
    def revision(self) -> str:
        """Return the version and the signatures' date, as clamd says them."""
        try:
            with connect(self._address, self._seconds) as peer:
                peer.sendall(b"zVERSION\0")
                answer = _receive(peer)
        except OSError as error:
            raise ScannerUnavailableError(
                "The ClamAV daemon does not answer. Start it, or correct its address."
            ) from error
        if not answer.startswith(b"ClamAV ") or not answer.endswith(b"\0"):
            raise ScannerUnavailableError("What answers at the scanner's address is no ClamAV.")
        return answer[:-1].decode("ascii", errors="replace")

    def begin(self) -> Scan:
        """Begin to send a stream."""
        return _ClamdScan(self._address, self._seconds)

    def scan(self, path: Path) -> Verdict:
        """Send the file's bytes as they are."""
        scan = _ClamdScan(self._address, self._seconds)
        try:
            with path.open("rb", buffering=0) as source:
                while not scan.decided and (chunk := source.read(READ)):
                    scan.feed(chunk)
        except OSError:
            scan.fail()
        return scan.finish()


class _Window(Protocol):
    """One window on its way to clamd."""

    def send(self, chunk: bytes) -> None: ...
    def end(self) -> None: ...
    def answer(self) -> bytes: ...
    def close(self) -> None: ...


class _ClamdScan:
    """One stream: a window that fills, and at most one before it that clamd looks at."""

    def __init__(self, address: Address, seconds: float) -> None:
        self._address = address
        self._seconds = seconds
        self._filling: _Window | None = None
        self._asked: _Window | None = None
        self._fresh = 0
        self._tail = b""
        self._verdict: Verdict | None = None

    @property
    def decided(self) -> bool:
        """Whether more bytes would not change the verdict."""
        return self._verdict is not None

    def feed(self, chunk: bytes) -> None:
        """Send the bytes, and begin another window where one is full."""
        try:
            for at in range(0, len(chunk), READ):
                if self._verdict is None:
                    self._push(chunk[at : at + READ])
        except OSError:
            self.fail()

    def fail(self) -> None:
        """Decide that the scan did not complete."""
        self._verdict = self._verdict or Verdict(VerdictKind.ERROR)

    def finish(self) -> Verdict:
        """Wait for the answers that are outstanding."""
        try:
            if self._verdict is None:
                self._push(b"")  # so that even an empty file is an answer of clamd
                self._turn()
                self._settle()
        except OSError:
            self.fail()
        finally:
            self._close()
        return self._verdict or Verdict(VerdictKind.CLEAN)

    def _push(self, piece: bytes) -> None:
        if self._filling is None:
            self._filling = _window(self._address, self._seconds)
            self._filling.send(self._tail)
            self._fresh = 0
        self._filling.send(piece)
        self._fresh += len(piece)
        self._tail = (self._tail + piece)[-OVERLAP:]
        if self._fresh >= WINDOW:
            self._turn()

    def _turn(self) -> None:
        """Ask about the window that is full, once the one before it is answered."""
        self._settle()
        if self._filling is not None:
            self._filling.end()
            self._asked, self._filling = self._filling, None

    def _settle(self) -> None:
        if self._asked is None:
            return
        verdict = judge(self._asked.answer())
        self._asked.close()
        self._asked = None
        if verdict.kind is not VerdictKind.CLEAN:
            self._verdict = self._verdict or verdict

    def _close(self) -> None:
        for window in (self._filling, self._asked):
            if window is not None:
                window.close()
        self._filling = self._asked = None


class _Streamed:
    """A window as INSTREAM: lengths and bytes, as they come."""

    def __init__(self, address: Address, seconds: float) -> None:
        self._peer = connect(address, seconds)
        self._peer.sendall(b"zINSTREAM\0")
        self._open = True

    def send(self, chunk: bytes) -> None:
        if chunk:
            self._write(struct.pack(">I", len(chunk)) + chunk)

    def end(self) -> None:
        self._write(struct.pack(">I", 0))

    def answer(self) -> bytes:
        return _receive(self._peer)

    def close(self) -> None:
        self._peer.close()

    def _write(self, data: bytes) -> None:
        """Send; where clamd has hung up, its answer says why."""
        try:
            if self._open:
                self._peer.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            self._open = False


class _Shared:
    """A window as memory whose descriptor is passed with FILDES."""

    def __init__(self, address: Address, seconds: float) -> None:
        self._address = address
        self._seconds = seconds
        self._memory = os.memfd_create("window")
        self._peer: socket.socket | None = None

    def send(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        while view:
            view = view[os.write(self._memory, view) :]

    def end(self) -> None:
        os.lseek(self._memory, 0, os.SEEK_SET)
        self._peer = connect(self._address, self._seconds)
        self._peer.sendall(b"zFILDES\0")
        socket.send_fds(self._peer, [b"\0"], [self._memory])

    def answer(self) -> bytes:
        return b"" if self._peer is None else _receive(self._peer)

    def close(self) -> None:
        if self._peer is not None:
            self._peer.close()
        os.close(self._memory)


def _window(address: Address, seconds: float) -> _Window:
    """Begin a window the way the address allows."""
    return (_Shared if isinstance(address, str) else _Streamed)(address, seconds)


def judge(answer: bytes) -> Verdict:
    """Read clamd's answer about one window: an exact ``OK`` is clean, nothing else is."""
    said = _ANSWER.fullmatch(answer)
    if said is None:
        refused = b"size limit exceeded" in answer
        return Verdict(VerdictKind.TOO_LARGE if refused else VerdictKind.ERROR)
    if said["ok"]:
        return Verdict(VerdictKind.CLEAN)
    threat = said["threat"].decode("ascii")
    if threat.startswith("Heuristics.Limits.Exceeded"):
        return Verdict(VerdictKind.TOO_LARGE, threat)
    if threat.startswith("Heuristics.Encrypted"):
        return Verdict(VerdictKind.ERROR, threat)
    return Verdict(VerdictKind.INFECTED, threat)


def connect(address: Address, seconds: float) -> socket.socket:
    """Connect to clamd; every wait on the socket ends after some seconds."""
    if not isinstance(address, str):
        return socket.create_connection(address, timeout=seconds)
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.settimeout(seconds)
    try:
        peer.connect(address)
    except OSError:
        peer.close()
        raise
    return peer


def _receive(peer: socket.socket) -> bytes:
    """Return an answer up to its NUL, or as far as it came."""
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        part = peer.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer
