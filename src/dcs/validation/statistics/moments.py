"""Count, mean and deviation of a column of numbers; parts add up to the whole, to the last digit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from dcs.validation.kernels.numbers import (
    COUNT,
    HIGH,
    LOW,
    SQUARES,
    SQUARES_REST,
    SUM,
    SUM_REST,
    SUMS,
    add_up,
    plus,
)
from dcs.validation.statistics.doubles import double, ordinal


@dataclass(slots=True)
class Moments:
    """The sums of what was seen so far, as `numbers.add_up` lists them."""

    sums: np.ndarray = field(default_factory=lambda: np.zeros(SUMS))

    def add(self, numbers: np.ndarray, valid: np.ndarray) -> int:
        """Add a batch of finite numbers and return how many are there."""
        return add_up(numbers, valid, self.sums)

    def merge(self, other: "Moments") -> None:
        """Add another part."""
        mine, theirs = self.sums, other.sums
        if not theirs[COUNT]:
            return
        if not mine[COUNT]:
            mine[:] = theirs
            return
        mine[COUNT] += theirs[COUNT]
        for total, rest in ((SUM, SUM_REST), (SQUARES, SQUARES_REST)):
            parts = (float(each) for each in (mine[total], mine[rest], theirs[total], theirs[rest]))
            mine[total], mine[rest] = plus(*parts)
        mine[LOW], mine[HIGH] = min(mine[LOW], theirs[LOW]), max(mine[HIGH], theirs[HIGH])

    @property
    def count(self) -> int:
        """Values."""
        return int(self.sums[COUNT])

    @property
    def mean(self) -> float:
        """Of the values; not a number without any, or where their sum is beyond a double."""
        if not self.count or not np.isfinite(self.sums).all():
            return math.nan
        return float(self._exact(SUM, SUM_REST) / self.count)

    @property
    def deviation(self) -> float:
        """Of the population: the divisor is the count."""
        if not self.count or not np.isfinite(self.sums).all():
            return math.nan
        if self.low == self.high:
            return 0.0
        return math.sqrt(self._variance())

    def within(self, deviations: float) -> tuple[float, float]:
        """
        Return the lowest and the highest double that is not more than so many deviations from the mean.

        As exact as the sums, also for a value just as far as that: of nine times 0 and one 1
        the last is three deviations away and not more, whatever a rounded deviation says. Every
        double is within where all values are equal.
        """
        if not self.deviation > 0:
            return -math.inf, math.inf
        mean = self._exact(SUM, SUM_REST) / self.count
        most = Fraction(deviations) ** 2 * self._variance()
        reach = deviations * self.deviation

        def last(sign: int) -> float:
            """Halve the doubles between the mean and one that is surely too far."""
            near, step = float(mean), reach
            while (Fraction(near + sign * (reach + step)) - mean) ** 2 <= most:
                step *= 2
            inside, outside = ordinal(near), ordinal(near + sign * (reach + step))
            while abs(outside - inside) > 1:
                middle = (inside + outside) // 2
                if (Fraction(double(middle)) - mean) ** 2 <= most:
                    inside = middle
                else:
                    outside = middle
            return double(inside)

        return last(-1), last(1)

    def _variance(self) -> Fraction:
        mean = self._exact(SUM, SUM_REST) / self.count
        variance = self._exact(SQUARES, SQUARES_REST) / self.count - mean * mean
        return max(variance, Fraction(0))

    @property
    def low(self) -> float:
        """The lowest value."""
        return float(self.sums[LOW])

    @property
    def high(self) -> float:
        """The highest value."""
        return float(self.sums[HIGH])

    def to_state(self) -> list[float]:
        """Return numbers that `from_state` understands."""
        return [float(each) for each in self.sums]

    @classmethod
    def from_state(cls, state: Sequence[float]) -> "Moments":
        """Return what `to_state` was asked of."""
        return cls(np.array(state, np.float64))

    def _exact(self, total: int, rest: int) -> Fraction:
        return Fraction(float(self.sums[total])) + Fraction(float(self.sums[rest]))
