"""Write names and texts so that SQL reads exactly the same ones."""


def quoted_name(name: str) -> str:
    """Quote a column's name."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """Quote a text."""
    return "'" + text.replace("'", "''") + "'"
