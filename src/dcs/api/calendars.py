"""When your organisation works: everybody sees it, admins change it."""

from typing import Any

from fastapi import APIRouter, Response

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import CalendarBody
from dcs.api.preconditions import IfMatch, expected_revision, tag
from dcs.auth import Calendar, Holiday

router = APIRouter(prefix="/api/v1/calendar", tags=["people"])


@router.get("")
async def show(studio: TheStudio, actor: TheActor, response: Response) -> dict[str, Any]:
    """Show zone, weekdays, hours and holidays; the `ETag` is the revision."""
    found = await studio.calendars.show(actor.tenant)
    response.headers["ETag"] = tag(found.revision)
    return found.to_json()


@router.put("")
async def put(
    studio: TheStudio,
    actor: TheActor,
    response: Response,
    body: CalendarBody,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Change all of it; decisions follow it at once, deadlines from the next one on."""
    calendar = Calendar(body.timezone, tuple(body.weekdays), body.opens, body.closes)
    days = [Holiday(each.day, each.name) for each in body.holidays]
    kept = await studio.calendars.put(actor, calendar, days, expected_revision(if_match))
    response.headers["ETag"] = tag(kept.revision)
    return kept.to_json()
