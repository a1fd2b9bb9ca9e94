"""
What the child has found out so far, in a file: it stays when the child does not.

One line says that a rule begins, another how it ended. The parent reads which
rule was running when its child was ended.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dcs.validation.rules.models import Verdict

MOST_BYTES = 64 * 1024 * 1024


class Journal:
    """The child's side."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def begin(self, rule: int) -> None:
        """Note that a rule is about to be run."""
        self._write({"begun": rule})

    def late(self, rule: int) -> None:
        """Note that a rule does not stop although its time is over."""
        self._write({"late": rule})

    def end(self, rule: int, verdict: Verdict) -> None:
        """Note how a rule ended."""
        self._write({"ended": rule, "verdict": verdict.to_json()})

    def _write(self, entry: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as target:
            target.write(json.dumps(entry) + "\n")


@dataclass(slots=True)
class Read:
    """
    The parent's side.

    Attributes:
        verdicts: How rules ended, by their number.
        running: The rule that began and did not end.
        late: Whether it was ended because its time was over.
    """

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    running: int | None = None
    late: bool = False


def read_journal(path: Path) -> Read:
    """Read what a child wrote until it ended, as far as it can be understood."""
    read = Read()
    if not path.exists():
        return read
    with path.open("rb") as source:
        lines = source.read(MOST_BYTES).split(b"\n")[:-1]  # what follows the last one was cut off
    with suppress(ValueError, KeyError, TypeError):
        for line in lines:
            _take(read, json.loads(line))
    return read


def _take(read: Read, entry: Mapping[str, Any]) -> None:
    if "begun" in entry:
        read.running = int(entry["begun"])
    elif "late" in entry:
        read.late = True
    else:
        read.verdicts[int(entry["ended"])] = Verdict.from_json(entry["verdict"])
        read.running = None
