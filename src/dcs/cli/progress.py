"""What a person at a terminal sees of a file on its way; elsewhere nothing is drawn."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dcs.cli.connection import note


class Display:
    """How far a file has come; this one draws no bar."""

    def sent(self, size: int) -> None:
        """Note how many bytes of the file were sent."""

    def stage(self, version: Mapping[str, Any]) -> None:
        """Show which stage the version has reached, where a person looks at it."""
        if sys.stderr.isatty():
            note(f"  {version['progress']:3d} %  {version['status'].replace('_', ' ')}")


class Bar(Display):
    """A display that moves a bar."""

    def __init__(self, move: Callable[[int], None]) -> None:
        self._move = move

    def sent(self, size: int) -> None:
        """Move the bar to so many bytes."""
        self._move(size)


@contextmanager
def display(file: Path, begun: int = 0) -> Iterator[Display]:
    """
    Lend a display for sending a file: with bytes, rate and time left on a terminal.

    Args:
        file: The file.
        begun: How many of its bytes were sent before; they do not count as fast ones.
    """
    if not sys.stderr.isatty():
        yield Display()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TaskProgressColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress("  sending", *columns, console=console, expand=True) as progress:
        task = progress.add_task("", total=file.stat().st_size, completed=begun)
        yield Bar(lambda size: progress.update(task, completed=size))
