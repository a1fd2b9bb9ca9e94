"""Who looks at a page: the dependencies that every page declares one of."""

from typing import Annotated
from urllib.parse import parse_qsl, quote

from fastapi import Depends, Request

from dcs.auth import SAFE_METHODS, SESSION_COOKIE, from_this_site
from dcs.core.actor import Actor
from dcs.core.errors import ForbiddenError, UnauthenticatedError
from dcs.studio import Studio


class ForeignFormError(ForbiddenError):
    """A form of another site was sent here."""

    code = "foreign_form"


class SignInNeededError(Exception):
    """Nobody is signed in; the page to return to afterwards is kept."""

    def __init__(self, page: str) -> None:
        super().__init__(page)
        self.address = f"/sign-in?next={quote(page, safe='/')}"


def this_studio(request: Request) -> Studio:
    """Return the services this process was opened with."""
    studio: Studio = request.app.state.studio
    return studio


async def anybody(request: Request) -> None:
    """Mark a page that anybody may open; a form must still be one of ours."""
    _refuse_foreign_form(request)


async def signed_in(request: Request) -> Actor:
    """
    Return who is signed in.

    Raises:
        SignInNeededError: Nobody is; the browser is sent to the sign-in page.
        ForeignFormError: The form was on a page of another site.
    """
    _refuse_foreign_form(request)
    cookie = request.cookies.get(SESSION_COOKIE)
    page = request.url.path if request.method in SAFE_METHODS else "/"
    if cookie is None:
        raise SignInNeededError(page)
    studio = this_studio(request)
    try:
        actor = await studio.identity.actor_of_session(cookie)
    except UnauthenticatedError as error:
        raise SignInNeededError(page) from error
    if request.method in SAFE_METHODS:  # the navigation of every page shows it
        request.state.unread = await studio.notices.count_unread(actor)
    return actor


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form; of a repeated one the last."""
    body = (await request.body()).decode("utf-8", "replace")
    return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=50))


def own_page(address: str | None) -> str:
    """Return the path to go to after signing in, if it is one of ours; else the first page."""
    if address and address.startswith("/") and not address.startswith(("//", "/\\")):
        return address
    return "/"


def _refuse_foreign_form(request: Request) -> None:
    if request.method not in SAFE_METHODS and not from_this_site(request.headers):
        raise ForeignFormError("This form came from a page of another site.")


TheStudio = Annotated[Studio, Depends(this_studio)]
TheActor = Annotated[Actor, Depends(signed_in)]
