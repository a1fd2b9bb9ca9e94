"""
Look behind characters that only look like digits and letters, or hide between them.

Full-width digits become digits (Unicode's compatibility form, NFKC), and what
nobody sees is dropped: soft hyphens, joiners, marks of direction. Every
character of the plain text knows which one of the cell it came from.
"""

import unicodedata
from collections.abc import Sequence

HIDDEN = frozenset("\u00ad\u034f\u061c\u180e\ufeff") | frozenset(
    chr(each)
    for first, last in ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x206F))
    for each in range(first, last + 1)
)
HYPHENS = frozenset("\u2010\u2011")


def plain(cell: str) -> tuple[str, Sequence[int]]:
    """
    Return a cell's text without disguises, and for each of its characters the place in the cell.

    Behind the last one stands the length of the cell.
    """
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(cell):
        if character in HIDDEN:
            continue
        shown = "-" if character in HYPHENS else unicodedata.normalize("NFKC", character)
        characters.append(shown)
        places += [place] * len(shown)
    return "".join(characters), [*places, len(cell)]
