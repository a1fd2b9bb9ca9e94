"""Tasks that behave as badly as a file could make them."""

import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from dcs.engines.sandbox import progress, telling


def echo(arguments: Mapping[str, Any]) -> Any:
    return dict(arguments)


def environment(_arguments: Mapping[str, Any]) -> list[str]:
    return sorted(os.environ)


def noisy(_arguments: Mapping[str, Any]) -> str:
    sys.stdout.write('{"outcome": "done", "result": "spoiled"}')
    sys.stdout.flush()
    os.write(1, b"spoiled")
    return "fine"


def fail(arguments: Mapping[str, Any]) -> None:
    raise ValueError(arguments["text"])


def hungry(_arguments: Mapping[str, Any]) -> int:
    return len(bytearray(10 * 1024**3))


def sleepy(_arguments: Mapping[str, Any]) -> None:
    time.sleep(60)


def wordy(_arguments: Mapping[str, Any]) -> str:
    return "x" * 10_000_000


def crash(_arguments: Mapping[str, Any]) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def write(arguments: Mapping[str, Any]) -> None:
    with Path(arguments["path"]).open("wb") as target:
        target.write(b"x" * 10_000_000)


def linger(arguments: Mapping[str, Any]) -> None:
    Path(arguments["path"]).write_text(str(os.getpid()))
    time.sleep(60)


def count(arguments: Mapping[str, Any]) -> int:
    mark = Path(arguments["folder"]) / arguments["name"]
    mark.touch()
    time.sleep(0.1)
    running = len(list(mark.parent.iterdir()))
    mark.unlink()
    return running


def steady(arguments: Mapping[str, Any]) -> str:
    for done in range(arguments["steps"] + 1):
        progress(done, arguments["steps"])
    return "done"


def babbling(arguments: Mapping[str, Any]) -> str:
    pipe = telling._teller.pipe
    assert pipe is not None
    os.set_blocking(pipe, True)
    with suppress(BrokenPipeError):
        os.write(pipe, arguments["said"].encode() * arguments["times"])
    return "done"
