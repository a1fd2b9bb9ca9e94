"""How old data is: by the newest value that is not in the future."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from dcs.validation.rules.freshness import Age, Dates, age_of, dates_of, is_fresh
from tests.validation.rules.conftest import Write

NOW = datetime(2024, 3, 31, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "unit", "moment"),
    [
        (1, "y", datetime(2023, 3, 31, 12, tzinfo=UTC)),
        (1, "Years", datetime(2023, 3, 31, 12, tzinfo=UTC)),
        (1, "M", datetime(2024, 2, 29, 12, tzinfo=UTC)),
        (2, "months", datetime(2024, 1, 31, 12, tzinfo=UTC)),
        (0.5, "M", datetime(2024, 3, 16, 12, tzinfo=UTC)),
        (1, "w", datetime(2024, 3, 24, 12, tzinfo=UTC)),
        (4, "d", datetime(2024, 3, 27, 12, tzinfo=UTC)),
        (1, "DAY", datetime(2024, 3, 30, 12, tzinfo=UTC)),
        (1.5, "h", datetime(2024, 3, 31, 10, 30, tzinfo=UTC)),
        (30, "m", datetime(2024, 3, 31, 11, 30, tzinfo=UTC)),
        (30, "Minutes", datetime(2024, 3, 31, 11, 30, tzinfo=UTC)),
        (9, "s", datetime(2024, 3, 31, 11, 59, 51, tzinfo=UTC)),
        (5000, "y", datetime.min.replace(tzinfo=UTC)),
        (999_999, "w", datetime.min.replace(tzinfo=UTC)),
    ],
)
def test_every_unit_of_the_standard_goes_back_by_the_calendar(
    value: float, unit: str, moment: datetime
) -> None:
    assert age_of(value, unit).before(NOW) == moment


@pytest.mark.parametrize(
    ("value", "unit"), [(1, ""), (1, "fortnight"), (-1, "d"), (float("nan"), "d"), (1e9, "d")]
)
def test_what_is_no_length_of_time_is_refused(value: float, unit: str) -> None:
    with pytest.raises(ValueError, match=r"unit|number"):
        age_of(value, unit)


def test_a_leap_day_goes_back_to_the_last_of_february() -> None:
    assert Age(1, "year").before(datetime(2024, 2, 29, tzinfo=UTC)).date() == date(2023, 2, 28)


def found(write: Write, *values: str, kind: str = "DATE") -> Dates:
    rows = ", ".join(f"({each})" for each in values)
    return dates_of(write(f"SELECT a::{kind} AS a FROM (VALUES {rows}) AS t(a)"), "A", NOW)  # noqa: S608  # below


def test_the_newest_value_is_compared_with_what_the_contract_allows(write: Write) -> None:
    dates = found(write, "'2024-03-28'", "NULL", "'2023-01-01'")
    assert dates.newest == datetime(2024, 3, 29, tzinfo=UTC)  # a date lasts until its end
    assert is_fresh(dates, age_of(3, "d"), NOW)
    assert not is_fresh(dates, age_of(2, "d"), NOW)


def test_dates_in_the_future_are_named_and_do_not_make_data_fresh(write: Write) -> None:
    dates = found(
        write, "'2023-01-01'", "'9999-12-31'", "'2024-04-02'", "'infinity'", "'20000-01-01'"
    )
    assert dates.newest == datetime(2023, 1, 2, tzinfo=UTC)
    assert dates.future == 4
    assert [(each.row, each.masked) for each in dates.samples] == [
        (2, "9999-99-99"),
        (3, "9999-99-99"),
        (4, "xxxxxxxx"),
        (5, "99999-99-99"),
    ]
    assert not is_fresh(dates, age_of(1, "M"), NOW)


def test_today_somewhere_is_not_the_future(write: Write) -> None:
    assert found(write, "'2024-04-01'").future == 0  # 02:00 in Kiritimati
    local = found(write, "'2024-04-01 01:59'", "'2024-04-01 02:01'", kind="TIMESTAMP")
    assert (local.future, [each.row for each in local.samples]) == (1, [2])


def test_a_moment_with_a_time_zone_is_exact(write: Write) -> None:
    dates = found(write, "'2024-03-31 13:59:59+02'", "'2024-03-31 12:00:01+00'", kind="TIMESTAMPTZ")
    assert dates.newest == datetime(2024, 3, 31, 11, 59, 59, tzinfo=UTC)
    assert dates.future == 1
    assert is_fresh(dates, age_of(1, "s"), NOW)
    assert not is_fresh(dates, age_of(0, "s"), NOW)


def test_the_callers_time_zone_changes_nothing(write: Write) -> None:
    table = write("SELECT TIMESTAMP '2024-04-01 01:59' AS a")
    east = NOW.astimezone(timezone(timedelta(hours=9)))
    assert dates_of(table, "a", east) == dates_of(table, "a", NOW)


@pytest.mark.parametrize("kind", ["TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP"])
def test_every_precision_is_read(write: Write, kind: str) -> None:
    dates = found(write, "'2024-01-02 03:04:05'", kind=kind)
    assert dates.newest == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_column_without_values_says_nothing(write: Write) -> None:
    dates = found(write, "NULL")
    assert dates == Dates(None, 0, ())
    assert is_fresh(dates, age_of(1, "d"), NOW) is None


def test_times_before_all_calendars_are_old(write: Write) -> None:
    for value in ("'0044-03-15 (BC)'", "'-infinity'", "'0001-01-01'"):
        assert is_fresh(found(write, value), age_of(1000, "y"), NOW) is False


@pytest.mark.parametrize("column", ["a", "b"])
def test_a_column_that_holds_no_dates_is_refused(write: Write, column: str) -> None:
    table: Path = write("SELECT '2024-01-01' AS a")
    with pytest.raises(ValueError, match="column"):
        dates_of(table, column, NOW)
