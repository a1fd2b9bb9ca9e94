"""The first page, and signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from dcs.auth import SESSION_COOKIE
from dcs.core.errors import DcsError
from dcs.web.access import TheActor, TheStudio, anybody, form_of, own_page
from dcs.web.pages import render

router = APIRouter()


@router.get("/")
async def home(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """Show what waits for you, what you sent and what you can read."""
    names = {each.id: each.name for each in await studio.catalog.datasets(actor, "", 200)}
    waiting = await studio.approvals.find(actor, mine=True, before=None, limit=20)
    return render(
        request,
        "home.html",
        actor,
        waiting=waiting,
        sent=await studio.catalog.recent(actor, 10, own=True),
        recent=await studio.catalog.recent(actor, 10),
        names=names,
    )


@router.get("/sign-in", dependencies=[Depends(anybody)])
async def sign_in_page(
    request: Request, address: Annotated[str | None, Query(alias="next")] = None
) -> Response:
    """Ask for a login and a password."""
    return render(request, "sign_in.html", None, next=own_page(address), problem=None, login="")


@router.post("/sign-in", dependencies=[Depends(anybody)])
async def sign_in(request: Request, studio: TheStudio) -> Response:
    """Open a session and go to the page that was asked for."""
    form = await form_of(request)
    login, address = form.get("login", ""), own_page(form.get("next"))
    try:
        secret, _ = await studio.identity.sign_in(login, form.get("password", ""))
    except DcsError as error:
        return render(
            request,
            "sign_in.html",
            None,
            status=error.status,
            next=address,
            problem=error.detail,
            login=login,
        )
    response = RedirectResponse(address, status_code=303)
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=studio.settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=studio.settings.environment == "production",
    )
    return response


@router.post("/sign-out")
async def sign_out(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """End the session at once."""
    await studio.identity.sign_out(actor.tenant, request.cookies[SESSION_COOKIE])
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(SESSION_COOKIE)
    return response
