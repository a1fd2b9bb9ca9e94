"""The record of who did what, with its proof."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from dcs.web.access import TheActor, TheStudio
from dcs.web.pages import render

router = APIRouter()

EVENTS = 100


@router.get("/audit")
async def show(
    request: Request, studio: TheStudio, actor: TheActor, before: int | None = None
) -> Response:
    """Show the newest events and whether the whole chain is whole."""
    events = await studio.audit_events(actor, before, EVENTS)
    return render(
        request,
        "audit.html",
        actor,
        events=events,
        proof=await studio.verify_audit(actor),
        logins=await studio.identity.logins(actor.tenant),
        older=events[-1].sequence if len(events) == EVENTS else None,
    )
