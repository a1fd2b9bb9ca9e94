"""Who may use what until when: access requests, decisions on them, and grants."""

from typing import Any

from fastapi import APIRouter, Response

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import (
    AccessApprovalBody,
    AccessRequestBody,
    AnswerBody,
    DaysBody,
    QuestionBody,
    ReasonBody,
)
from dcs.api.pages import Cursor, Limit, decode, page
from dcs.workflow import NewAccessRequest

router = APIRouter(prefix="/api/v1", tags=["access"])


@router.post("/access-requests", status_code=201)
async def ask(
    studio: TheStudio, actor: TheActor, body: AccessRequestBody, response: Response
) -> dict[str, Any]:
    """Ask for access to a dataset; its owner decides."""
    columns = None if body.columns is None else tuple(body.columns)
    new = NewAccessRequest(
        body.dataset, body.purpose, body.days, body.accepted_terms, columns, tuple(body.actions)
    )
    request = await studio.access.ask(actor, new)
    response.headers["Location"] = f"/api/v1/access-requests/{request.id}"
    return request.to_json()


@router.get("/access-requests")
async def find(
    studio: TheStudio, actor: TheActor, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """List your access requests and those whose datasets' grants you may see, newest first."""
    found = await studio.access.find(actor, decode(cursor), limit + 1)
    return page(found, limit, lambda each: each.to_json(), lambda each: each.id)


@router.get("/access-requests/{request}")
async def show(studio: TheStudio, actor: TheActor, request: str) -> dict[str, Any]:
    """Show an access request."""
    return (await studio.access.show(actor, request)).to_json()


@router.post("/access-requests/{request}/approve")
async def approve(
    studio: TheStudio, actor: TheActor, request: str, body: AccessApprovalBody
) -> dict[str, Any]:
    """Give what was asked for, or fewer columns or days; whoever asked cannot."""
    columns = None if body.columns is None else tuple(body.columns)
    found = await studio.access.approve(actor, request, columns, body.days, body.reason)
    return found.to_json()


@router.post("/access-requests/{request}/deny")
async def deny(
    studio: TheStudio, actor: TheActor, request: str, body: ReasonBody
) -> dict[str, Any]:
    """Refuse an access request, with a reason."""
    return (await studio.access.deny(actor, request, body.reason)).to_json()


@router.post("/access-requests/{request}/ask")
async def ask_back(
    studio: TheStudio, actor: TheActor, request: str, body: QuestionBody
) -> dict[str, Any]:
    """Put a question to whoever asked for access."""
    return (await studio.access.ask_back(actor, request, body.question)).to_json()


@router.post("/access-requests/{request}/answer")
async def answer(
    studio: TheStudio, actor: TheActor, request: str, body: AnswerBody
) -> dict[str, Any]:
    """Answer what was asked back; your request is open again."""
    return (await studio.access.answer(actor, request, body.text)).to_json()


@router.post("/access-requests/{request}/withdraw")
async def withdraw(studio: TheStudio, actor: TheActor, request: str) -> dict[str, Any]:
    """End an access request of yours that is not decided."""
    return (await studio.access.withdraw(actor, request)).to_json()


@router.get("/grants")
async def grants(
    studio: TheStudio, actor: TheActor, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """List the grants that you have or may see, newest first."""
    now = studio.clock.now()
    found = await studio.grants.find(actor, decode(cursor), limit + 1)
    return page(found, limit, lambda each: each.to_json(now), lambda each: each.id)


@router.post("/grants/{grant}/extend")
async def extend(studio: TheStudio, actor: TheActor, grant: str, body: DaysBody) -> dict[str, Any]:
    """Let an active grant end later; whoever has it cannot."""
    return (await studio.grants.extend(actor, grant, body.days)).to_json(studio.clock.now())


@router.post("/grants/{grant}/revoke")
async def revoke(
    studio: TheStudio, actor: TheActor, grant: str, body: ReasonBody
) -> dict[str, Any]:
    """Take a grant back, with a reason; it gives nothing from now on."""
    return (await studio.grants.revoke(actor, grant, body.reason)).to_json(studio.clock.now())
