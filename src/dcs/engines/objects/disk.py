"""What a disk must be told, and what it can do wrong."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dcs.core.errors import UnavailableError


def sync_folder(folder: Path) -> None:
    """Make a new name in *folder* survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def disk() -> Iterator[None]:
    """Turn what a disk can do wrong into an error with a next step."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            "The disk could not keep the data. Free some space, then send it again."
        ) from error
