"""
The second pass: columns of numbers, and of e-mail addresses and telephone numbers, for exact figures.

A quartile is found by bracket and selection: the sketch of the first pass
names two values between which it lies, only what is between them is kept, and
the kept values and the number of those below give it exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dcs.validation.kernels.formats import count_wrong
from dcs.validation.kernels.numbers import collect_between, count_bins, count_outside
from dcs.validation.models import SAMPLES
from dcs.validation.published import Published
from dcs.validation.statistics.column import ColumnStatistics
from dcs.validation.statistics.doubles import double, ordinal
from dcs.validation.statistics.located import Located
from dcs.validation.statistics.texts import Texts

QUARTILES = (0.25, 0.5, 0.75)
MOST_DEVIATIONS = 3.0
IQR_FACTOR = 1.5
BINS = 20
IN_MEMORY = 4 * 1024 * 1024  # rows of a column that is read once for both questions
BRACKET = 3.0  # errors of the sketch on either side of a quartile
ROOM = 1024  # values a bracket has room for beside the share that the sketch expects


@dataclass(frozen=True, slots=True)
class Exact:
    """
    Exact figures of a column of numbers.

    Attributes:
        quartiles: By linear interpolation, as NumPy's ``quantile`` has them.
        histogram: Values in `BINS` equal steps from the lowest to the highest.
        far: Values more than three deviations from the mean, with the first of them.
        outside: Values more than one and a half interquartile ranges outside, likewise.
    """

    quartiles: tuple[float, ...]
    histogram: tuple[int, ...]
    far: Located
    far_values: tuple[float, ...]
    outside: Located
    outside_values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Beyond what a column's values are outliers.

    Attributes:
        near: What is not more than three population deviations from the mean: from, to.
        inside: What is not too far outside the quartiles: from, to.
    """

    near: tuple[float, float]
    inside: tuple[float, float]


Numbers = tuple[np.ndarray, np.ndarray]
"""Values, and 1 for each that is there and finite."""


class SecondPass:
    """Reads single columns of the published table."""

    def __init__(self, table: Published) -> None:
        self._table = table
        self._rows = table.rows

    def numbers(self, name: str, column: ColumnStatistics) -> Exact | None:
        """Return the exact figures of a column of numbers; None without any finite value."""
        if not column.moments.count:
            return None
        batches: Sequence[Numbers] | None = None
        if self._rows <= IN_MEMORY:
            batches = list(self.read(name))
        quartiles = self._quartiles(name, column, batches)
        limits = _limits(column, quartiles)
        moments = column.moments
        bins = np.zeros(BINS, np.int64)
        far = _Counter()
        outside = _Counter()
        step = (moments.high - moments.low) / BINS
        first = 1
        for values, valid in batches if batches is not None else self.read(name):
            far.take(values, valid, limits.near, first)
            outside.take(values, valid, limits.inside, first)
            if 0 < step < np.inf:
                count_bins(values, valid, moments.low, step, bins)
            first += len(values)
        if not 0 < step < np.inf:
            bins[0] = moments.count
        return Exact(
            quartiles,
            tuple(int(each) for each in bins),
            far.located,
            far.values,
            outside.located,
            outside.values,
        )

    def limits(self, name: str, column: ColumnStatistics) -> Limits | None:
        """Return beyond what a column's values are outliers; None without any finite value."""
        if not column.moments.count:
            return None
        return _limits(column, self._quartiles(name, column, None))

    def wrong(self, name: str, form: int) -> Located:
        """Count and locate the cells of a column of texts that are not in a format."""
        rows = np.zeros(SAMPLES, np.int64)
        found, first = 0, 1
        for array in self._table.arrays(name):
            texts = Texts.of(array.cast(pa.string()))
            found = count_wrong(texts.data, texts.offsets, form, first, rows, found)
            first += len(texts)
        return Located.of(found, rows)

    def read(self, name: str) -> Iterator[Numbers]:
        """Yield a column of numbers in batches."""
        for array in self._table.arrays(name):
            valid = np.asarray(array.is_valid()).view(np.uint8).copy()
            values = np.asarray(array.cast(pa.float64(), safe=False).fill_null(0.0))
            if pa.types.is_floating(array.type):
                valid &= np.isfinite(values).view(np.uint8)
            yield values, valid

    def _quartiles(
        self, name: str, column: ColumnStatistics, batches: Sequence[Numbers] | None
    ) -> tuple[float, ...]:
        count, sketch = column.moments.count, column.quantiles
        assert sketch is not None  # noqa: S101  # there are finite values
        error = BRACKET * sketch.normalized_rank_error(False)
        found = []
        for share in QUARTILES:
            place = share * (count - 1)
            low, high = sketch.get_quantiles([max(0.0, share - error), min(1.0, share + error)])
            room = int(min(count, 2 * error * count + ROOM))
            selected, holds = self._select(name, batches, (low, high), room, place)
            if selected is None:  # the sketch was further off than its bound, or many are equal
                ends = (low, high) if holds else (column.moments.low, column.moments.high)
                selected = self._narrowed(name, batches, ends, place)
            found.append(selected)
        return tuple(found)

    def _select(
        self,
        name: str,
        batches: Sequence[Numbers] | None,
        bracket: tuple[float, float],
        room: int,
        place: float,
    ) -> tuple[float | None, bool]:
        """
        Return the value at a place (from 0), and whether the bracket holds it.

        The value is None where the bracket does not hold it, or more than *room* values.
        """
        low, high = bracket
        kept, below = np.empty(room), np.zeros(1, np.int64)
        filled = 0
        for values, valid in batches if batches is not None else self.read(name):
            filled = collect_between(values, valid, low, high, kept, filled, below)
        index = int(place) - int(below[0])
        wanted = index + (place > int(place))
        if index < 0 or wanted >= filled:
            return None, False
        if low == high:
            return float(low), True
        if filled > room:
            return None, True
        chosen = np.partition(kept[:filled], [index, wanted])
        return _between(float(chosen[index]), float(chosen[wanted]), place - int(place)), True

    def _narrowed(
        self,
        name: str,
        batches: Sequence[Numbers] | None,
        ends: tuple[float, float],
        place: float,
    ) -> float:
        """Find the value at a place where too many are near it to be kept."""
        lower = self._at(name, batches, ends, int(place))
        upper = lower if place == int(place) else self._at(name, batches, ends, int(place) + 1)
        return _between(lower, upper, place - int(place))

    def _at(
        self,
        name: str,
        batches: Sequence[Numbers] | None,
        ends: tuple[float, float],
        place: int,
    ) -> float:
        """Halve the range between two values, counted in doubles, until what is left fits."""
        low, high = ends
        while low <= high:
            found, _ = self._select(name, batches, (low, high), IN_MEMORY, float(place))
            if found is not None:
                return found
            middle = double((ordinal(low) + ordinal(high)) // 2)
            up_to = 0
            for values, valid in batches if batches is not None else self.read(name):
                up_to = collect_between(
                    values, valid, -np.inf, middle, np.empty(0), up_to, np.zeros(1, np.int64)
                )
            if place < up_to:
                high = middle
            else:
                low = float(np.nextafter(middle, np.inf))
        raise ValueError(f"the table has no value at place {place} of column {name!r}")


class _Counter:
    """Counts what is outside of limits in batch after batch, and keeps the first of it."""

    def __init__(self) -> None:
        self.located = Located()
        self.values: tuple[float, ...] = ()

    def take(
        self,
        values: np.ndarray,
        valid: np.ndarray,
        within: tuple[float, float],
        first: int,
    ) -> None:
        rows, found = np.zeros(SAMPLES, np.int64), np.zeros(SAMPLES)
        count = count_outside(values, valid, *within, first, rows, found)
        if count:
            room = SAMPLES - len(self.values)
            self.values += tuple(float(each) for each in found[: min(count, room)])
            self.located += Located.of(count, rows)


def _limits(column: ColumnStatistics, quartiles: tuple[float, ...]) -> Limits:
    low, _, high = quartiles
    reach = IQR_FACTOR * (high - low)
    return Limits(column.moments.within(MOST_DEVIATIONS), (low - reach, high + reach))


def _between(low: float, high: float, share: float) -> float:
    """Interpolate between two neighbours in the way NumPy does, from the nearer one."""
    if share < 0.5:
        return low + (high - low) * share
    return high - (high - low) * (1 - share)
