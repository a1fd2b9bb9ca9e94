"""The inbox: what you were told, newest first, each a sentence that leads to what it is about."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from dcs.web.access import TheActor, TheStudio
from dcs.web.pages import render

router = APIRouter()

PAGE = 50


@router.get("/inbox")
async def inbox(
    request: Request,
    studio: TheStudio,
    actor: TheActor,
    before: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """Show your notices; *before* goes on where the page before ended."""
    found = await studio.notices.find(actor, unread=False, before=before, limit=PAGE + 1)
    older = found[PAGE - 1].position if len(found) > PAGE else None
    return render(request, "inbox.html", actor, notices=found[:PAGE], older=older)


@router.post("/inbox/read-all")
async def read_all(studio: TheStudio, actor: TheActor) -> Response:
    """Note that everything is read."""
    await studio.notices.read_all(actor)
    return RedirectResponse("/inbox", status_code=303)


@router.post("/inbox/{notice}/read")
async def read(studio: TheStudio, actor: TheActor, notice: str) -> Response:
    """Note that a notice is read, and go to what it is about."""
    found = await studio.notices.read(actor, notice)
    return RedirectResponse(found.notice.page, status_code=303)
