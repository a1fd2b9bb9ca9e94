"""Compare a number with what a contract says it must be."""

import math
from decimal import Decimal

from dcs.validation.models import Operator
from dcs.validation.rules.models import Threshold

Number = int | float | Decimal


def holds(operator: Operator, number: Number, threshold: Threshold) -> bool:
    """
    Say whether *number* is what it must be; both ends of an interval belong to it.

    Decimals are compared as what their threshold is written as, so 0.10 is 0.1.

    Raises:
        ValueError: An interval is missing where one is needed, or the other way round.
    """
    given = threshold if isinstance(threshold, tuple) else (threshold,)
    value, *limits = (_comparable(each) for each in (number, *given))
    match operator, limits:
        case Operator.BE, [limit]:
            return value == limit
        case Operator.NOT_BE, [limit]:
            return value != limit
        case Operator.GREATER, [limit]:
            return value > limit
        case Operator.AT_LEAST, [limit]:
            return value >= limit
        case Operator.LESS, [limit]:
            return value < limit
        case Operator.AT_MOST, [limit]:
            return value <= limit
        case Operator.BETWEEN, [low, high]:
            return low <= value <= high
        case Operator.NOT_BETWEEN, [low, high]:
            return not low <= value <= high
        case _:
            raise ValueError(f"{operator.value} does not take {len(limits)} numbers")


def wording(operator: Operator, threshold: Threshold) -> str:
    """Return the comparison as words, for example ``at most 3``."""
    words = {
        Operator.BE: "{}",
        Operator.NOT_BE: "anything but {}",
        Operator.GREATER: "more than {}",
        Operator.AT_LEAST: "at least {}",
        Operator.LESS: "less than {}",
        Operator.AT_MOST: "at most {}",
        Operator.BETWEEN: "between {} and {}",
        Operator.NOT_BETWEEN: "outside of {} to {}",
    }
    given = threshold if isinstance(threshold, tuple) else (threshold,)
    return words[operator].format(*(plain(each) for each in given))


def plain(number: float) -> str:
    """Return a number as people write it."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.6g}"


def _comparable(number: Number) -> Number:
    """Return a number as the decimal it is written as, where it has fractions and an end."""
    if isinstance(number, float) and math.isfinite(number):
        return Decimal(repr(number))
    return number
