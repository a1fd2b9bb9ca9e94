"""Show what a value looks like without showing it."""

LONGEST = 40


def shape(value: str) -> str:
    """
    Return the shape of *value*: letters as ``x`` or ``X``, digits as ``9``.

    Other characters stay, since they are what usually went wrong: a comma for
    a point, a missing ``@``. Letters outside ASCII count as letters. Cut at 40
    characters.
    """
    shown = "".join(_mask(each) for each in value[:LONGEST])
    return shown + "…" if len(value) > LONGEST else shown


def _mask(character: str) -> str:
    if character.isnumeric():
        return "9"
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return character if character.isprintable() else "?"
