"""Groups and the calendar: everybody of an organisation sees them, admins change them."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dcs.auth import Calendar, Holiday, InvalidCalendarError
from dcs.core.actor import Actor
from dcs.core.errors import NotFoundError
from dcs.policy import Action, Resource
from dcs.studio import Studio
from dcs.web.access import TheActor, TheStudio, form_of
from dcs.web.pages import render

router = APIRouter()

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@router.get("/groups")
async def show(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """Show the groups with their members, and when the organisation works."""
    tenant = actor.tenant
    groups = [
        await studio.groups.show(tenant, each.name) for each in await studio.groups.find(tenant)
    ]
    may_set_groups = await _may(studio, actor, Action.SET_GROUPS)
    return render(
        request,
        "groups.html",
        actor,
        groups=groups,
        calendar=await studio.calendars.show(tenant),
        weekdays=WEEKDAYS,
        may_set_groups=may_set_groups,
        may_set_calendar=await _may(studio, actor, Action.SET_CALENDAR),
        logins=sorted((await studio.identity.logins(tenant)).values()) if may_set_groups else [],
    )


@router.post("/groups")
async def add(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """Add a group, or say anew what one is for."""
    form = await form_of(request)
    name = form.get("name", "").strip()
    await studio.groups.put(actor, name, form.get("description", "").strip())
    return _back()


@router.post("/calendar")
async def calendar(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """Change when the organisation works, unless somebody else did since it was shown."""
    form = await form_of(request)
    weekdays = tuple(number for number in range(1, 8) if f"day{number}" in form)
    hours = _number(form, "opens"), _number(form, "closes")
    changed = Calendar(form.get("timezone", "").strip(), weekdays, *hours)
    days = [_holiday(line) for line in form.get("holidays", "").splitlines() if line.strip()]
    await studio.calendars.put(actor, changed, days, _number(form, "revision"))
    return _back()


@router.post("/groups/{group}")
async def change(request: Request, studio: TheStudio, actor: TheActor, group: str) -> Response:
    """Add or remove a member, or remove the group: whichever button was pressed."""
    form = await form_of(request)
    match form.get("step"):
        case "add":
            await studio.groups.add_member(actor, group, form.get("member", "").strip())
        case "drop":
            await studio.groups.remove_member(actor, group, form.get("member", ""))
        case "remove":
            await studio.groups.remove(actor, group)
        case _:
            raise NotFoundError("There is no such step.")
    return _back()


def _back() -> Response:
    return RedirectResponse("/groups", status_code=303)


async def _may(studio: Studio, actor: Actor, action: Action) -> bool:
    resource = Resource("tenant", actor.tenant, actor.tenant)
    return (await studio.permits.decide(actor, action, resource)).allow


def _number(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidCalendarError("Hours are whole numbers from 0 to 24.")
    return int(text)


def _holiday(line: str) -> Holiday:
    """Read a line such as ``2026-12-25 Christmas``."""
    day, _, name = line.strip().partition(" ")
    with suppress(ValueError):
        return Holiday(date.fromisoformat(day), name.strip())
    raise InvalidCalendarError("Each line of the holidays begins with a day, such as 2026-12-25.")
