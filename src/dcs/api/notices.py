"""Notices: what you were told, and the words your organisation tells it in."""

from typing import Any

from fastapi import APIRouter, Response

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import WordingBody
from dcs.api.pages import Cursor, Limit, decode, page
from dcs.api.preconditions import IfMatch, expected_revision, tag
from dcs.workflow import Wording

router = APIRouter(prefix="/api/v1", tags=["notices"])


@router.get("/notices")
async def find(
    studio: TheStudio,
    actor: TheActor,
    unread: bool = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """List what you were told, newest first; `unread` only what you have not read."""
    found = await studio.notices.find(actor, unread=unread, before=decode(cursor), limit=limit + 1)
    return page(found, limit, lambda each: each.to_json(), lambda each: each.position)


@router.post("/notices/read-all")
async def read_all(studio: TheStudio, actor: TheActor) -> dict[str, Any]:
    """Note that you have read everything; `read` is how much that was."""
    return {"read": await studio.notices.read_all(actor)}


@router.post("/notices/{notice}/read")
async def read(studio: TheStudio, actor: TheActor, notice: str) -> dict[str, Any]:
    """Note that you have read a notice; the first time counts."""
    return (await studio.notices.read(actor, notice)).to_json()


@router.get("/notice-templates")
async def templates(studio: TheStudio, actor: TheActor) -> dict[str, Any]:
    """List the words of every kind of notice, with the placeholders each can show."""
    found = await studio.notice_templates.find(actor)
    return {"items": [each.to_json() for each in found], "next": None}


@router.get("/notice-templates/{kind}")
async def template(
    studio: TheStudio, actor: TheActor, response: Response, kind: str
) -> dict[str, Any]:
    """Show the words of one kind; its `ETag` is the revision, `"0"` for the product's own."""
    found = await studio.notice_templates.get(actor, kind)
    response.headers["ETag"] = tag(found.revision)
    return dict(found.to_json())


@router.put("/notice-templates/{kind}")
async def set_template(
    studio: TheStudio,
    actor: TheActor,
    response: Response,
    kind: str,
    body: WordingBody,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Tell notices of this kind in your own words; placeholders such as `$dataset` alone."""
    wording = Wording(body.subject, body.body)
    expected = expected_revision(if_match)
    kept = await studio.notice_templates.put(actor, kind, wording, expected)
    response.headers["ETag"] = tag(kept.revision)
    return dict(kept.to_json())
