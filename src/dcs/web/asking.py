"""Access: ask for it, decide it, see what was given, and take it back."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dcs.core.actor import Actor
from dcs.core.errors import NotFoundError
from dcs.policy import Grant
from dcs.studio import Studio
from dcs.web.access import TheActor, TheStudio, form_of
from dcs.web.pages import render
from dcs.workflow import AccessRequest, NewAccessRequest, is_own

router = APIRouter()

MOST = 100  # requests and grants on the page; the API lists them all
LONGEST = 2_000  # characters of what somebody writes


@router.get("/access")
async def show(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """Show what waits for your decision, what you asked for, and what was given."""
    requests = await studio.access.find(actor, None, MOST)
    grants = await studio.grants.find(actor, None, MOST)
    return render(
        request,
        "access.html",
        actor,
        waiting=[each for each in requests if await studio.access.waits_for(actor, each)],
        mine=[each for each in requests if each.requester == actor.id],
        grants=grants,
        drift=await studio.grant_checks.of(actor, grants),
        own={each.id for each in grants if is_own(actor, each)},
        may_check=await studio.grant_checks.may(actor),
        names=await _names(studio, actor, [*requests, *grants]),
        logins=await studio.identity.logins(actor.tenant),
        now=studio.clock.now(),
    )


@router.post("/datasets/{name}/access")
async def ask(request: Request, studio: TheStudio, actor: TheActor, name: str) -> Response:
    """Ask for access to a dataset."""
    form = await form_of(request)
    new = NewAccessRequest(
        dataset=name,
        purpose=form.get("purpose", "")[:LONGEST],
        days=_days(form) or 0,
        accepted_terms=form.get("accepted_terms") == "yes",
        columns=_columns(form),
        for_group=form.get("group") or None,
    )
    await studio.access.ask(actor, new)
    return RedirectResponse("/access", status_code=303)


@router.post("/access/{access_request}")
async def move(
    request: Request, studio: TheStudio, actor: TheActor, access_request: str
) -> Response:
    """Decide a request, put a question, answer one, or withdraw: whichever button was pressed."""
    form = await form_of(request)
    text = form.get("text", "")[:LONGEST]
    match form.get("step"):
        case "approve":
            columns = _columns(form)
            await studio.access.approve(actor, access_request, columns, _days(form), text)
        case "deny":
            await studio.access.deny(actor, access_request, text)
        case "ask":
            await studio.access.ask_back(actor, access_request, text)
        case "answer":
            await studio.access.answer(actor, access_request, text)
        case "withdraw":
            await studio.access.withdraw(actor, access_request)
        case _:
            raise NotFoundError("There is no such step.")
    return RedirectResponse("/access", status_code=303)


@router.post("/access-check")
async def check(studio: TheStudio, actor: TheActor) -> Response:
    """Hold every grant against what policy allows, now."""
    await studio.grant_checks.start(actor)
    return RedirectResponse("/access#grants", status_code=303)


@router.post("/grants/{grant}")
async def change(request: Request, studio: TheStudio, actor: TheActor, grant: str) -> Response:
    """Extend a grant, take it back, or ask that it ends later."""
    form = await form_of(request)
    text = form.get("text", "")[:LONGEST]
    match form.get("step"):
        case "extend":
            await studio.grants.extend(actor, grant, _days(form) or 0)
        case "ask":
            await studio.extensions.ask(actor, grant, _days(form) or 0, text)
            return RedirectResponse("/access", status_code=303)
        case _:
            await studio.grants.revoke(actor, grant, text)
    return RedirectResponse("/access#grants", status_code=303)


def _columns(form: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the names between the commas; None where there is none, which is as asked or all."""
    names = [each.strip() for each in form.get("columns", "").split(",")]
    return tuple(each for each in names if each) or None


def _days(form: Mapping[str, str]) -> int | None:
    text = form.get("days", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


async def _names(
    studio: Studio, actor: Actor, things: Sequence[AccessRequest | Grant]
) -> Mapping[str, str]:
    """Return the names of the datasets that requests and grants are about."""
    ids = {each.dataset for each in things}
    return {each: (await studio.catalog.known_dataset(actor.tenant, each)).name for each in ids}
