"""What the columns of a table are like, exactly, as far as a contract can promise it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from dcs.validation.contracts.formats import LONGEST, TEXTS
from dcs.validation.sql import quoted_name, quoted_text
from dcs.validation.table import WIDE

EXACT = 2**53  # below it a double holds every whole number


@dataclass(frozen=True, slots=True)
class Facts:
    """
    One column.

    Attributes:
        shortest: Characters of its shortest text; None where it holds no texts.
        low: Its smallest value; of numbers and dates only.
        format: The format that every one of its texts has, if there is one.
    """

    filled: int
    distinct: int
    shortest: int | None = None
    longest: int | None = None
    low: Any = None
    high: Any = None
    format: str | None = None


class Columns:
    """The columns of a Parquet file, asked about a hundred at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self._source = f"read_parquet({quoted_text(str(path))})"

    def facts(self, types: Sequence[tuple[str, str]]) -> Iterator[Facts]:
        """Yield what each column is like; *types* are its names with their types in a report."""
        pending = iter(types)
        while some := list(islice(pending, WIDE)):
            questions = [_questions(quoted_name(name), kind) for name, kind in some]
            answers = iter(self._ask(", ".join(each for these in questions for each in these))[0])
            for (_, kind), these in zip(some, questions, strict=True):
                yield _facts(kind, [next(answers) for _ in these])

    def values(self, name: str) -> list[tuple[str, int]]:
        """Return the different texts of a column and how often each of them occurs."""
        column = quoted_name(name)
        return self._connection.execute(
            f"SELECT {column}, count(*) FROM {self._source} WHERE {column} IS NOT NULL "  # noqa: S608  # quoted
            f"GROUP BY {column} ORDER BY {column}"
        ).fetchall()

    def _ask(self, questions: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(f"SELECT {questions} FROM {self._source}").fetchall()  # noqa: S608  # quoted


def _questions(column: str, kind: str) -> list[str]:
    questions = [f"count({column})", f"count(DISTINCT {column})"]
    if kind == "text":
        questions += [f"min(length({column}))", f"max(length({column}))"]
        questions += [f"count(*) FILTER (WHERE {_has_format(column, name)})" for name in TEXTS]
    elif kind != "boolean":
        questions += [f"min({column})", f"max({column})"]
    return questions


def _has_format(column: str, name: str) -> str:
    fits = f"regexp_full_match({column}, {quoted_text(TEXTS[name])})"
    return f"{fits} AND length({column}) <= {LONGEST[name]}" if name in LONGEST else fits


def _facts(kind: str, answers: Sequence[Any]) -> Facts:
    filled, distinct, *rest = answers
    if kind == "text":
        shortest, longest, *fitting = rest
        formats = (name for name, count in zip(TEXTS, fitting, strict=True) if count == filled)
        return Facts(filled, distinct, shortest, longest, format=next(formats, None))
    return Facts(filled, distinct, low=rest[0] if rest else None, high=rest[1] if rest else None)


def outward(low: float, high: float) -> tuple[float, float]:
    """
    Return round bounds around a range, of one digit and zeros.

    The ends of a range are values of the file; round ones say as much to people
    and less about anybody.
    """
    return _rounded(low, ROUND_FLOOR), _rounded(high, ROUND_CEILING)


def _rounded(value: float, towards: str) -> float:
    """Round to one digit, in decimals: binary fractions would round to the wrong side."""
    exact = Decimal(repr(value))
    step = Decimal(1).scaleb(exact.adjusted())
    found = float((exact / step).to_integral_value(towards) * step)
    if math.isinf(found):
        return value  # there is no rounder one
    return int(found) if abs(found) < EXACT and found == int(found) else found


def first_day(value: date | datetime) -> str:
    """Return the first day of a date's year."""
    return f"{value.year:04}-01-01"
