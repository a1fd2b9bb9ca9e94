"""
The least that receiving can cost: a raw socket, SHA-256 and a write, nothing else.

``python floor.py PORT FOLDER``. One thread a connection reads into one buffer of
a mebibyte; receiving, hashing and writing all let other threads run meanwhile.
"""

import hashlib
import os
import re
import socket
import sys
import threading
from pathlib import Path

BUFFER = 1024 * 1024
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def main() -> None:
    """Serve until killed."""
    folder = Path(sys.argv[2])
    listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_serve, args=(connection, folder), daemon=True).start()


def _serve(connection: socket.socket, folder: Path) -> None:
    with connection:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (piece := connection.recv(512)):
                return
            head += piece
        head, _, first = head.partition(b"\r\n\r\n")
        found = LENGTH.search(head)
        size = int(found[1]) if found else 0
        digest = _receive(connection, folder / "received", first, size)
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
        connection.sendall(answer % (len(digest), digest.encode()))


def _receive(connection: socket.socket, path: Path, first: bytes, size: int) -> str:
    file = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    running, view = hashlib.sha256(first), memoryview(bytearray(BUFFER))
    done = os.write(file, first)
    while done < size:
        filled = 0
        while filled < min(BUFFER, size - done):
            if not (got := connection.recv_into(view[filled:])):
                raise EOFError
            filled += got
        os.write(file, view[:filled])
        running.update(view[:filled])
        done += filled
    os.close(file)
    return running.hexdigest()


if __name__ == "__main__":
    main()
