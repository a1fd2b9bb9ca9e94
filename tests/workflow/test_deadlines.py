"""Deadlines in working time: as long as was said, and never while everybody is away."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dcs.auth import OPEN_ALL_WEEK, Calendar
from dcs.workflow.deadlines import deadline

QUARTER = timedelta(minutes=15)
ZONES = [
    "UTC",
    "Europe/Vienna",
    "America/New_York",
    "America/Havana",  # changes its clocks at midnight
    "Australia/Lord_Howe",  # changes them by half an hour
    "Asia/Kathmandu",  # 5 hours and 45 minutes off
    "Asia/Tokyo",
]


@some.composite
def calendars(draw: some.DrawFn) -> Calendar:
    opens = draw(some.integers(0, 23))
    days = some.dates(date(2026, 1, 1), date(2026, 12, 31))
    return Calendar(
        draw(some.sampled_from(ZONES)),
        tuple(draw(some.sets(some.integers(1, 7), min_size=1))),
        opens,
        draw(some.integers(opens + 1, 24)),
        tuple(draw(some.sets(days, max_size=9))),
    )


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """Say, from the clock on the wall alone, whether the quarter of an hour after *moment* is open."""
    local = moment.astimezone(ZoneInfo(calendar.timezone))
    working = local.isoweekday() in calendar.weekdays and local.date() not in calendar.holidays
    return working and calendar.opens <= local.hour < calendar.closes


def open_quarters(calendar: Calendar, start: datetime, end: datetime) -> int:
    quarters = int((end - start) / QUARTER)
    return sum(is_open(calendar, start + number * QUARTER) for number in range(quarters))


@given(
    calendars(),
    some.integers(0, 366 * 96).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * QUARTER),
    some.integers(1, 200),
)
def test_the_open_time_until_a_deadline_is_as_long_as_was_said(
    calendar: Calendar, start: datetime, quarters: int
) -> None:
    end = deadline(start, quarters / 4, calendar)
    assert end > start
    assert open_quarters(calendar, start, end) == quarters
    assert is_open(calendar, end - QUARTER)  # its last quarter of an hour, too, is working time


@given(calendars(), some.integers(1, 100), some.integers(1, 100))
def test_more_time_is_never_over_sooner(calendar: Calendar, one: int, other: int) -> None:
    start = datetime(2026, 3, 27, 13, tzinfo=UTC)
    less, more = sorted((one, other))
    assert deadline(start, less, calendar) <= deadline(start, more, calendar)
    later = deadline(start + timedelta(hours=1), less, calendar)
    assert deadline(start, less, calendar) <= later


def at(text: str, zone: str = "Europe/Vienna") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


VIENNA = Calendar("Europe/Vienna")
ALL_DAY = Calendar("Europe/Vienna", (1, 2, 3, 4, 5, 6, 7), 0, 24)


@pytest.mark.parametrize(
    ("calendar", "start", "hours", "end"),
    [
        (VIENNA, "2026-03-03T10:00", 4, "2026-03-03T14:00"),
        (VIENNA, "2026-03-03T16:00", 2, "2026-03-03T18:00"),  # the last minute is still today
        (VIENNA, "2026-03-03T16:00", 3, "2026-03-04T10:00"),
        (VIENNA, "2026-03-06T17:00", 2, "2026-03-09T10:00"),  # over the weekend
        (VIENNA, "2026-03-07T12:00", 1, "2026-03-09T10:00"),
        (VIENNA, "2026-03-03T03:00", 1, "2026-03-03T10:00"),
        (VIENNA, "2026-03-03T22:00", 1, "2026-03-04T10:00"),
        (VIENNA, "2026-03-02T09:00", 24, "2026-03-04T15:00"),
        (VIENNA, "2026-03-27T17:00", 9, "2026-03-30T17:00"),  # spring: Monday is as long as ever
        (ALL_DAY, "2026-03-28T12:00", 24, "2026-03-29T13:00"),  # spring: a day of 23 hours
        (ALL_DAY, "2026-10-24T12:00", 24, "2026-10-25T11:00"),  # autumn: a day of 25 hours
        (Calendar("Europe/Vienna", (6, 7), 22, 24), "2026-03-28T23:00", 2, "2026-03-29T23:00"),
        (Calendar("Europe/Vienna", (7,), 1, 4), "2026-03-29T01:00", 2, "2026-03-29T04:00"),
        (Calendar("Europe/Vienna", (7,), 1, 4), "2026-10-25T01:00", 4, "2026-10-25T04:00"),
        (
            Calendar("Europe/Vienna", holidays=(date(2026, 12, 25), date(2026, 12, 28))),
            "2026-12-24T17:00",
            2,
            "2026-12-29T10:00",
        ),
    ],
)
def test_working_time_is_counted_as_people_live_it(
    calendar: Calendar, start: str, hours: float, end: str
) -> None:
    assert deadline(at(start), hours, calendar) == at(end)


def test_without_a_calendar_every_hour_counts() -> None:
    start = at("2026-03-28T12:00")
    assert deadline(start, 24, None) == start + timedelta(hours=24)
    assert deadline(start, 24, OPEN_ALL_WEEK) == start + timedelta(hours=24)


def test_a_calendar_that_is_closed_for_ever_is_no_endless_search() -> None:
    with pytest.raises(ValueError, match="no open hours"):
        deadline(at("2026-03-28T12:00"), 1, Calendar(weekdays=()))
