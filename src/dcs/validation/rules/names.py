"""Names as DuckDB compares them and as messages show them."""

import string

LONGEST = 60  # characters of a name in a message

_FOLD = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def folded(name: str) -> str:
    """Return a name as DuckDB compares it: only the letters of ASCII lose their case."""
    return name.translate(_FOLD)


def shown(name: str) -> str:
    """Return a name as a message shows it: one line, and not a page of it."""
    plain = "".join(each if each.isprintable() else "?" for each in name[:LONGEST])
    return plain + "…" if len(name) > LONGEST else plain


def is_usable(name: str) -> bool:
    """Say whether SQL can hold a name."""
    return bool(name) and "\0" not in name and name.encode(errors="ignore").decode() == name
