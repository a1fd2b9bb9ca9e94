"""What kind of value a bare cell is, as far as that tells a cell from pieces of several."""

import re
from functools import lru_cache

# Damage: a cell that looks like the end of one and the beginning of the next.
GLUED = -1.0
ODDLY_GLUED = -0.5  # by a character that codes and formulas have too
TABBED = -3.0  # by a tab, which no text has inside
BROKEN = -1.5  # begins with a quote that does not end it

_CURRENCY = r"(?:[$€£¥]|[A-Z]{3})"
_NUMBER = (
    rf"[-+]?(?:{_CURRENCY} ?)?[-+]?"
    r"(?:[0-9]{1,3}(?:[ ,.'\u00a0\u202f][0-9]{3})+|[0-9]+|(?=[.,][0-9]))(?:[.,][0-9]+)?"
    rf"(?:[eE][-+]?[0-9]{{1,3}})?(?: ?(?:%|°?[A-Za-zµ]{{1,3}}|[$€£¥]))?"
)
_DAY = r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}"
_MONTH = (
    r"(?:[^\W\d_]{3,9}\.? [0-9]{1,2},? [0-9]{4}|[0-9]{1,2}\.?[ -][^\W\d_]{3,9}\.?[ -][0-9]{2,4})"
)
_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[AaPp]\.?[Mm]\.?)?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[-+][0-9]{2}:?[0-9]{2}))?"
_ADDRESS = r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}"
_URL = r"[A-Za-z][A-Za-z+.-]{1,12}://[^\s,;|^\"']+"
_ATOM = re.compile(
    rf"{_NUMBER}|(?:{_DAY}|{_MONTH})(?:[T ,]{{1,2}}{_TIME}{_ZONE})?|{_TIME}{_ZONE}|{_ADDRESS}|{_URL}"
)
_WORD = re.compile(r"[+@#$&*-]?\w[\w.+#/@&'’%*=?!()\\-]*|[-–—?.*]{1,3}|N/A|n/a|#N/A")
_WRAPPED = re.compile(r"\{.*\}|\[.*\]|<.*>|\(.*\)", re.DOTALL)
_HARD = re.compile(r"\S[,;|](?=\S)")
_ODD = re.compile(r"\S[\^~](?=\S)")
_SOFT = re.compile(r"[,;:|^~]")


def is_atomic(text: str) -> bool:
    """Say whether a text is one number, date, time or address, punctuation included."""
    return _ATOM.fullmatch(text.strip()) is not None


@lru_cache(maxsize=16_384)
def rate(cell: str) -> float | None:
    """
    Rate a bare cell between 0 and 1: how sure it is that it is one value.

    Returns:
        None for an empty cell, which says nothing; below 0 for damage.
    """
    text = cell.strip()[:400]
    if not text:
        return None
    if "\t" in text:
        return TABBED
    if _ATOM.fullmatch(text) or _WORD.fullmatch(text):
        return 1.0
    if _WRAPPED.fullmatch(text):
        return 0.7
    if text[0] in "\"'":
        return 0.3 if len(text) > 1 and text[-1] == text[0] else BROKEN
    if text.startswith("//"):
        return GLUED
    if _HARD.search(text):
        return GLUED
    if _ODD.search(text):
        return ODDLY_GLUED
    if _SOFT.search(text):
        return 0.6 if " " in text else 0.5
    return 0.8
