"""Quarantine: what waits there and why, and letting it go or removing it with a reason."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dcs.web.access import TheActor, TheStudio, form_of
from dcs.web.pages import render

router = APIRouter()


@router.get("/quarantine")
async def find(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """Show the files in quarantine that this person may look after."""
    return render(
        request,
        "quarantine.html",
        actor,
        held=await studio.quarantine.find(actor, 100),
        logins=await studio.identity.logins(actor.tenant),
    )


@router.post("/quarantine/{version}")
async def decide(request: Request, studio: TheStudio, actor: TheActor, version: str) -> Response:
    """Release or remove a file, and show what still waits."""
    form = await form_of(request)
    reason = form.get("reason", "")[:2_000]
    if form.get("decision") == "release":
        await studio.quarantine.release(actor, version, reason)
    else:
        await studio.quarantine.discard(actor, version, reason)
    return RedirectResponse("/quarantine", status_code=303)
