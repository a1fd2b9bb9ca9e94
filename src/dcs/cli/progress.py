"""What a person at a terminal sees of a file on its way; elsewhere nothing is drawn."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dcs.cli.connection import note


class Display:
    """How far a file has come; this one draws no bar."""

    def sent(self, size: int, whole: int | None = None) -> None:
        """Note how many bytes of the file have come, and how many there are once it is known."""

    def stage(self, version: Mapping[str, Any]) -> None:
        """Show which stage the version has reached, where a person looks at it."""
        if sys.stderr.isatty():
            note(f"  {version['progress']:3d} %  {version['status'].replace('_', ' ')}")


class Bar(Display):
    """A display that moves a bar."""

    def __init__(self, move: Callable[[int, int | None], None]) -> None:
        self._move = move

    def sent(self, size: int, whole: int | None = None) -> None:
        """Move the bar to so many bytes."""
        self._move(size, whole)


@contextmanager
def display(what: str, size: int | None, begun: int = 0, *, keep: bool = True) -> Iterator[Display]:
    """
    Lend a display for a file on its way: with bytes, rate and time left on a terminal.

    Args:
        what: What is done, in a word.
        size: Bytes of the file, if they are known yet.
        begun: How many of its bytes were sent before; they do not count as fast ones.
        keep: Whether the bar stays on the terminal when the work is done.
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
    with Progress(
        f"  {what}", *columns, console=console, expand=True, transient=not keep
    ) as progress:
        task = progress.add_task("", total=size, completed=begun)

        def move(done: int, whole: int | None) -> None:
            progress.update(task, completed=done, total=size if whole is None else whole)

        yield Bar(move)
