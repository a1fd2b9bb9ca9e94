"""Whether a cell has the shape of a postal code or an account number; its column's name has to say so."""

from typing import Any

from dcs.validation.kernels.marks import compiled
from dcs.validation.personal_names.tokens import whole

LEAST_POSTAL, MOST_POSTAL, MOST_POSTAL_LETTERS = 3, 10, 6
LEAST_ACCOUNT, MOST_ACCOUNT, MOST_ACCOUNT_LETTERS, MOST_MARKS = 5, 24, 6, 8


@compiled
def _counts(data: Any, start: int, end: int) -> tuple[int, int, int]:
    """Return digits, letters of ASCII and the marks between them; -1 marks where there is another sign."""
    digits, letters, marks = whole(0), whole(0), whole(0)
    for position in range(start, end):
        byte = whole(data[position])
        if 48 <= byte <= 57:
            digits += 1
        elif byte < 128 and 97 <= byte | 32 <= 122:
            letters += 1
        elif byte == 32 or byte == 45 or byte == 46 or byte == 47:  # space - . /
            marks += 1
        else:
            return digits, letters, whole(-1)
    return digits, letters, marks


@compiled
def characters_of(data: Any, start: int, end: int) -> int:
    """Return how many digits and letters a cell has."""
    digits, letters, _ = _counts(data, start, end)
    return digits + letters


@compiled
def is_postal(data: Any, start: int, end: int) -> bool:
    """Say whether a cell looks like ``90210-1234``, ``SW1A 1AA``, ``1012 AB`` or ``00-950``."""
    digits, letters, marks = _counts(data, start, end)
    if marks < 0 or marks > 2 or digits < 2 or letters > MOST_POSTAL_LETTERS:
        return False
    return bool(LEAST_POSTAL <= digits + letters <= MOST_POSTAL)


@compiled
def is_account(data: Any, start: int, end: int) -> bool:
    """Say whether a cell is digits, with a few letters and marks: ``12-3456-0789012-00``."""
    digits, letters, marks = _counts(data, start, end)
    if marks < 0 or marks > MOST_MARKS or digits < LEAST_ACCOUNT:
        return False
    return bool(letters <= MOST_ACCOUNT_LETTERS and digits + letters <= MOST_ACCOUNT)
