"""Absences as values: instants, or whole days of the organisation's own calendar."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dcs.auth.errors import InvalidAbsenceError
from dcs.core.clock import rfc3339
from dcs.core.ids import UserId

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Absence:
    """
    A time in which somebody stands in for somebody else.

    Attributes:
        account: Who is away.
        starts: The first instant.
        ends: The instant at which they are back.
        deputy: Who stands in for them; nobody stands in for a deputy.
    """

    id: str
    account: UserId
    starts: datetime
    ends: datetime
    deputy: UserId
    created_at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return the absence as the API shows it."""
        return {
            "id": self.id,
            "account": self.account,
            "starts": rfc3339(self.starts),
            "ends": rfc3339(self.ends),
            "deputy": self.deputy,
            "created_at": rfc3339(self.created_at),
        }


@dataclass(frozen=True, slots=True)
class NewAbsence:
    """
    What somebody says of their absence.

    Attributes:
        starts: An instant, or a day from its first minute on.
        ends: An instant, or the last day, to its end.
        deputy: The login or id of who stands in.
        account: The login or id of who is away; None for whoever says it.
    """

    starts: date | datetime
    ends: date | datetime
    deputy: str
    account: str | None = None

    def instants(self, timezone: str) -> tuple[datetime, datetime]:
        """
        Return its beginning and end; days are those of *timezone*.

        Raises:
            InvalidAbsenceError: An instant without its zone, or a day that no calendar has.
        """
        zone = ZoneInfo(timezone)
        try:
            starts = _instant(self.starts, zone)
            whole_day = not isinstance(self.ends, datetime)
            ends = _instant(self.ends + timedelta(days=1) if whole_day else self.ends, zone)
        except OverflowError as error:
            raise InvalidAbsenceError("This is too far away.") from error
        return starts, ends


def check(starts: datetime, ends: datetime, now: datetime) -> None:
    """
    Return if somebody can be away from *starts* until *ends*.

    Raises:
        InvalidAbsenceError: It is over, ends before it begins, or is longer than a year.
    """
    if ends <= starts:
        raise InvalidAbsenceError("An absence ends after it begins.")
    if ends <= now:
        raise InvalidAbsenceError("This absence is over already.")
    if ends - starts > LONGEST or starts - now > LONGEST:
        raise InvalidAbsenceError("An absence begins within a year and lasts a year at most.")


def _instant(given: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(given, datetime):
        return datetime.combine(given, time(), zone).astimezone(UTC)
    if given.tzinfo is None:
        raise InvalidAbsenceError("Give a day, or an instant with its time zone.")
    return given.astimezone(UTC)
