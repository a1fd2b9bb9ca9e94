"""
The distribution of one column of numbers, read from its quantile sketch.

Up to a few hundred values the sketch has kept them all and answers exactly;
beyond, every rank may be off by its error, which grows no further with the
number of values.
"""

import base64
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dcs.validation.drift.models import PERCENTILES, ColumnSketch

DECILES = tuple(place / 10 for place in range(1, 10))
LOOKS = 1_000  # ranks at which two distributions are compared


@dataclass(frozen=True, slots=True)
class Distribution:
    """
    Cumulative shares of one column's values.

    Attributes:
        values: How many there are.
        error: The most a cumulative share may be off, in 99 of 100 sketches; 0 where all
            values are kept.
        share_error: The same of the share between two points.
    """

    values: int
    error: float
    share_error: float
    quantiles: tuple[float, ...]
    _kll: Any

    @classmethod
    def of(cls, column: ColumnSketch) -> "Distribution | None":
        """Return a column's distribution, or None where none was kept."""
        if not column.kll:
            return None
        from datasketches import kll_doubles_sketch

        kll = kll_doubles_sketch.deserialize(base64.b64decode(column.kll))
        if kll.is_empty():
            return None
        errors = [kll.normalized_rank_error(of_share) for of_share in (False, True)]
        if not _is_thinned(kll):
            errors = [0.0, 0.0]
        return cls(kll.n, errors[0], errors[1], column.quantiles, kll)

    def below(self, points: Sequence[float], *, inclusive: bool) -> list[float]:
        """Return the share of values below each of the ascending points, or up to each."""
        shares: list[float] = self._kll.get_cdf(list(points), inclusive)
        return shares[: len(points)]

    def at(self, ranks: Sequence[float]) -> list[float]:
        """Return the values at ranks from 0 to 1, as the sketch knows them."""
        found: list[float] = self._kll.get_quantiles(list(ranks), inclusive=True)
        return found

    @property
    def deciles(self) -> list[float]:
        """The values that cut the distribution into ten parts, exact where they were kept."""
        if len(self.quantiles) == PERCENTILES:
            return [self.quantiles[round(rank * 100)] for rank in DECILES]
        return self.at(DECILES)


def _is_thinned(kll: Any) -> bool:
    """Say whether the sketch has dropped values; only then is it an estimate."""
    return bool(kll.num_retained < kll.n)


def decile_shares(previous: Distribution, current: Distribution) -> tuple[list[float], list[float]]:
    """
    Return the shares of both between the previous deciles.

    A value at which several deciles lie is a bin of its own, so a column that
    held one value and now holds another has moved, and one of many zeros is
    compared by its zeros.
    """
    counted = sorted(Counter(previous.deciles).items())
    points = [value for value, _ in counted]
    shares = []
    for each in (previous, current):
        before, upto = (each.below(points, inclusive=inclusive) for inclusive in (False, True))
        cuts = [0.0]
        for place, (_, deciles) in enumerate(counted):
            cuts += [before[place], upto[place]] if deciles > 1 else [upto[place]]
        cuts.append(1.0)
        shares.append([high - low for low, high in itertools.pairwise(cuts)])
    return shares[0], shares[1]


def ks_distance(previous: Distribution, current: Distribution) -> tuple[float, float]:
    """
    Return the largest distance of the two cumulative distributions, and its error bound.

    The distance is looked for at a thousand values of each; between two of
    them either distribution can gain a thousandth at most.
    """
    ranks = [place / LOOKS for place in range(LOOKS + 1)]
    points = sorted({*previous.at(ranks), *current.at(ranks)})
    farthest = max(
        abs(before - now)
        for inclusive in (False, True)
        for before, now in zip(
            previous.below(points, inclusive=inclusive),
            current.below(points, inclusive=inclusive),
            strict=True,
        )
    )
    bound = previous.error + current.error
    return farthest, bound + 1 / LOOKS if bound else 0.0
