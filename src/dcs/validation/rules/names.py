"""Names as DuckDB compares them and as SQL quotes them."""

import string

_FOLD = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def folded(name: str) -> str:
    """Return a name as DuckDB compares it: only the letters of ASCII lose their case."""
    return name.translate(_FOLD)


def quoted(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"
