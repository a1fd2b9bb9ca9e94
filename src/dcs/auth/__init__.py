"""Identify: accounts, tokens, sessions and how they are revoked."""

from dcs.auth.absences import Absence, Absences, NewAbsence, deputies, standing_in_for
from dcs.auth.addresses import Addresses
from dcs.auth.browser import SAFE_METHODS, SESSION_COOKIE, from_this_site
from dcs.auth.calendars import CalendarRevision, Calendars
from dcs.auth.errors import (
    AbsenceNotFoundError,
    AbsenceOverlapsError,
    AccountExistsError,
    AccountNotFoundError,
    BadCredentialsError,
    CalendarChangedError,
    GroupNotFoundError,
    InvalidAbsenceError,
    InvalidCalendarError,
    InvalidEmailError,
    InvalidGroupError,
    SignInPausedError,
    WeakPasswordError,
)
from dcs.auth.groups import Groups
from dcs.auth.guard import Guard
from dcs.auth.holidays.store import Holiday
from dcs.auth.memberships.store import Group, group_names, groups_of
from dcs.auth.models import OPEN_ALL_WEEK, Account, Allowance, Calendar, NewAccount, Tenant
from dcs.auth.service import Identity
from dcs.auth.store import members

__all__ = [
    "OPEN_ALL_WEEK",
    "SAFE_METHODS",
    "SESSION_COOKIE",
    "Absence",
    "AbsenceNotFoundError",
    "AbsenceOverlapsError",
    "Absences",
    "Account",
    "AccountExistsError",
    "AccountNotFoundError",
    "Addresses",
    "Allowance",
    "BadCredentialsError",
    "Calendar",
    "CalendarChangedError",
    "CalendarRevision",
    "Calendars",
    "Group",
    "GroupNotFoundError",
    "Groups",
    "Guard",
    "Holiday",
    "Identity",
    "InvalidAbsenceError",
    "InvalidCalendarError",
    "InvalidEmailError",
    "InvalidGroupError",
    "NewAbsence",
    "NewAccount",
    "SignInPausedError",
    "Tenant",
    "WeakPasswordError",
    "deputies",
    "from_this_site",
    "group_names",
    "groups_of",
    "members",
    "standing_in_for",
]
