"""
Decode JSON strictly: no key twice, no NaN, every number as it was written.

RFC 8259 leaves repeated keys and the range of numbers to each reader, and
readers differ; here the first is refused and a number stays its own text.
"""

import re
from collections.abc import Callable
from json.decoder import JSONDecoder
from json.encoder import encode_basestring  # the accelerated one
from typing import Any, NoReturn

from dcs.validation.delimited.structure import StructureError

SPACE = " \t\n\r"
_BLANK = re.compile(r"[ \t\n\r]*")


class Number(str):
    """A number as it was written."""

    __slots__ = ()


class JsonError(Exception):
    """
    A value that is no strict JSON.

    Attributes:
        rule: What is wrong.
        message: What is wrong, to be put behind the place.
        fix: What would mend it.
    """

    def __init__(self, rule: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.fix = fix

    def at(self, place: str) -> StructureError:
        """Return the refusal with its place."""
        return StructureError(self.rule, f"{place} {self.message}.", self.fix, 1)


def value_at(text: str, position: int = 0) -> tuple[Any, int]:
    """
    Decode the value that begins at a position.

    Returns:
        The value and where it ends. Numbers are `Number`.

    Raises:
        JsonError: Something is refused by name.
        ValueError: The text is no JSON, or ends within the value.
    """
    try:
        found: tuple[Any, int] = _SCAN(text, position)
    except StopIteration:
        raise ValueError from None
    except RecursionError:
        raise JsonError("nested_too_deep", "is nested too deep", "Flatten the values.") from None
    return found


def skip_space(text: str, position: int) -> int:
    """Return the position of the next character that is not white space."""
    match = _BLANK.match(text, position)
    return position if match is None else match.end()


def text_of(value: Any) -> str:
    """Write a decoded value as JSON again, numbers as they were."""
    match value:
        case Number():
            return str(value)
        case str():
            return _quoted(value)
        case dict():
            return "{" + ", ".join(f"{_quoted(key)}: {text_of(value[key])}" for key in value) + "}"
        case list():
            return "[" + ", ".join(map(text_of, value)) + "]"
        case _:
            return {True: "true", False: "false", None: "null"}[value]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonError("duplicate_keys", "has a key twice in one object", "Keep one of them.")
    return found


def _refuse_constant(_name: str) -> NoReturn:
    raise JsonError(
        "not_a_number",
        "holds NaN or Infinity, which JSON does not know",
        "Write null for a missing number.",
    )


_quoted: Callable[[str], str] = encode_basestring
_DECODER = JSONDecoder(
    object_pairs_hook=_unique,
    parse_float=Number,
    parse_int=Number,
    parse_constant=_refuse_constant,
)
_SCAN: Callable[[str, int], tuple[Any, int]] = _DECODER.scan_once  # type: ignore[attr-defined]
