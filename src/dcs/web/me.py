"""You: where your letters go, when you are away, and for whom you stand in."""

from contextlib import suppress
from datetime import date
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dcs.auth import InvalidAbsenceError, NewAbsence
from dcs.web.access import TheActor, TheStudio, form_of
from dcs.web.pages import render

router = APIRouter()


@router.get("/me")
async def show(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """Show your address and absences, and those in which you stand in."""
    zone = (await studio.calendars.show(actor.tenant)).calendar.timezone
    return render(
        request,
        "me.html",
        actor,
        zone=ZoneInfo(zone),
        email=actor.attributes.get("email", ""),
        absences=await studio.absences.find(actor),
        standing_in=await studio.absences.standing_in(actor),
        logins=await studio.identity.logins(actor.tenant),
        colleagues=[
            each.login for each in await studio.identity.people(actor.tenant) if each.id != actor.id
        ],
    )


@router.post("/me/email")
async def email(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """Let your letters go to another address; an empty one is none."""
    form = await form_of(request)
    await studio.addresses.put(actor, form.get("email", "").strip() or None)
    return RedirectResponse("/me", status_code=303)


@router.post("/me/absences")
async def add(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """Say that you are away."""
    form = await form_of(request)
    starts, ends = _day(form.get("starts", "")), _day(form.get("ends", ""))
    await studio.absences.add(actor, NewAbsence(starts, ends, form.get("deputy", "")))
    return RedirectResponse("/me", status_code=303)


@router.post("/me/absences/{absence}/end")
async def end(studio: TheStudio, actor: TheActor, absence: str) -> Response:
    """End an absence, or let it not begin."""
    await studio.absences.remove(actor, absence)
    return RedirectResponse("/me", status_code=303)


def _day(text: str) -> date:
    with suppress(ValueError):
        return date.fromisoformat(text)
    raise InvalidAbsenceError("Give both days, such as 2026-12-24.")
