"""
Patterns of somebody else, run by RE2: linear in the text, and bounded in memory.

Whatever a pattern looks like, it cannot take a judgement's time; what RE2 does not have
(look-around, back-references) is refused when the document is given.
"""

from collections.abc import Iterator
from typing import Any

import re2

MOST_STEPS = 1_500  # of a compiled pattern: beyond the fast way, RE2 takes so many for each byte
MEMORY = 8 * 1024 * 1024  # bytes that one compiled pattern may take
VALUE = "value"


def compiled(pattern: str) -> Any:
    """
    Compile a pattern.

    Raises:
        re2.error: It is none of RE2's, or too large.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY
    return re2.compile(pattern, options)


def problem_of(pattern: str) -> str:
    """Say why a pattern cannot be used; empty if it can."""
    try:
        made = compiled(pattern)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        reason = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return f"is no pattern of RE2's: {reason}"
    if made.search("") is not None:
        return "matches an empty text, and so every cell"
    if made.programsize > MOST_STEPS:
        return (
            f"has {made.programsize:,} steps once its repetitions are written out; "
            f"{MOST_STEPS:,} are taken"
        )
    return ""


def spans(pattern: Any, text: str) -> Iterator[tuple[int, int]]:
    """Yield where the values stand that a pattern finds, in characters."""
    group = pattern.groupindex.get(VALUE, 0)
    for match in pattern.finditer(text):
        start, end = match.span(group)
        if end > start:
            yield start, end
