"""What can go wrong while finding out who somebody is."""

from dcs.core.errors import (
    ConflictError,
    InvalidError,
    LimitError,
    NotFoundError,
    UnauthenticatedError,
)


class BadCredentialsError(UnauthenticatedError):
    """The token, session or password is not valid; which of them is not said."""

    code = "bad_credentials"


class SignInPausedError(LimitError):
    """Too many wrong passwords for this account; it opens again by itself."""

    code = "sign_in_paused"


class AccountExistsError(ConflictError):
    """The login is taken."""

    code = "account_exists"


class WeakPasswordError(InvalidError):
    """The password is too short or too long."""

    code = "weak_password"


class AccountNotFoundError(NotFoundError):
    """There is no account of this login or id in the organisation."""

    code = "account_not_found"


class GroupNotFoundError(NotFoundError):
    """There is no group of this name in the organisation."""

    code = "group_not_found"


class InvalidGroupError(InvalidError):
    """The group's name or description cannot be used."""

    code = "invalid_group"


class InvalidCalendarError(InvalidError):
    """The time zone, the weekdays, the hours or the holidays cannot be used."""

    code = "invalid_calendar"


class CalendarChangedError(ConflictError):
    """Somebody else changed the calendar since it was read."""

    code = "calendar_changed"


class AbsenceNotFoundError(NotFoundError):
    """There is no absence of this id."""

    code = "absence_not_found"


class InvalidAbsenceError(InvalidError):
    """The time of the absence or the deputy cannot be."""

    code = "invalid_absence"


class AbsenceOverlapsError(ConflictError):
    """The person is away in this time already."""

    code = "absence_overlaps"


class InvalidEmailError(InvalidError):
    """The text is not one plain address that mail can be sent to."""

    code = "invalid_email"
