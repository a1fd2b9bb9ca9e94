"""Holidays as rows: one for each day on which a tenant is closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Date, String

from dcs.engines.database import Session, tenant_table

holiday = tenant_table(
    "holiday",
    Column("day", Date, nullable=False),
    Column("name", String(100), nullable=False),
    key=("day",),
)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which a tenant is closed, and what people call it."""

    day: date
    name: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the day as the API shows it."""
        return {"day": self.day.isoformat(), "name": self.name}


def holidays(session: Session) -> list[Holiday]:
    """Return the days on which the session's tenant is closed, the earliest first."""
    query = session.select(holiday.c.day, holiday.c.name).order_by(holiday.c.day)
    return [Holiday(row.day, row.name) for row in session.all(query)]


def set_holidays(session: Session, days: Iterable[Holiday]) -> None:
    """Let the tenant be closed on these days and no others."""
    session.delete(holiday)
    rows = [{"day": each.day, "name": each.name} for each in days]
    session.insert_many(holiday, rows)
