"""Ask the rows about many promises in few statements, and look up only those that are broken."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import duckdb

from dcs.validation.contracts.promises import (
    Counted,
    Promise,
    Rows,
    check_of,
    is_exceeded,
    not_evaluated,
    observed_of,
)
from dcs.validation.models import SAMPLES, Check, Sample
from dcs.validation.shapes import shape

TOGETHER = 200  # conditions of one statement: those of about a hundred columns


def judged(table: Rows, promises: Iterable[Promise]) -> Iterator[Check]:
    """Yield the check of every promise, in their order."""
    pending = iter(promises)
    while batch := list(islice(pending, TOGETHER)):
        yield from _judged(table, batch)


def _judged(table: Rows, promises: Sequence[Promise]) -> Iterator[Check]:
    try:
        answers: Sequence[Counted | None] = _counted(table, promises)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:  # one of them cannot be asked; the others still are
        answers = [_alone(table, each) for each in promises]
    for promise, counted in zip(promises, answers, strict=True):
        yield _unasked(promise) if counted is None else _check(table, promise, counted)


def _check(table: Rows, promise: Promise, counted: Counted) -> Check:
    observed = observed_of(promise, counted, table.rows)
    broken = not promise.threshold.holds(observed)
    wanted = broken and counted.rows > 0 and is_exceeded(promise.threshold, observed)
    return check_of(promise, counted, table.rows, _located(table, promise) if wanted else ())


def _alone(table: Rows, promise: Promise) -> Counted | None:
    """Ask one promise; None if the database does not understand it, whose words may quote a cell."""
    try:
        return _counted(table, [promise])[0]
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        return None


def _unasked(promise: Promise) -> Check:
    return not_evaluated(
        promise.path,
        promise.rule,
        promise.column,
        "the database could not judge it as it is written",
        promise.severity,
        promise.dimension,
    )


def _counted(table: Rows, promises: Sequence[Promise]) -> list[Counted]:
    """Count for every promise; all conditions of rows in one statement."""
    conditions = [each.broken for each in promises if not each.groups]
    counts: Iterator[int] = iter(())
    if conditions:
        questions = ", ".join(f"count(*) FILTER (WHERE {each})" for each in conditions)
        counts = iter(table.ask(f"SELECT {questions} FROM data")[0])  # noqa: S608  # our own text
    return [_repeated(table, each) if each.groups else _same(next(counts)) for each in promises]


def _same(count: int) -> Counted:
    return Counted(count, count)


def _repeated(table: Rows, promise: Promise) -> Counted:
    """Count the values that occur more than once, and the rows that hold them."""
    amount, rows = table.ask(
        f"SELECT count(*), coalesce(sum(times), 0) FROM ({repetitions(table, promise.columns)})"  # noqa: S608  # our own text
    )[0]
    return Counted(int(amount), int(rows))


def repetitions(table: Rows, columns: Sequence[str]) -> str:
    """Return a query of the values that occur more than once; a missing one repeats nothing."""
    texts = [table.text(name) for name in columns]
    filled = " AND ".join(f"{each} IS NOT NULL" for each in texts)
    return (
        f"SELECT {key(texts)} AS value, count(*) AS times FROM data WHERE {filled} "  # noqa: S608  # our own text
        f"GROUP BY {', '.join(texts)} HAVING count(*) > 1"
    )


def key(texts: Sequence[str]) -> str:
    """Return SQL of one value for several columns."""
    return texts[0] if len(texts) == 1 else f"row({', '.join(texts)})"


def _located(table: Rows, promise: Promise) -> tuple[Sample, ...]:
    """Look up the first rows that break a promise; what they hold is shown masked."""
    texts = ", ".join(table.text(name) for name in promise.columns) or "NULL"
    rows = table.ask(
        f"SELECT row, {texts} FROM data WHERE {promise.broken} ORDER BY row LIMIT {SAMPLES}"  # noqa: S608  # our own text
    )
    return tuple(_sample(row, promise, values) for row, *values in rows)


def _sample(row: int, promise: Promise, values: Sequence[str | None]) -> Sample:
    texts = [value or "" for value in values]
    return Sample(
        row,
        promise.column or "",
        " · ".join(map(shape, texts)) if promise.columns else "",
        length=sum(map(len, texts)),
    )
