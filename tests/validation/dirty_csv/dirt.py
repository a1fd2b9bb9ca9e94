"""The kinds of dirt, each a named change of a draft; several may be combined."""

from collections.abc import Callable, Mapping
from random import Random

from tests.validation.dirty_csv import words
from tests.validation.dirty_csv.tables import prose
from tests.validation.dirty_csv.writing import Draft

Dirt = Callable[[Draft, Random], None]

NUMERIC_KINDS = {"statistics", "prices", "measurements", "flags", "bookings"}
SMALL_ONLY = {"title_plain", "title_delimited", "footer", "ragged", "delimiter_rows"}
AT_MOST_ONE = (
    {"no_header", "punctuated_header", "year_header"},
    {"wide", "narrow"},
    *({"few_rows", other} for other in sorted(SMALL_ONLY)),
    {"delimiter_rows", "narrow"},
)


def fits(name: str, others: set[str], draft: Draft) -> bool:
    """Tell whether a kind of dirt makes sense in this draft beside the others."""
    if any(name in group and group & others for group in AT_MOST_ONE):
        return False
    if name == "stray_quote":
        return draft.quoting != "all"
    if name == "spaced":
        return draft.delimiter != "\t"
    return name != "year_header" or draft.kind in NUMERIC_KINDS


def _trailing(draft: Draft, rng: Random) -> None:
    draft.trailing = True


def _blank_first(draft: Draft, rng: Random) -> None:
    draft.blank_first = rng.randint(1, 3)


def _blank_last(draft: Draft, rng: Random) -> None:
    draft.blank_last = rng.randint(1, 4)


def _title_plain(draft: Draft, rng: Random) -> None:
    """One to three lines without the delimiter; sometimes a blank line before the header."""
    fitting = [line for line in words.TITLE_LINES if draft.delimiter not in line]
    draft.titles += rng.sample(fitting, rng.randint(1, 3)) + [""] * rng.randint(0, 1)


def _title_delimited(draft: Draft, rng: Random) -> None:
    """Lines with the delimiter: padded as spreadsheets do, keys and values, ``sep=``."""
    delimiter = draft.delimiter
    padding = delimiter * (draft.width - 1)
    lines = [
        f"Sales report{padding}",
        f"Region{delimiter}North",
        f"# Created{delimiter}2024-03-01{delimiter}by night job",
        f"sep={delimiter}",
        f"Stand{delimiter}31.12.2023{padding[1:]}",
    ]
    draft.titles += rng.sample(lines, rng.randint(1, 3))


def _footer(draft: Draft, rng: Random) -> None:
    padded = f"Total{draft.delimiter * (draft.width - 1)}1234"
    draft.footers += [rng.choice((padded, *words.FOOTER_LINES, *words.FOOTER_LINES))]


def _ragged(draft: Draft, rng: Random) -> None:
    """Let at most a tenth of the rows lack cells or have too many."""
    body = range(1, len(draft.rows))
    for row in rng.sample(body, rng.randint(1, max(1, len(body) // 10))):
        cells, count = draft.rows[row], rng.randint(1, 2)
        longer = rng.random() < 0.5
        draft.rows[row] = (
            [*cells, *["extra"] * count] if longer else cells[: -min(count, draft.width - 1)]
        )


def _spaced(draft: Draft, rng: Random) -> None:
    draft.spaced = True


def _no_header(draft: Draft, rng: Random) -> None:
    del draft.rows[0]


def _punctuated_header(draft: Draft, rng: Random) -> None:
    forms = (
        "{} (net)", "{}?", "% {}", "No. / {}", "{}, total", "{}: value", "{} [€]", "#{}", "Ø {}",
        "{} | alt.", "owner's {}", "{} - n.a.", "{}; see note 1", "{}*", "{} @ 20 °C",
    )  # fmt: skip
    draft.rows[0] = [rng.choice(forms).format(name) for name in draft.rows[0]]


def _year_header(draft: Draft, rng: Random) -> None:
    first = rng.randint(1960, 2015)
    draft.rows[0] = [draft.rows[0][0], *(str(first + n) for n in range(draft.width - 1))]


def _few_rows(draft: Draft, rng: Random) -> None:
    del draft.rows[1 + rng.randint(1, 3) :]


def _long_row(draft: Draft, rng: Random) -> None:
    """Let one row carry a text of several thousand characters."""
    row = rng.randrange(1, len(draft.rows))
    cells = draft.rows[row]
    column = max(range(len(cells)), key=lambda n: sum(map(str.isalpha, cells[n])))
    cells[column] = prose(rng, rng.randint(400, 3000))


def _wide(draft: Draft, rng: Random) -> None:
    """Add columns until there are sixty."""
    missing = 60 - draft.width
    draft.rows[0] += [f"q{n + 1}" for n in range(missing)]
    for row in draft.rows[1:]:
        row += [rng.choice(("", "1", "0", "3.5", "yes", "n/a")) for _ in range(missing)]


def _narrow(draft: Draft, rng: Random) -> None:
    """Keep two or three columns."""
    kept = sorted(rng.sample(range(draft.width), rng.randint(2, 3)))
    draft.rows[:] = [[row[column] for column in kept] for row in draft.rows]


def _duplicates(draft: Draft, rng: Random) -> None:
    for _ in range(rng.randint(1, 5)):
        row = rng.choice(draft.rows[1:])
        draft.rows.insert(rng.randint(1, len(draft.rows)), list(row))


def _empty_columns(draft: Draft, rng: Random) -> None:
    for name in rng.choice((("",), ("", ""), ("reserved",), ("spare", ""))):
        column = rng.randint(1, draft.width)
        for number, row in enumerate(draft.rows):
            row.insert(column, "" if number else name)


def _empty_cells(draft: Draft, rng: Random) -> None:
    for row in draft.rows[1:]:
        row[1:] = [cell if rng.random() < 0.7 else "" for cell in row[1:]]


def _delimiter_rows(draft: Draft, rng: Random) -> None:
    """Rows without a single value, at the end or anywhere."""
    for _ in range(rng.randint(1, 3)):
        place = rng.choice((len(draft.rows), rng.randint(1, len(draft.rows))))
        draft.rows.insert(place, [""] * draft.width)


def _stray_quote(draft: Draft, rng: Random) -> None:
    draft.stray = True


def _bom(draft: Draft, rng: Random) -> None:
    draft.mark = True


DIRT: Mapping[str, Dirt] = {  # in the order in which they are applied
    "few_rows": _few_rows,
    "narrow": _narrow,
    "empty_cells": _empty_cells,
    "wide": _wide,
    "empty_columns": _empty_columns,
    "punctuated_header": _punctuated_header,
    "year_header": _year_header,
    "long_row": _long_row,
    "duplicates": _duplicates,
    "delimiter_rows": _delimiter_rows,
    "title_plain": _title_plain,
    "title_delimited": _title_delimited,
    "footer": _footer,
    "ragged": _ragged,
    "no_header": _no_header,
    "trailing_delimiter": _trailing,
    "spaced": _spaced,
    "stray_quote": _stray_quote,
    "blank_first": _blank_first,
    "blank_last": _blank_last,
    "bom": _bom,
}
SINGLE_DIRT = ("title_plain", "footer", "blank_first", "blank_last", "bom", "duplicates")
