"""
Who is calling: the dependencies that every route declares one of.

Start-up fails if a route has neither `current_actor` nor `public`, so a new
route cannot be open by accident. What the actor may do is decided behind the
route, by policy, where the thing itself is known.
"""

from typing import Annotated

from fastapi import Depends, Request

from dcs.auth import SAFE_METHODS, SESSION_COOKIE, from_this_site
from dcs.core.actor import Actor
from dcs.core.errors import ForbiddenError, UnauthenticatedError
from dcs.studio import Studio


class MissingCredentialsError(UnauthenticatedError):
    """The request carries neither a token nor a session."""

    code = "missing_credentials"


class ForeignOriginError(ForbiddenError):
    """A page of another site sent this request with the browser's session."""

    code = "foreign_origin"


def this_studio(request: Request) -> Studio:
    """Return the services this process was opened with."""
    studio: Studio = request.app.state.studio
    return studio


async def current_actor(request: Request) -> Actor:
    """
    Return who calls: a bearer token's account, or that of the browser's session.

    A session travels by itself with every request the browser sends, so one
    that changes something must also come from a page of this site.

    Raises:
        UnauthenticatedError: No credentials, or none that are valid.
        ForeignOriginError: A session was sent along from another site.
    """
    studio = this_studio(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return await studio.identity.actor_of_token(token.strip())
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie is None:
        raise MissingCredentialsError("Send a token: `Authorization: Bearer dcs_pat_…`.")
    if request.method not in SAFE_METHODS and not from_this_site(request.headers):
        raise ForeignOriginError("This request came from a page of another site.")
    return await studio.identity.actor_of_session(cookie)


async def public() -> None:
    """Mark a route that anybody may call."""


TheStudio = Annotated[Studio, Depends(this_studio)]
TheActor = Annotated[Actor, Depends(current_actor)]
