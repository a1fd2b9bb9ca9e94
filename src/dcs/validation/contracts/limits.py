"""Read the bounds of a column's values; what is no bound is not taken for one."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from dcs.validation.contracts.terms import Limits


def is_number(value: object) -> bool:
    """Say whether a value of the document is a number, and not a truth value or infinite."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_bound(value: object) -> bool:
    return is_number(value) or isinstance(value, str)


def _is_length(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_step(value: Any) -> bool:
    return is_number(value) and value > 0


_READ: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "minimum": ("minimum", _is_bound),
    "maximum": ("maximum", _is_bound),
    "exclusiveMinimum": ("exclusive_minimum", _is_bound),
    "exclusiveMaximum": ("exclusive_maximum", _is_bound),
    "multipleOf": ("multiple_of", _is_step),
    "minLength": ("min_length", _is_length),
    "maxLength": ("max_length", _is_length),
}


def read_limits(options: Mapping[str, Any]) -> tuple[Limits, tuple[str, ...]]:
    """
    Return the bounds among a property's options, and the names of the others.

    The standard says what each bound must be only where the logical type is
    given. What is no bound by these rules is named, so that nobody relies on it.
    """
    sound = {key: value for key, value in options.items() if key in _READ and _READ[key][1](value)}
    limits = Limits(**{_READ[key][0]: value for key, value in sound.items()})
    return limits, tuple(sorted(str(key) for key in options if key not in sound))
