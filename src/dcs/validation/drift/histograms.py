"""Both distributions of a column over the same bins, to be drawn beside each other."""

import itertools
from dataclasses import dataclass

from dcs.validation.drift.columns import category_counts, shares
from dcs.validation.drift.distributions import Distribution
from dcs.validation.drift.models import LENGTH_EDGES, NUMBERS, ColumnSketch

BINS = 20
OUTSIDE = 0.01  # of either distribution may lie in the open bins at the ends


@dataclass(frozen=True, slots=True)
class Histogram:
    """
    Shares of two versions over the same bins.

    Attributes:
        of: ``numbers``, ``lengths`` of texts, or ``values``, whose texts are not kept: the
            most frequent before, one by one, and all others in the last bin.
        edges: Between the bins; the first and the last bin are open. Empty for ``values``.
        before: Shares of the previous version.
        now: Shares of the current one.
    """

    of: str
    edges: tuple[float, ...]
    before: tuple[float, ...]
    now: tuple[float, ...]


def histogram(previous: ColumnSketch, current: ColumnSketch) -> Histogram | None:
    """Return both distributions of a column, or None where either was not kept."""
    if previous.entities or current.entities or not previous.filled or not current.filled:
        return None
    if current.type in NUMBERS:
        return _numbers(previous, current)
    if previous.is_category and current.is_category:
        before, now = category_counts(previous, current)
        return _counted("values", (), before, now)
    if previous.lengths and current.lengths:
        edges = tuple(float(edge) for edge in LENGTH_EDGES[1:])
        return _counted("lengths", edges, previous.lengths, current.lengths)
    return None


def _numbers(previous: ColumnSketch, current: ColumnSketch) -> Histogram | None:
    both = Distribution.of(previous), Distribution.of(current)
    if both[0] is None or both[1] is None:
        return None
    distributions = (both[0], both[1])
    low = min(each.at([OUTSIDE])[0] for each in distributions)
    high = max(each.at([1 - OUTSIDE])[0] for each in distributions)
    width = high / (BINS - 2) - low / (BINS - 2)
    edges = sorted({low + width * place for place in range(BINS - 1)}) if width > 0 else [low]
    before, now = (_shares(each, edges) for each in distributions)
    return Histogram("numbers", tuple(edges), before, now)


def _shares(distribution: Distribution, edges: list[float]) -> tuple[float, ...]:
    below = [0.0, *distribution.below(edges, inclusive=False), 1.0]
    return tuple(high - low for low, high in itertools.pairwise(below))


def _counted(
    of: str, edges: tuple[float, ...], before: tuple[int, ...], now: tuple[int, ...]
) -> Histogram:
    return Histogram(of, edges, tuple(shares(before)), tuple(shares(now)))
