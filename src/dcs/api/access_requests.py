"""Who may use what until when: access requests, decisions on them, and grants."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import (
    AccessApprovalBody,
    AccessRequestBody,
    AnswerBody,
    DaysBody,
    LongerBody,
    QuestionBody,
    ReasonBody,
)
from dcs.api.pages import Cursor, Limit, decode, page
from dcs.workflow import NewAccessRequest

CHECK_SECONDS = 20.0  # how long one question for the end of a check is kept open

router = APIRouter(prefix="/api/v1", tags=["access"])


@router.post("/access-requests", status_code=201)
async def ask(
    studio: TheStudio, actor: TheActor, body: AccessRequestBody, response: Response
) -> dict[str, Any]:
    """Ask for access to a dataset; its owner decides."""
    columns = None if body.columns is None else tuple(body.columns)
    new = NewAccessRequest(
        body.dataset,
        body.purpose,
        body.days,
        body.accepted_terms,
        columns,
        tuple(body.actions),
        body.for_group,
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
    studio: TheStudio,
    actor: TheActor,
    limit: Limit = 50,
    cursor: Cursor = None,
    drift: Annotated[bool, Query(description="Only those that differ from policy.")] = False,
) -> dict[str, Any]:
    """
    List the grants that you have or may see, newest first.

    With `drift=true` only those whose last check found that policy allows another thing than
    was given, each with a member `drift`: channel, account, what was expected and what is, why.
    """
    now = studio.clock.now()
    if drift:
        differing = await studio.grant_checks.find(actor, decode(cursor), limit + 1)
        return page(differing, limit, lambda each: each.to_json(now), lambda each: each.grant.id)
    found = await studio.grants.find(actor, decode(cursor), limit + 1)
    return page(found, limit, lambda each: each.to_json(now), lambda each: each.id)


@router.post("/grants/check", status_code=202)
async def begin_check(studio: TheStudio, actor: TheActor, response: Response) -> dict[str, Any]:
    """Check all grants of your organisation now, as every night: `GET` the same says how far it is."""
    check = await studio.grant_checks.start(actor)
    response.headers["Location"] = f"/api/v1/grants/check?run={check.run}"
    return check.to_json()


@router.get("/grants/check")
async def show_check(
    studio: TheStudio, actor: TheActor, run: Annotated[int, Query(ge=0)] = 0
) -> dict[str, Any]:
    """Say how far the newest check of grants is; with `run` once that one has finished, or soon."""
    check = await studio.grant_checks.newest(actor, run, CHECK_SECONDS)
    return {"run": 0, "state": "none"} if check is None else check.to_json()


@router.post("/grants/{grant}/ask-extension", status_code=201)
async def ask_extension(
    studio: TheStudio, actor: TheActor, grant: str, body: LongerBody, response: Response
) -> dict[str, Any]:
    """Ask that a grant of yours ends later; it becomes an access request of kind `extension`."""
    request = await studio.extensions.ask(actor, grant, body.days, body.reason)
    response.headers["Location"] = f"/api/v1/access-requests/{request.id}"
    return request.to_json()


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
