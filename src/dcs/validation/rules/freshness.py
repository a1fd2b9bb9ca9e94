"""
Say how old the newest value of a column is, and name the dates that lie in the future.

A value from the future is no sign of fresh data: it is counted apart, and the
newest of the others is what counts.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from dcs.validation.models import SAMPLES, Sample
from dcs.validation.rules.names import folded
from dcs.validation.shapes import shape
from dcs.validation.sql import quoted_name, quoted_text

_UNITS = {
    "year": ("y", "yr", "yrs", "year", "years"),
    "month": ("M", "mo", "mon", "month", "months"),
    "week": ("w", "wk", "week", "weeks"),
    "day": ("d", "day", "days"),
    "hour": ("h", "hr", "hrs", "hour", "hours"),
    "minute": ("m", "min", "mins", "minute", "minutes"),
    "second": ("s", "sec", "secs", "second", "seconds"),
}
EAST = timedelta(hours=14)  # how far local time can be ahead of UTC
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Age:
    """
    A length of time as a contract says it (ODCS ``slaProperties``).

    Attributes:
        value: How many, at least 0.
        unit: ``year``, ``month``, ``week``, ``day``, ``hour``, ``minute`` or ``second``.
    """

    value: float
    unit: str

    def before(self, now: datetime) -> datetime:
        """Return the moment this long ago; months and years count by the calendar."""
        if self.unit in {"year", "month"}:
            return _months_before(now, self.value * (12 if self.unit == "year" else 1))
        try:
            return now - timedelta(**{f"{self.unit}s": self.value})
        except OverflowError:
            return EARLIEST


@dataclass(frozen=True, slots=True)
class Dates:
    """
    What a column of dates or timestamps holds.

    Attributes:
        newest: The newest value that is not in the future; the end of its day for a date.
        future: Values in the future.
        samples: Where the first of these are.
    """

    newest: datetime | None
    future: int
    samples: tuple[Sample, ...]


def age_of(value: float, unit: str) -> Age:
    """
    Read a length of time from a contract.

    ``M`` is a month and ``m`` a minute, as in ISO 8601; elsewhere case does not matter.

    Raises:
        ValueError: The unit is unknown, or the value is no length.
    """
    if not 0 <= value < 1e6:
        raise ValueError("an age is a number from 0 to a million")
    for name, spellings in _UNITS.items():
        if unit in spellings or (len(unit) > 1 and unit.lower() in spellings):
            return Age(value, name)
    for name in ("year", "week", "day", "hour", "second"):
        if unit.lower() == _UNITS[name][0]:
            return Age(value, name)
    raise ValueError(f"{unit!r} is no unit of time")


def is_fresh(dates: Dates, most_age: Age, now: datetime) -> bool | None:
    """
    Say whether the newest value is at most *most_age* old.

    Args:
        now: With its time zone.

    Returns:
        None if there is no value to judge by.
    """
    return None if dates.newest is None else dates.newest >= most_age.before(now)


def dates_of(table: Path, column: str, now: datetime) -> Dates:
    """
    Look at every value of a column of dates or timestamps.

    A timestamp without a time zone, and a date, may have been written anywhere: they
    are in the future only where they are so everywhere, 14 hours ahead of UTC.

    Args:
        now: With its time zone.

    Raises:
        ValueError: The table has no such column, or it holds something else.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads=1")  # keeps the order of rows without sorting them
        connection.execute("SET TimeZone='UTC'")
        source = f"read_parquet({quoted_text(str(table))})"
        cells = (
            f"(SELECT {quoted_name(column)} AS cell, row_number() OVER () AS place FROM {source})"  # noqa: S608  # quoted
        )
        latest = _latest(_kind(connection, source, column), now)
        newest, future = connection.execute(
            f"SELECT CAST(max(cell) FILTER (cell <= {latest}) AS VARCHAR), "  # noqa: S608  # ours
            f"count(*) FILTER (cell > {latest}) FROM {cells}"
        ).fetchall()[0]
        where = connection.execute(
            f"SELECT place, CAST(cell AS VARCHAR) FROM {cells} "  # noqa: S608  # ours
            f"WHERE cell > {latest} ORDER BY place LIMIT {SAMPLES}"
        ).fetchall()
    samples = tuple(Sample(row, column, shape(text), length=len(text)) for row, text in where)
    return Dates(_moment(newest), future, samples)


def _kind(connection: duckdb.DuckDBPyConnection, source: str, column: str) -> str:
    """Return ``DATE``, ``TIMESTAMP`` or ``TIMESTAMP WITH TIME ZONE``."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608  # quoted
    kinds = [row[1] for row in described if folded(row[0]) == folded(column)]
    if not kinds:
        raise ValueError("the table has no such column")
    kind = str(kinds[0])
    if kind.startswith("TIMESTAMP WITH"):
        return kind
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        return kind.partition("_")[0]
    raise ValueError("the column holds no dates")


def _latest(kind: str, now: datetime) -> str:
    """Return SQL of the last moment that is not in the future for a column of this kind."""
    moment = now.astimezone(UTC)
    if kind == "DATE":
        return f"DATE '{(moment + EAST).date().isoformat()}'"
    if kind == "TIMESTAMP":
        return f"TIMESTAMP '{(moment + EAST).replace(tzinfo=None).isoformat(' ')}'"
    return f"TIMESTAMPTZ '{moment.isoformat(' ')}'"


def _moment(newest: str | None) -> datetime | None:
    """Return a value DuckDB has written as a moment; a date lasts until its end."""
    if newest is None:
        return None
    try:
        if len(newest) == len("2024-01-31"):
            day = datetime.fromisoformat(newest).replace(tzinfo=UTC)
            return day + timedelta(days=1)
        found = datetime.fromisoformat(newest)
    except ValueError:  # before the year 1, or without a beginning
        return EARLIEST
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _months_before(now: datetime, months: float) -> datetime:
    """Go back whole months by the calendar, to the last day where a month is shorter."""
    whole = int(months)
    count = now.year * 12 + now.month - 1 - whole
    if count < 12:
        return EARLIEST
    year, month = divmod(count, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day) - timedelta(days=(months - whole) * 30)
