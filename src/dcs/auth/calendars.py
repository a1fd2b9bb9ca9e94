"""Calendars: when an organisation works, and on which days it does not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from dcs.audit import AuditTrail
from dcs.auth import store
from dcs.auth.errors import CalendarChangedError, InvalidCalendarError
from dcs.auth.guard import Guard
from dcs.auth.holidays.store import Holiday, holidays, set_holidays
from dcs.auth.models import Calendar
from dcs.core.actor import Actor
from dcs.core.errors import NotFoundError
from dcs.core.ids import TenantId
from dcs.engines.database import Database, Session

SET_CALENDAR = "set_calendar"
MOST_HOLIDAYS = 400
LONGEST_NAME = 100
HOURS = 24
_OF_THE_MACHINE = (
    "localtime",
    "posix",
    "right/",
    "Factory",
)  # lie beside the zones on some systems


@dataclass(frozen=True, slots=True)
class CalendarRevision:
    """A tenant's calendar as it is now; *revision* counts how often it was changed."""

    revision: int
    calendar: Calendar
    holidays: tuple[Holiday, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the calendar as the API shows it."""
        return {
            **self.calendar.to_json(),
            "holidays": [each.to_json() for each in self.holidays],
            "revision": self.revision,
        }


@dataclass(frozen=True, slots=True)
class Calendars:
    """The calendar of every tenant: everybody of it sees it, admins change it."""

    database: Database
    audit: AuditTrail
    guard: Guard

    async def show(self, tenant: TenantId) -> CalendarRevision:
        """Return when a tenant works."""
        return await self.database.read(tenant, _current)

    async def put(
        self,
        actor: Actor,
        calendar: Calendar,
        days: Sequence[Holiday],
        expected: int | None = None,
    ) -> CalendarRevision:
        """
        Change when the actor's tenant works; decisions and deadlines follow it from now on.

        Args:
            calendar: Zone, weekdays and hours; its holidays are those of *days*.
            days: Every day on which the tenant is closed, in any order.
            expected: The revision it replaces; None where that does not matter.

        Raises:
            InvalidCalendarError: It cannot be used; nothing was changed.
            CalendarChangedError: Somebody else was faster.
            DeniedError: The actor may not.
        """
        await self.guard.require(actor, SET_CALENDAR)
        checked = check(calendar, days)
        ordered = tuple(sorted(days, key=lambda each: each.day))

        def keep(session: Session) -> CalendarRevision | None:
            revision = store.calendar_revision(session, lock=True)
            if revision is None or expected not in (None, revision):
                return None
            store.set_calendar(session, checked, revision + 1)
            set_holidays(session, ordered)
            self._record(session, actor, revision + 1, len(ordered))
            return _current(session)

        kept = await self.database.write(actor.tenant, keep)
        if kept is None:
            raise CalendarChangedError(
                "The calendar is of another revision now. Read it again, then repeat the change."
            )
        return kept

    def _record(self, session: Session, actor: Actor, revision: int, days: int) -> None:
        self.audit.record(
            session,
            actor=actor.id,
            action="calendar.set",
            object_kind="tenant",
            object_id=actor.tenant,
            details={"revision": revision, "holidays": days},
        )


def check(calendar: Calendar, days: Sequence[Holiday]) -> Calendar:
    """
    Return *calendar* closed on *days*, or say why it cannot be one.

    Raises:
        InvalidCalendarError: An unknown zone, no open day or hour, or impossible holidays.
    """
    if not _is_zone(calendar.timezone):
        raise InvalidCalendarError("The time zone is not known. Give an IANA name: Europe/Vienna.")
    week = set(calendar.weekdays)
    if not week or len(week) != len(calendar.weekdays) or not week <= set(range(1, 8)):
        raise InvalidCalendarError("Weekdays are numbers from 1 to 7, at least one, each once.")
    if not 0 <= calendar.opens < calendar.closes <= HOURS:
        raise InvalidCalendarError("The day opens at an hour from 0 and closes later, up to 24.")
    if len({each.day for each in days}) != len(days) or len(days) > MOST_HOLIDAYS:
        raise InvalidCalendarError(f"Give up to {MOST_HOLIDAYS} holidays, each day once.")
    if any(len(each.name) > LONGEST_NAME or not _is_line(each.name) for each in days):
        raise InvalidCalendarError(f"A holiday's name is one line of {LONGEST_NAME} characters.")
    closed = tuple(sorted(each.day for each in days))
    return replace(calendar, weekdays=tuple(sorted(week)), holidays=closed)


def _is_zone(name: str) -> bool:
    """Say whether *name* is a zone that means the same on every machine."""
    if name.startswith(_OF_THE_MACHINE):
        return False
    try:
        ZoneInfo(name)
    except (LookupError, OSError, ValueError):  # unknown; a folder; no zone, or not a path to one
        return False
    return True


def _is_line(text: str) -> bool:
    return text == "" or (text.isprintable() and text.strip() == text)


def _current(session: Session) -> CalendarRevision:
    found, revision = store.get_tenant(session), store.calendar_revision(session)
    if found is None or revision is None:
        raise NotFoundError("This tenant does not exist.")
    return CalendarRevision(revision, found.calendar, tuple(holidays(session)))
