"""
The first pass: every cell is looked at once, and the table is written on the way.

The first part decides what type each column is taken for. If a later part
disagrees, the rest of the pass only finds out the types, and a second attempt
knows them: a file is read twice at most, and never into memory.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from dcs.validation.passes.batches import Pending, counts_differ
from dcs.validation.passes.layout import Layout
from dcs.validation.passes.partial import Partial, Plan, examine
from dcs.validation.passes.publishing import DICTIONARY_SHARE, Publisher
from dcs.validation.readers.reading import no_rows
from dcs.validation.statistics.column import ColumnStatistics

Progress = Callable[[int], None]
"""Told how many rows are done."""


@dataclass(frozen=True, slots=True)
class Passed:
    """
    What the first pass found.

    Attributes:
        rows: Rows of the table.
        columns: Figures by column, in the order of the published table.
        kinds: The type of each column.
        hashes: A file with a 64-bit hash of each row, in order.
    """

    rows: int
    columns: dict[str, ColumnStatistics]
    kinds: dict[str, str]
    hashes: Path


class FirstPass:
    """Runs a plan over all parts of a file."""

    def __init__(self, plan: Plan, target: Path, scratch: Path, threads: int) -> None:
        self._plan = plan
        self._target = target
        self._hashes = scratch / "rows.hashes"
        self._threads = threads

    def run(self, source: Callable[[], Iterator[Pending]], progress: Progress) -> Passed:
        """
        Look at every part and write the table to the target.

        Args:
            source: Yields the parts from the beginning, as often as it is called.

        Raises:
            StructureError: The file cannot be read, or has no rows.
        """
        attempt = _Attempt(self._plan, self._target, self._hashes)
        found = attempt.run(source(), self._threads, progress)
        layout = self._settled(found)
        if layout != found.layout or not attempt.is_complete:
            again = _Attempt(replace(self._plan, layout=layout), self._target, self._hashes)
            found = again.run(source(), self._threads, progress)
            if not again.is_complete:
                raise counts_differ(found.rows, 0)
        columns = {name: found.columns[name] for name in layout.kinds}
        return Passed(found.rows, columns, dict(layout.kinds), self._hashes)

    def _settled(self, found: Partial) -> Layout:
        """Return the layout that all rows have."""
        if found.is_typed:
            return found.layout
        kinds = {}
        for name, column in found.columns.items():
            narrowest = "text" if name in found.inexact else column.narrowest()
            kinds[name] = self._plan.allowed(name, narrowest)
        return Layout(kinds)


class _Attempt:
    """One try over all parts with one layout."""

    def __init__(self, plan: Plan, target: Path, hashes: Path) -> None:
        self._plan = plan
        self._target = target
        self._hashes = hashes
        self._publisher: Publisher | None = None
        self._found: Partial | None = None
        self.is_complete = True

    def run(self, source: Iterator[Pending], threads: int, progress: Progress) -> Partial:
        waiting: deque[Future[Partial]] = deque()
        with self._hashes.open("wb") as hashes, ThreadPoolExecutor(threads) as pool:
            try:
                for pending in source:
                    if self._found is None:  # the first part decides about the layout
                        self._take(_made(self._plan, pending), hashes, progress)
                        continue
                    waiting.append(pool.submit(_made, self._plan, pending))
                    if len(waiting) > threads:
                        self._take(waiting.popleft().result(), hashes, progress)
                while waiting:
                    self._take(waiting.popleft().result(), hashes, progress)
            finally:
                for each in waiting:
                    each.cancel()
                if self._publisher is not None:
                    self._publisher.close()
        if self._found is None:
            raise no_rows("data")
        if not self.is_complete:
            self._target.unlink(missing_ok=True)
        return self._found

    def _take(self, partial: Partial, hashes: BinaryIO, progress: Progress) -> None:
        """Merge a part's figures and publish its rows."""
        table, partial.table = partial.table, None
        if self._found is None:
            self._found = partial
            self._plan = replace(self._plan, layout=partial.layout)
            if table is not None:
                names = [n for n, c in partial.columns.items() if _repeats(c, partial.rows)]
                self._publisher = Publisher(self._target, table.schema, names)
        else:
            self._found.merge(partial)
        if table is None or self._publisher is None:
            self.is_complete = False
            self._plan = replace(self._plan, only_types=True)
        elif self.is_complete:
            self._publisher.write(table)
            partial.hashes.tofile(hashes)
        many = {n for n, c in self._found.columns.items() if not c.distinct.is_exact}
        self._plan = replace(self._plan, many=frozenset(many))
        progress(self._found.rows)


def _made(plan: Plan, pending: Pending) -> Partial:
    return examine(plan, pending.make(), pending.first_row)


def _repeats(column: ColumnStatistics, rows: int) -> bool:
    return column.distinct.count() <= rows * DICTIONARY_SHARE
