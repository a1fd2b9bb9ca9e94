"""
What judging costs beside the guide's pipeline and other libraries, on the same table in one run.

All take part in every round, in random order, each in a process of its own. Processor time
is compared, with one thread where a library can be told so; what is spent before the work
(interpreter, imports) is shown apart and in no ratio. Whoever counts a check differently
from the others ends the run: what gives other answers cannot be compared.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.comparison import (
    Figures,
    NoFiguresError,
    disagreements,
    median,
    parse,
    row,
    uncounted,
)
from benchmarks.equal_checks import EQUAL_CHECKS
from benchmarks.peers.installed import Missing
from benchmarks.peers.running import Script, output_of
from benchmarks.table_file import mixed_table

ROUNDS = 3
KEYS = [each.key for each in EQUAL_CHECKS]


@dataclass(frozen=True)
class Subject:
    """Who takes part, whom it is compared with, and how many times our cost its own has to be."""

    name: str
    script: Script
    beside: str | None = None
    bound: str = ""


WHOLE, EQUAL = "ours, whole judgement", "ours, equal checks"
SUBJECTS = (
    Subject(WHOLE, Script("ours_whole")),
    Subject("ours, with names in free text", Script("ours_names")),
    Subject("the guide's pipeline", Script("guide_pipeline", "guide"), WHOLE, "10 × ours"),
    Subject(EQUAL, Script("ours_equal")),
    Subject("Pandera, pandas", Script("pandera_pandas", "pandera"), EQUAL, "3 × ours"),
    Subject("Pandera, Polars", Script("pandera_polars", "pandera"), EQUAL, "2 × ours"),
    Subject("Pointblank, Polars", Script("pointblank_polars", "pointblank"), EQUAL, "2 × ours"),
    Subject("Great Expectations", Script("gx_checks", "guide"), EQUAL, "10 × ours"),
    Subject("DataProfiler", Script("dataprofiler_profile", "dataprofiler"), EQUAL, "20 × ours"),
)


def measure(quick: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the figures of all who take part, and whether their counts agree."""
    rows = 50_000 if quick else 1_000_000
    path = mixed_table(rows)
    size = path.stat().st_size / 1e6
    yield "judging: the table", f"{rows:,} rows × 20 columns, {size:.0f} MB", ""
    figures = run_rounds(SUBJECTS, path, 1 if quick else ROUNDS)
    yield from rows_of(SUBJECTS, figures, size)
    counted = {
        name: each.counts
        for name, each in figures.items()
        if isinstance(each, Figures) and not each.counts.keys().isdisjoint(KEYS)
    }
    different = disagreements(counted, KEYS)
    told = (
        f"{len(KEYS)} counts of {len(counted)} programs, {'; '.join(different) or 'none differs'}"
    )
    yield "judging: equal checks", told, "none differs"
    if different:
        raise AssertionError(f"the same checks were counted differently: {'; '.join(different)}")


def run_rounds(
    subjects: Sequence[Subject], path: Path, rounds: int
) -> Mapping[str, Figures | Missing]:
    """Run everybody *rounds* times on a file; whoever fails once is out, and why is told."""
    runs: dict[str, list[Figures]] = {each.name: [] for each in subjects}
    missing: dict[str, Missing] = {}
    for _ in range(rounds):
        for each in random.sample(subjects, len(subjects)):
            if each.name in missing:
                continue
            run = _run(each.script, path)
            if isinstance(run, Missing):
                missing[each.name] = run
            else:
                runs[each.name].append(run)
    return {name: missing.get(name) or median(found) for name, found in runs.items()}


def _run(script: Script, path: Path) -> Figures | Missing:
    output = output_of(script, [str(path)])
    if isinstance(output, Missing):
        return output
    try:
        return parse(output)
    except NoFiguresError as error:
        return Missing(str(error))


def rows_of(
    subjects: Sequence[Subject], figures: Mapping[str, Figures | Missing], megabytes: float
) -> Iterator[tuple[str, str, str]]:
    """Yield a row for each who takes part; one that could not run has its reason for a figure."""
    for each in subjects:
        found = figures[each.name]
        beside = None if each.beside is None else figures[each.beside]
        if isinstance(found, Missing):
            yield f"judging: {each.name}", f"not measured: {found.reason}", each.bound
            continue
        told = row(found, megabytes, beside if isinstance(beside, Figures) else None)
        left_out = (
            uncounted(found.counts, KEYS) if each.beside == EQUAL or each.name == EQUAL else []
        )
        if left_out:
            told += f"; does not count {', '.join(left_out)}"
        yield f"judging: {each.name}", told, each.bound and f"at least {each.bound}"
