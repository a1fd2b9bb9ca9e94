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
    if not pc.any(starts).as_py():
        return pc.fill_null(starts, False)
    harmless = pc.match_substring_regex(values, pattern=HARMLESS)
    return pc.fill_null(pc.and_not(starts, harmless), False)


def neutralised(values: pa.Array) -> pa.Array:
    """Return the texts with an apostrophe in front of each that would be run."""
    run = are_formulas(values)
    if not pc.any(run).as_py():
        return values
    quoted = pc.binary_join_element_wise(
        pa.scalar("'", values.type), values, pa.scalar("", values.type)
    )
    return pc.if_else(run, quoted, values)
