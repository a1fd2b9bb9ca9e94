"""The rows that fail a default check, found as the judge counted them; see `checks`."""

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcs.validation.kernels.cells import TEXT
from dcs.validation.kernels.formats import EMAIL, PHONE, count_wrong
from dcs.validation.kernels.numbers import count_outside
from dcs.validation.passes.second import Limits, SecondPass
from dcs.validation.personal import Settings
from dcs.validation.published import Published
from dcs.validation.statistics.column import ColumnStatistics, formula_cells
from dcs.validation.statistics.texts import Texts

Finder = Callable[[Published, str], Iterator[np.ndarray]]


def empty(table: Published, column: str) -> Iterator[np.ndarray]:
    """Yield the rows with an empty cell."""
    for first, array in _arrays(table, column):
        missing = array.is_null()
        if pa.types.is_string(array.type):
            missing = pc.or_(missing, pc.fill_null(pc.equal(array, ""), False))
        yield np.flatnonzero(np.asarray(missing)) + first


def formulas(table: Published, column: str) -> Iterator[np.ndarray]:
    """Yield the rows with a text that a spreadsheet would run."""
    for first, texts, kinds in _described(table, column):
        yield formula_cells(texts, kinds) + first


def strays(table: Published, column: str) -> Iterator[np.ndarray]:
    """Yield the rows with a text where the others have numbers, dates or truth values."""
    for first, _, kinds in _described(table, column):
        yield np.flatnonzero(kinds == TEXT) + first


def no_emails(table: Published, column: str) -> Iterator[np.ndarray]:
    """Yield the rows with something that is no e-mail address."""
    return _wrong(table, column, EMAIL)


def no_phones(table: Published, column: str) -> Iterator[np.ndarray]:
    """Yield the rows with something that is no telephone number."""
    return _wrong(table, column, PHONE)


def far(table: Published, column: str) -> Iterator[np.ndarray]:
    """Yield the rows with a value more than three deviations from the mean."""
    second, limits = _limits(table, column)
    if limits is not None:
        yield from _beyond(second, column, limits.near)


def outside(table: Published, column: str) -> Iterator[np.ndarray]:
    """Yield the rows with a value more than one and a half interquartile ranges outside."""
    second, limits = _limits(table, column)
    if limits is not None:
        yield from _beyond(second, column, limits.inside)


def _limits(table: Published, column: str) -> tuple[SecondPass, Limits | None]:
    """Measure a column again, to the same figures as the judge."""
    second = SecondPass(table)
    statistics = ColumnStatistics(column, Settings(), 0, 0)
    for values, valid in second.read(column):
        statistics.measure(values, valid)
    return second, second.limits(column, statistics)


def _beyond(second: SecondPass, column: str, within: tuple[float, float]) -> Iterator[np.ndarray]:
    first = 1
    for values, valid in second.read(column):
        rows, found = np.empty(len(values), np.int64), np.empty(len(values))
        yield rows[: count_outside(values, valid, *within, first, rows, found)]
        first += len(values)


def _wrong(table: Published, column: str, form: int) -> Iterator[np.ndarray]:
    for first, array in _arrays(table, column):
        texts = Texts.of(array.cast(pa.string()))
        rows = np.empty(len(texts), np.int64)
        yield rows[: count_wrong(texts.data, texts.offsets, form, first, rows, 0)]


def _described(table: Published, column: str) -> Iterator[tuple[int, Texts, np.ndarray]]:
    statistics = ColumnStatistics(column, Settings(), 0, 0)
    for first, array in _arrays(table, column):
        texts = Texts.of(array.cast(pa.string()))
        kinds, _ = statistics.look_at_texts(texts, first)
        yield first, texts, kinds


def _arrays(table: Published, column: str) -> Iterator[tuple[int, pa.Array]]:
    """Yield a column in batches, each with the row of its first cell."""
    first = 1
    for array in table.arrays(column):
        yield first, array
        first += len(array)
