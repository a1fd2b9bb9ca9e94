"""
How long people have: from a moment, so many hours on, by the clock or in working time.

Working time is counted in the tenant's own time zone, as the hours of its open
days between opening and closing; a change of the clocks makes such a day
longer or shorter, as it is for the people who work then.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dcs.auth import Calendar

LONGEST = 3_660  # days that are looked at: ten years of closed days are a mistake


def deadline(start: datetime, hours: float, calendar: Calendar | None) -> datetime:
    """
    Return the moment *hours* after *start*.

    Args:
        start: When the time begins to run.
        hours: How much of it there is.
        calendar: Count only the time in which this tenant works; None counts all of it.

    Raises:
        ValueError: The calendar has no open hours within ten years.
    """
    left = timedelta(hours=hours)
    if calendar is None:
        return start + left
    for opens, closes in _open_times(start, calendar):
        begins = max(opens, start)
        if left <= closes - begins:
            return begins + left
        left -= max(closes - begins, timedelta())
    raise ValueError("the calendar has no open hours")


def _open_times(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Yield opening and closing in UTC, day after day, from the day of *start* on."""
    zone = ZoneInfo(calendar.timezone)
    first = start.astimezone(zone).date()
    for number in range(LONGEST):
        day = first + timedelta(days=number)
        if day.isoweekday() in calendar.weekdays and day not in calendar.holidays:
            midnight = datetime.combine(day, time(), zone)
            yield _at(midnight, calendar.opens), _at(midnight, calendar.closes)


def _at(midnight: datetime, hour: int) -> datetime:
    """Return an hour of the wall clock; 24 is the next midnight."""
    return (midnight + timedelta(hours=hour)).astimezone(UTC)
