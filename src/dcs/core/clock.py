"""Where time comes from: handed to those who need it, so a test can turn it."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tell the time, in UTC, with its zone attached."""

    def now(self) -> datetime:
        """Return this instant as an aware datetime in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return this instant as an aware datetime in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved: deadlines can be tried without waiting."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 1, 5, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the instant the clock was last moved to."""
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move the clock; *step* may be negative, as real clocks are set back too."""
        self._now += step


def rfc3339(instant: datetime) -> str:
    """Write an aware instant as UTC text with microseconds and a ``Z`` (RFC 3339, section 5.6)."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
