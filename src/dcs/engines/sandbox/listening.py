"""
The parent's side of progress: read what a child tells, as far as it makes sense.

The child reads hostile input, so what it says is not trusted: a line is at
most a few bytes of JSON with two numbers, and after the first that is not, or
after very many, nobody listens any more.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dcs.engines.sandbox.telling import Progress

LINE = 256  # bytes
LAST_WORDS = 1.0  # seconds for what is still in the pipe after the child has ended
MOST_LINES = 100_000  # ten a second for almost three hours


@asynccontextmanager
async def listening(progress: Progress | None) -> AsyncIterator[int | None]:
    """
    Lend the writing end of a pipe to a child, and call *progress* with what it tells.

    Yields:
        The descriptor to pass on, or None where nobody wants to know. It is closed here
        afterwards, so the pipe ends with the child.
    """
    if progress is None:
        yield None
        return
    reading, writing = os.pipe()
    reader = asyncio.StreamReader(limit=LINE)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(reading, "rb", 0)
    )
    listener = asyncio.create_task(_follow(reader, progress))
    try:
        yield writing
    finally:
        os.close(writing)
        await asyncio.wait({listener}, timeout=LAST_WORDS)
        listener.cancel()
        transport.close()
    if listener.done() and not listener.cancelled():
        listener.result()  # an error of the caller's own function is the caller's to see


async def _follow(reader: asyncio.StreamReader, progress: Progress) -> None:
    for _ in range(MOST_LINES):
        try:
            line = await reader.readline()
        except ValueError:  # longer than any line of ours
            return
        told = _told(line)
        if told is None:
            return
        progress(*told)


def _told(line: bytes) -> tuple[int, int] | None:
    """Return what a line says, or None where it is none of ours."""
    try:
        said = json.loads(line)
        done, total = said["done"], said["total"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if type(done) is not int or type(total) is not int or not 0 <= done <= total:
        return None
    return done, total
