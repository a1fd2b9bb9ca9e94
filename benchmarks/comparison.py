"""What several runs of several programs say together: medians, ratios, and whether their counts agree."""

import json
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class NoFiguresError(ValueError):
    """A program printed no figures."""


@dataclass(frozen=True)
class Figures:
    """
    What one run cost and counted.

    Attributes:
        cpu: Processor seconds of the work and the processes it started.
        wall: Seconds on the clock.
        start: Processor seconds before the work: interpreter and imports.
        peak: The most bytes of memory of one of its processes.
        counts: What was counted, by name.
        note: What to know before the figures are compared.
    """

    cpu: float
    wall: float
    start: float
    peak: int
    counts: Mapping[str, int]
    note: str


def parse(output: str) -> Figures:
    """
    Read figures from the last line of a program's output; libraries may print before it.

    Raises:
        NoFiguresError: The last line is something else.
    """
    lines = output.strip().splitlines()
    try:
        data: Mapping[str, Any] = json.loads(lines[-1])
        return Figures(
            cpu=float(data["cpu_seconds"]),
            wall=float(data["wall_seconds"]),
            start=float(data["start_seconds"]),
            peak=int(data["peak_bytes"]),
            counts=dict(data["counts"]),
            note=str(data["note"]),
        )
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise NoFiguresError("the last line of the output holds no figures") from error


def median(runs: Sequence[Figures]) -> Figures:
    """
    Return the medians of a program's runs, and the highest of its peaks.

    Raises:
        ValueError: There is no run, or two runs on the same file counted differently.
    """
    if not runs:
        raise ValueError("no run to take a median of")
    if any(each.counts != runs[0].counts for each in runs):
        raise ValueError("two runs on the same file counted differently")
    return Figures(
        cpu=statistics.median(each.cpu for each in runs),
        wall=statistics.median(each.wall for each in runs),
        start=statistics.median(each.start for each in runs),
        peak=max(each.peak for each in runs),
        counts=runs[0].counts,
        note=runs[0].note,
    )


def row(figures: Figures, megabytes: float, ours: Figures | None) -> str:
    """Return the figures in one line, with the ratio to *ours* where there is one."""
    cost = f"{figures.cpu:.2f} CPU s"
    if ours is None:
        cost += f" ({megabytes / figures.cpu:.1f} MB/s)"
    else:
        cost += f", **{figures.cpu / ours.cpu:.2f} × ours**"
    rest = f"{figures.start:.1f} CPU s to start; {figures.wall:.1f} s wall; peak {figures.peak / 1e6:,.0f} MB"
    return f"{cost}; {rest}" + (f"; {figures.note}" if figures.note else "")


def disagreements(counts: Mapping[str, Mapping[str, int]], keys: Iterable[str]) -> list[str]:
    """
    Say of which of the checks *keys* those who counted them do not agree, and who counted what.

    Args:
        counts: For each program what it counted, by check.
        keys: The checks to compare; one that fewer than two programs count agrees.
    """
    found = []
    for key in keys:
        answers: defaultdict[int, list[str]] = defaultdict(list)
        for name, mine in counts.items():
            if key in mine:
                answers[mine[key]].append(name)
        if len(answers) > 1:
            told = ", ".join(f"{n:,} ({', '.join(who)})" for n, who in sorted(answers.items()))
            found.append(f"{key}: {told}")
    return found


def uncounted(counts: Mapping[str, int], keys: Sequence[str]) -> list[str]:
    """Return the checks that a program that counts at least one of them leaves out."""
    missing = [key for key in keys if key not in counts]
    return [] if len(missing) == len(keys) else missing
