"""Read a case with the csv module in its stated dialect, and look for a second table in it."""

import csv
import io
from collections import Counter

from tests.validation.dirty_csv.writing import Case

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", ":": "colon", "^": "caret", "~": "tilde"}  # fmt: skip


def read_back(case: Case) -> list[list[str]]:
    """Return the rows of the whole file, titles and footers included, blank lines left out."""
    return _rows(case.text, case.delimiter, case.quote, case.escape, case.spaced)


def ambiguous(case: Case) -> bool:
    """
    Tell whether another delimiter gives a table that is as regular.

    A rival must have as many columns, for inner separators (the colons of a
    time, the comma of a price) come in smaller numbers than real delimiters and
    fool no reader. In tables of up to three columns every rival counts, even one
    that only the header speaks against.
    """
    share, width = regularity(read_back(case))
    needed, enough = (2, min(share, 0.9)) if width <= 3 else (width, share)
    for delimiter in DELIMITERS:
        for quote in ('"', "'", None):
            try:
                rows = _rows(case.text, delimiter, quote, case.escape, case.spaced)
            except csv.Error:  # a quote that is never closed
                continue
            other, columns = regularity(rows)
            if delimiter != case.delimiter and columns >= needed and other >= enough:
                return True
    return False


def regularity(rows: list[list[str]]) -> tuple[float, int]:
    """Return the share of the rows that have the commonest width, and that width."""
    ((width, count),) = Counter(map(len, rows)).most_common(1)
    return count / len(rows), width


def _rows(
    text: str, delimiter: str, quote: str | None, escape: str | None, spaced: bool
) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""),
        delimiter=delimiter,
        quotechar=quote,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        doublequote=escape != "backslash",
        escapechar="\\" if escape == "backslash" else None,
        skipinitialspace=spaced,
    )
    return [row for row in reader if row]
