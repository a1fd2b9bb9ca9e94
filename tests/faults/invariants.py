"""What must hold whatever was killed, read from the disk and the database and from nowhere else."""

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

KEPT = "state = 'open' OR (state = 'complete' AND kind = 'partial')"


def rows(folder: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Ask the database beside the server."""
    address = f"file:{folder / 'dcs.sqlite'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=10)) as connection:
        return connection.execute(query, values).fetchall()


def nothing_is_half_visible(folder: Path) -> None:
    """Every version in use and every known object is there, of its size and its hash."""
    known = {
        (tenant, sha256): size
        for tenant, sha256, size in rows(folder, "SELECT tenant, sha256, size FROM blob")
    }
    for (tenant, sha256), size in known.items():
        content = (folder / "objects" / tenant / sha256[:2] / sha256).read_bytes()
        assert len(content) == size
        assert hashlib.sha256(content).hexdigest() == sha256
    query = "SELECT tenant, sha256, bytes FROM version WHERE status <> 'cancelled'"
    for tenant, sha256, size in rows(folder, query):
        assert known.get((tenant, sha256)) == size, "a version without its object"


def nothing_is_left(folder: Path) -> None:
    """No file is there that no row knows of; what is just being stored is given time to end."""
    until = time.monotonic() + 20
    while (left := sorted(_left(folder))) and time.monotonic() < until:
        time.sleep(0.05)  # another process has no event to wait for
    assert left == []


def versions_of(folder: Path, content: bytes) -> list[tuple[Any, ...]]:
    """Return the versions with exactly this content, as their id, status and reason."""
    sha256 = hashlib.sha256(content).hexdigest()
    return rows(folder, "SELECT id, status, reason FROM version WHERE sha256 = ?", sha256)


def open_uploads(folder: Path) -> list[str]:
    """Return the uploads that are under way."""
    return [upload for (upload,) in rows(folder, "SELECT id FROM upload WHERE state = 'open'")]


def _left(folder: Path) -> Iterator[str]:
    objects = {
        str(path.relative_to(folder)) for path in (folder / "objects").rglob("*") if path.is_file()
    }
    known = {
        f"objects/{tenant}/{sha256[:2]}/{sha256}"
        for tenant, sha256 in rows(folder, "SELECT tenant, sha256 FROM blob")
    }
    yield from objects - known
    yield from (str(path) for path in (folder / "staging").iterdir())
    kept = set()
    query = f"SELECT tenant, id, state FROM upload WHERE {KEPT}"  # noqa: S608  # of this file
    for tenant, upload, state in rows(folder, query):
        kept.add(f"{tenant}/{upload}")
        if state == "open":
            kept.add(f"{tenant}/{upload}.held")  # where its next turn has to cut it
    for path in (folder / "uploads").rglob("*"):
        if path.is_file() and str(path.relative_to(folder / "uploads")) not in kept:
            yield str(path)
