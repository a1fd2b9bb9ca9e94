"""
What one part of a file adds to the report, and its rows as they are published.

Partials merge in the order of their parts or in any other grouping, to the
same figures as one pass over the whole file.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcs.validation.kernels.cells import COUNTED, KINDS, NULLS
from dcs.validation.kernels.hashing import fold
from dcs.validation.passes.batches import Batch
from dcs.validation.passes.layout import ARROW_TYPES, NUMERIC, Allowed, Layout, fits
from dcs.validation.passes.typed import rounds, typed_values
from dcs.validation.personal import Settings
from dcs.validation.recognizers.models import Recognizer
from dcs.validation.statistics.column import ColumnStatistics
from dcs.validation.statistics.distinct import EXACT
from dcs.validation.statistics.packing import packed, unpacked
from dcs.validation.statistics.texts import Texts, bitmap

MOST_TABLES = 4 * 1024 * 1024  # different values that all columns together count exactly
LEAST_TABLE = 192


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What every partial of one file has in common.

    Attributes:
        layout: Which type each column is taken for; None while the first part decides.
        allowed: Which types columns may have.
        settings: How personal data is looked for.
        seed: Keys the hashes of values.
        exact_numbers: A column is one of numbers only if a double keeps each of them digit by digit.
        only_types: Only find out the types: a part had values that its layout does not have.
        recognizers: Those of the organisation itself.
        many: Columns with too many different values to count exactly, by what was merged so far.
    """

    settings: Settings
    seed: int
    layout: Layout | None = None
    allowed: Callable[[str, str], str] = field(default_factory=Allowed)
    exact_numbers: bool = False
    only_types: bool = False
    recognizers: tuple[Recognizer, ...] = ()
    many: frozenset[str] = frozenset()


@dataclass(slots=True)
class Partial:
    """
    What one part of a file adds: its figures, and its rows as they are published.

    Attributes:
        rows: How many rows it is about.
        columns: Figures by column.
        hashes: One of each row, in order; none where rows were not hashed.
        layout: The layout it was made with.
        inexact: Columns with a number that a double would round.
        is_typed: Whether the rows came with types of their own.
        table: The rows as they are published; None where a value does not fit the layout.
    """

    rows: int
    columns: dict[str, ColumnStatistics]
    hashes: np.ndarray
    layout: Layout
    inexact: frozenset[str] = frozenset()
    is_typed: bool = False
    table: pa.RecordBatch | None = None

    def to_bytes(self) -> bytes:
        """Return the figures for another process; the rows stay where they were published."""
        return packed(
            {
                "rows": self.rows,
                "kinds": dict(self.layout.kinds),
                "inexact": sorted(self.inexact),
                "is_typed": self.is_typed,
                "hashes": self.hashes,
                "columns": {name: each.to_state() for name, each in self.columns.items()},
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes, plan: Plan) -> "Partial":
        """Return the figures that `to_bytes` was asked of, made with the same plan."""
        state = unpacked(data)
        columns = {
            name: ColumnStatistics.from_state(
                name, plan.settings, plan.seed, each, plan.recognizers
            )
            for name, each in state["columns"].items()
        }
        layout = Layout(state["kinds"])
        inexact = frozenset(state["inexact"])
        return cls(state["rows"], columns, state["hashes"], layout, inexact, state["is_typed"])

    def merge(self, other: "Partial") -> None:
        """Add the figures of another part; its rows are published by whoever merges."""
        self.rows += other.rows
        self.inexact |= other.inexact
        for name, column in other.columns.items():
            if name in self.columns:
                self.columns[name].merge(column)
            else:
                self.columns[name] = column


def examine(plan: Plan, batch: Batch, first_row: int) -> Partial:
    """
    Look at every cell of a batch.

    Args:
        first_row: The row of the batch's first, from 1.
    """
    worker = _Worker(plan, batch, first_row)
    for name in _in_order(plan, batch):
        worker.texts(name, batch.texts.get(name) or Texts.empty(batch.rows))
    for name, (kind, values) in batch.values.items():
        worker.values(name, kind, values)
    return worker.partial()


def _in_order(plan: Plan, batch: Batch) -> list[str]:
    """Return its columns of texts, the layout's first: a row's hash depends on their order."""
    if plan.layout is None or batch.values:
        return list(batch.texts)
    return list(dict.fromkeys([*plan.layout.kinds, *batch.texts]))  # one may come in a later part


class _Worker:
    """One batch being looked at."""

    def __init__(self, plan: Plan, batch: Batch, first_row: int) -> None:
        self._plan = plan
        self._batch = batch
        self._first = first_row
        self._columns: dict[str, ColumnStatistics] = {}
        self._kinds: dict[str, str] = {}
        self._inexact: set[str] = set()
        self._arrays: dict[str, pa.Array] | None = None if plan.only_types else {}
        self._hashes = np.zeros(0 if plan.only_types else batch.rows, np.uint64)
        width = len(batch.texts) + len(batch.values)
        self._most = min(EXACT, max(LEAST_TABLE, MOST_TABLES // max(width, 1)))

    def partial(self) -> Partial:
        layout = Layout(self._kinds) if self._plan.layout is None else self._plan.layout
        table = None
        if self._arrays is not None:
            arrays = [self._arrays[name] for name in layout.kinds]
            table = pa.record_batch(arrays, names=list(layout.kinds))
        return Partial(
            self._batch.rows,
            self._columns,
            self._hashes,
            layout,
            frozenset(self._inexact),
            bool(self._batch.values),
            table,
        )

    def texts(self, name: str, texts: Texts) -> None:
        """Look at a column of texts, and make of it what the layout says it is."""
        column = self._column(name)
        kinds, hashes = column.look_at_texts(texts, self._first)
        if self._plan.exact_numbers and column.long_numbers and rounds(texts, kinds):
            self._inexact.add(name)
        if self._plan.only_types:
            return
        kind = self._kind_of(name, column)
        if kind is None or not fits(kind, np.bincount(kinds, minlength=COUNTED)):
            self._arrays = None
            return
        if kind == "number" and name in self._inexact:
            self._arrays = None
            return
        valid = (kinds != NULLS).view(np.uint8)
        column.own.look_at_text(texts.data, texts.offsets, self._first)
        if kind == "text":
            self._look_at_text(column, texts, kinds, hashes, valid)
            self._keep(name, texts.to_arrow(), hashes, valid)
            return
        values = typed_values(kind, texts, kinds)
        hashes = self._measure(column, kind, values, valid)
        if kind == "integer":  # as it is written: digits are what identifies
            column.scan.look_at_text(texts.data, texts.offsets, self._first)
            column.kinds.look_at_digits(texts.data, texts.offsets, self._first)
        elif kind in ("date", "timestamp"):
            unit = "D" if kind == "date" else "us"
            column.kinds.look_at_moments(values, unit, valid, self._first)
        self._keep(name, _array(kind, values, valid), hashes, valid)

    def values(self, name: str, kind: str, values: pa.Array) -> None:
        """Look at a column that came with its own type."""
        column = self._column(name)
        self._kinds[name] = kind
        if kind == "text":
            texts = Texts.of(values)
            kinds, hashes = column.look_at_texts(texts, self._first)
            valid = (kinds != NULLS).view(np.uint8)
            column.own.look_at_text(texts.data, texts.offsets, self._first)
            self._look_at_text(column, texts, kinds, hashes, valid)
        else:
            hashes, valid = self._values(column, kind, values)
        self._keep(name, values, hashes, valid)

    def _look_at_text(
        self,
        column: ColumnStatistics,
        texts: Texts,
        kinds: np.ndarray,
        hashes: np.ndarray,
        valid: np.ndarray,
    ) -> None:
        column.distinct.add(hashes, valid, self._first)
        column.look_for_formulas(texts, kinds, self._first)
        column.scan.look_at_text(texts.data, texts.offsets, self._first)
        column.kinds.look_at_text(texts.data, texts.offsets, self._first)
        if self._plan.settings.names:
            column.names.look_at_text(texts.data, texts.offsets, self._first)

    def _values(
        self, column: ColumnStatistics, kind: str, values: pa.Array
    ) -> tuple[np.ndarray, np.ndarray]:
        valid = np.asarray(values.is_valid()).view(np.uint8).copy()
        plain = _plain(kind, values)
        numbers = _numbers(values) if kind in NUMERIC else None
        if kind == "number":
            finite = valid & np.isfinite(plain).view(np.uint8)
            column.endless += int(valid.sum()) - int(finite.sum())
            valid = finite
            numbers = np.where(valid, plain, 0.0)
        column.note_values(KINDS.index(kind), valid, self._first)
        hashes = self._measure(column, kind, plain, valid, numbers)
        if kind == "integer":
            small = valid if values.type != pa.uint64() else valid & (plain >= 0).view(np.uint8)
            column.scan.look_at_integers(plain, small, self._first)
            column.own.look_at_integers(values, self._first)
            column.kinds.look_at_integers(plain, small, self._first)
        elif kind in ("date", "timestamp"):
            column.kinds.look_at_moments(plain, _unit(values.type), valid, self._first)
        return hashes, valid

    def _measure(
        self,
        column: ColumnStatistics,
        kind: str,
        values: np.ndarray,
        valid: np.ndarray,
        numbers: np.ndarray | None = None,
    ) -> np.ndarray:
        """Count and measure values; return their hashes."""
        if kind in NUMERIC:
            column.measure(values.astype(np.float64) if numbers is None else numbers, valid)
        words = values + 0.0 if kind == "number" else values.astype(np.int64, copy=False)
        return column.count_values(words, valid, self._first)

    def _column(self, name: str) -> ColumnStatistics:
        plan = self._plan
        column = ColumnStatistics(name, plan.settings, plan.seed, self._most, plan.recognizers)
        if name in self._plan.many:
            column.distinct.expect_many()
        self._columns[name] = column
        return column

    def _kind_of(self, name: str, column: ColumnStatistics) -> str | None:
        """Return what the column is taken for; None if the layout does not know it."""
        if self._plan.layout is None:
            narrowest = "text" if name in self._inexact else column.narrowest()
            self._kinds[name] = self._plan.allowed(name, narrowest)
            return self._kinds[name]
        return self._plan.layout.kinds.get(name)

    def _keep(self, name: str, array: pa.Array, hashes: np.ndarray, valid: np.ndarray) -> None:
        fold(hashes, valid, len(valid), self._hashes)
        if self._arrays is not None:
            self._arrays[name] = array


def _array(kind: str, values: np.ndarray, valid: np.ndarray) -> pa.Array:
    """Return values as an Arrow array of the type's own, null where there is none."""
    rows, there = len(valid), int(valid.sum())
    data = np.packbits(values, bitorder="little") if kind == "boolean" else values
    buffers = [None if there == rows else bitmap(valid), pa.py_buffer(data)]
    return pa.Array.from_buffers(ARROW_TYPES[kind], rows, buffers, rows - there)


def _unit(given: pa.DataType) -> str:
    """Return what a date or a time is counted in, as NumPy names it."""
    if pa.types.is_date32(given):
        return "D"
    return "ms" if pa.types.is_date64(given) else str(given.unit)


def _numbers(values: pa.Array) -> np.ndarray:
    return np.asarray(values.cast(pa.float64(), safe=False).fill_null(0.0))


def _plain(kind: str, values: pa.Array) -> np.ndarray:
    """Return the values of a typed array in NumPy's own types, 0 where there is none."""
    given = values.type
    if kind == "number":
        return _numbers(values)
    if kind == "integer":
        return np.asarray(values.cast(pa.int64(), safe=False).fill_null(0))
    if kind == "boolean":
        return np.asarray(pc.cast(values, pa.int8()).fill_null(0))
    width = pa.int32() if given.bit_width == 32 else pa.int64()
    return np.asarray(values.cast(width).fill_null(0))
