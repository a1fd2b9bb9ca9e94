"""Ask the rows about many promises in few statements, and look up only those that are broken."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from dcs.validation.contracts.promises import (
    Counted,
    Promise,
    Rows,
    check_of,
    is_exceeded,
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
    plain = [each for each in promises if not each.groups]
    counts = iter(_counts(table, [each.broken for each in plain]))
    for promise in promises:
        counted = _repeated(table, promise) if promise.groups else _same(next(counts))
        observed = observed_of(promise, counted, table.rows)
        broken = not promise.threshold.holds(observed)
        wanted = broken and counted.rows > 0 and is_exceeded(promise.threshold, observed)
        yield check_of(promise, counted, table.rows, _located(table, promise) if wanted else ())


def _same(count: int) -> Counted:
    return Counted(count, count)


def _counts(table: Rows, conditions: Sequence[str]) -> tuple[int, ...]:
    if not conditions:
        return ()
    questions = ", ".join(f"count_if({each})" for each in conditions)
    return table.ask(f"SELECT {questions} FROM data")[0]  # noqa: S608  # our own text


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
