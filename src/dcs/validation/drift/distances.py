"""
How far apart two distributions are, and how much of that chance alone would explain.

PSI, the population stability index, is ``sum((c - p) * ln(c / p))`` over the
shares *p* before and *c* now. Without any drift it is distributed like
``(1/n + 1/m)`` times chi-square with one degree of freedom less than there are
shares (B. Yurdakul, "Statistical Properties of Population Stability Index",
2018), so in small files a large value means nothing.

KS, the statistic of Kolmogorov and Smirnov, is the largest distance between the
two cumulative distributions; its p-value is the asymptotic one with Stephens'
correction for few values.
"""

import math
from collections.abc import Sequence

FLOOR = 1e-4  # a share that is not there counts as this much, so that no logarithm is endless
RARELY = 3.0902  # standard deviations that chance exceeds once in a thousand times, on one side


def psi(previous: Sequence[float], current: Sequence[float]) -> float:
    """Return the population stability index of two lists of shares of the same bins."""
    pairs = (
        (max(before, FLOOR), max(now, FLOOR)) for before, now in zip(previous, current, strict=True)
    )
    return sum((now - before) * math.log(now / before) for before, now in pairs)


def psi_by_chance(bins: int, previous: int, current: int) -> float:
    """
    Return the PSI that two samples of one distribution exceed once in a thousand times.

    Args:
        bins: How many shares are compared.
        previous: Values before.
        current: Values now.
    """
    if bins < 2 or not previous or not current:
        return 0.0
    freedom = bins - 1
    spread = 2 / (9 * freedom)
    chi_square = freedom * (1 - spread + RARELY * math.sqrt(spread)) ** 3  # Wilson and Hilferty
    return (1 / previous + 1 / current) * chi_square


def psi_error(
    previous: Sequence[float], current: Sequence[float], of_previous: float, of_current: float
) -> float:
    """
    Return how far off a PSI may be, to the first order, if every share may be off.

    Args:
        of_previous: The most that one of the *previous* shares is off.
        of_current: The same of the *current* ones.
    """
    error = 0.0
    for before, now in zip(previous, current, strict=True):
        was, are = max(before, FLOOR), max(now, FLOOR)
        ratio = math.log(are / was)
        error += of_current * abs(ratio + 1 - was / are) + of_previous * abs(ratio + are / was - 1)
    return error


def ks_p_value(distance: float, previous: int, current: int) -> float:
    """Return how probable it is that two samples of one distribution are this far apart."""
    if not previous or not current or distance <= 0:
        return 1.0
    size = math.sqrt(previous * current / (previous + current))
    far = (size + 0.12 + 0.11 / size) * distance
    if far < 0.3:  # the series converges slowly here, and its sum is 1 to five digits
        return 1.0
    terms = (
        (1 if place % 2 else -1) * math.exp(-2 * (place * far) ** 2) for place in range(1, 101)
    )
    return min(max(2 * sum(terms), 0.0), 1.0)


def share_by_chance(previous: int, of_previous: int, current: int, of_current: int) -> float:
    """Return the difference of two shares that chance exceeds once in five hundred times."""
    if not of_previous or not of_current:
        return 0.0
    together = (previous + current) / (of_previous + of_current)
    return RARELY * math.sqrt(together * (1 - together) * (1 / of_previous + 1 / of_current))
