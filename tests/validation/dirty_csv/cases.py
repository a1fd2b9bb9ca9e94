"""Combine tables, dialects and dirt at random, from one seed, into files with known answers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from tests.validation.dirty_csv.dirt import DIRT, SINGLE_DIRT, fits
from tests.validation.dirty_csv.reading import DELIMITERS, ambiguous, read_back
from tests.validation.dirty_csv.tables import SINGLE, TABLES, Table
from tests.validation.dirty_csv.writing import Case, Draft, write

SEED = "dirty-csv-1"
CASES_OF_A_KIND = 18
TRIES = 6
LARGE = {"events": ",", "reviews": ";", "bookings": "|"}
LARGE_CHARACTERS = 210 * 1024
WEIGHTS = {",": 34, ";": 24, "\t": 17, "|": 15, ":": 4, "^": 3, "~": 3}
QUOTED_WEIGHTS = {"minimal": 45, "text": 17, "all": 15, "mixed": 10, "none": 13}
LINE_ENDS = {"\n": 55, "\r\n": 33, "\r": 10}
NAMES = {'"': "double", "'": "single", "\n": "lf", "\r\n": "crlf", "\r": "cr"}
PER_COMBINATION = 12  # of one kind of table with one kind of dirt


def cases() -> Iterator[Case]:
    """Yield the same files in the same order each time."""
    rng = Random(SEED)
    used: Counter[tuple[str, str]] = Counter()
    number = 0
    for kind in [kind for kind in TABLES for _ in range(CASES_OF_A_KIND)]:
        delimiter = ";" if kind == "prices" and rng.random() < 0.5 else _one(WEIGHTS, rng)
        for _ in range(TRIES):
            draft = _draft(kind, TABLES[kind], rng, delimiter)
            if used[kind, NAMES[draft.line_end]] >= PER_COMBINATION:
                draft.line_end = "\n"
            names = _chosen_dirt(draft, rng, used)
            case = _finished(number, draft, names, rng)
            if case is not None:
                used.update((kind, name) for name in (NAMES[draft.line_end], *names))
                number += 1
                yield case
                break
    yield from _single_columns(number, rng)
    yield from _large(number + 2 * len(SINGLE), rng)


def _single_columns(number: int, rng: Random) -> Iterator[Case]:
    """Yield files of a single column, clean and with one kind of dirt."""
    for kind, table in SINGLE.items():
        for count in (0, 1):
            draft = _draft(kind, table, rng, delimiter=",", quoting="none")
            case = _finished(number, draft, rng.sample(SINGLE_DIRT, count), rng)
            if case is not None:
                number += 1
                yield case


def _large(number: int, rng: Random) -> Iterator[Case]:
    """Yield files larger than any first look at a file."""
    for kind, delimiter in LARGE.items():
        table = TABLES[kind]
        draft = _draft(kind, table, rng, delimiter=delimiter, quoting="minimal")
        size = 0
        while size < LARGE_CHARACTERS:
            draft.rows.append(table.row(rng, len(draft.rows)))
            size += sum(len(cell) + 1 for cell in draft.rows[-1])
        case = _finished(number, draft, ["title_plain", "ragged"], rng)
        if case is not None:
            number += 1
            yield case


def _draft(
    kind: str, table: Table, rng: Random, delimiter: str, quoting: str | None = None
) -> Draft:
    """Choose the rest of the dialect and make ten to seventy rows."""
    style = rng.choice((str, str, str.title, str.upper, lambda name: name.replace(" ", "_")))
    quoting = quoting or _one(QUOTED_WEIGHTS, rng)
    if kind == "settings" and quoting == "none" and delimiter in ",:":
        quoting = "minimal"  # JSON has commas and colons of its own
    size = rng.choice((rng.randint(10, 25), rng.randint(20, 70)))
    return Draft(
        kind=kind,
        delimiter=delimiter,
        quote='"' if rng.random() < 0.86 else "'",
        backslash=rng.random() < 0.28,
        quoting=quoting,
        line_end=_one(LINE_ENDS, rng),
        rows=[[style(name) for name in table.header], *(table.row(rng, n) for n in range(1, size))],
    )


def _one(weights: dict[str, int], rng: Random) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _chosen_dirt(draft: Draft, rng: Random, used: Counter[tuple[str, str]]) -> list[str]:
    """Choose up to four kinds of dirt, those first that this kind of table has had least."""
    wanted = rng.choices((0, 1, 2, 3, 4), (4, 30, 34, 22, 10))[0]
    chosen: set[str] = set()
    for name in sorted(DIRT, key=lambda name: used[draft.kind, name] + 3 * rng.random()):
        room = used[draft.kind, name] < PER_COMBINATION
        if len(chosen) < wanted and room and fits(name, chosen, draft):
            chosen.add(name)
    return [name for name in DIRT if name in chosen]


def _finished(number: int, draft: Draft, names: list[str], rng: Random) -> Case | None:
    """Make the draft dirty and write it, or return nothing where the answer would be in doubt."""
    for name in names:
        DIRT[name](draft, rng)
    case = write(draft, rng)
    if _in_doubt(case, draft) or ("stray_quote" in names and not draft.stray):
        return None
    dialect = (NAMES.get(case.quote or "", "unquoted"), case.escape or "unescaped", draft.quoting)
    dirt = "+".join((NAMES[draft.line_end], *names))
    title = (f"{number:03}", draft.kind, DELIMITERS[draft.delimiter], *dialect, dirt)
    return replace(case, name="-".join(title))


def _in_doubt(case: Case, draft: Draft) -> bool:
    """Tell whether a careful reader could give another answer, or sees too little of a table."""
    doubled_backslashes = draft.backslash and case.escape is None and "\\" in case.text
    mostly_other_lines = len(case.rows) * 2 <= len(read_back(case))
    return doubled_backslashes or mostly_other_lines or ambiguous(case)
