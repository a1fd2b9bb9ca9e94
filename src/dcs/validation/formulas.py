"""
Cells that a spreadsheet would run instead of show.

The rule is one for both sides: such cells are flagged when a file is judged and
kept exactly as they were sent, and are made harmless where rows leave as CSV.
It is written in RE2's syntax, which DuckDB and Arrow share. The characters are
those of OWASP's page on CSV injection, with their full-width forms; signs in
front of plain numbers, times, coordinates and telephone numbers are none.
"""

import pyarrow as pa
import pyarrow.compute as pc

STARTS = r"""^[\s"']*[=+\-@\t\r＝＋－＠]"""  # full-width on purpose
_NUMBER = r"[-+]?[$€£¥]? ?(?:[0-9][0-9.,'\x{a0}\x{202f} ]*|[.,][0-9]+)(?:[eE][-+]?[0-9]{1,3})? ?[%‰°$€£¥]?"
_TIME = r"[-+]?[0-9]{1,4}(?::[0-9]{2}){1,2}|[-+][0-9]{4,6}-[0-9]{2}-[0-9]{2}"
_PHONE = r"\+[0-9(][0-9 ().\-/]{4,22}(?: ?(?:x|ext\.?) ?[0-9]{1,6})?"
HARMLESS = rf"""^["' ]*(?:[-+]{{1,3}}|{_NUMBER}(?:[,;] ?{_NUMBER})*|{_TIME}|{_PHONE})["' ]*$"""


def formula_sql(cell: str) -> str:
    """Return SQL that is true where the text in *cell* would be run."""
    harmless = HARMLESS.replace("'", "''")
    starts = STARTS.replace("'", "''")
    return f"regexp_matches({cell}, '{starts}') AND NOT regexp_matches({cell}, '{harmless}')"


def are_formulas(values: pa.Array) -> pa.BooleanArray:
    """Return for each text whether it would be run; a missing one is not."""
    starts = pc.match_substring_regex(values, pattern=STARTS)
    harmless = pc.match_substring_regex(values, pattern=HARMLESS)
    return pc.fill_null(pc.and_not(starts, harmless), False)


def neutralised(values: pa.Array) -> pa.Array:
    """
    Return the texts with an apostrophe in front of each that would be run.

    The first character decides for nearly all cells, at a third of the price of
    the rule itself; only the others are held against it.
    """
    possible = pc.is_in(pc.utf8_slice_codeunits(values, 0, 1), value_set=_first(values.type))
    cells = values.filter(possible)
    if not len(cells):
        return values
    empty = pa.scalar("", cells.type)
    quoted = pc.binary_join_element_wise(pa.scalar("'", cells.type), cells, empty)
    return pc.replace_with_mask(values, possible, pc.if_else(are_formulas(cells), quoted, cells))


def _first(kind: pa.DataType) -> pa.Array:
    """Return the characters that a formula can begin with."""
    return pa.array(list("=+-@\t\r＝＋－＠ \n\f\"'"), kind)
