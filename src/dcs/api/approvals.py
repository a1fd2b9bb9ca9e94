"""Approvals: what waits for whom, and what was decided."""

from typing import Any

from fastapi import APIRouter

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import CancelBody, CommentBody, DelegateBody, VoteBody
from dcs.api.pages import Cursor, Limit, decode, page
from dcs.workflow import Ballot, Level

router = APIRouter(prefix="/api/v1/approvals", tags=["approvals"])


@router.get("")
async def find(
    studio: TheStudio,
    actor: TheActor,
    mine: bool = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """List approvals, newest first; `mine` only those that wait for your vote, by deadline."""
    found = await studio.approvals.find(actor, mine=mine, before=decode(cursor), limit=limit + 1)
    return page(found, limit, lambda each: each.to_json(), lambda each: each.position)


@router.get("/{approval}")
async def show(studio: TheStudio, actor: TheActor, approval: str) -> dict[str, Any]:
    """Show an approval with its levels, votes and history."""
    return await studio.approvals.story(actor, approval)


@router.post("/{approval}/votes", status_code=201)
async def vote(studio: TheStudio, actor: TheActor, approval: str, body: VoteBody) -> dict[str, Any]:
    """Approve, return for changes or reject; who asked for the approval cannot."""
    ballot = Ballot(Level(body.level), body.decision, body.reason, dict(body.masks))
    return (await studio.approvals.vote(actor, approval, ballot)).to_json()


@router.post("/{approval}/delegate")
async def delegate(
    studio: TheStudio, actor: TheActor, approval: str, body: DelegateBody
) -> dict[str, Any]:
    """Hand your vote on a level to somebody who may decide as well; you have it no more."""
    to = await studio.identity.account_by_login(actor.tenant, body.to)
    found = await studio.approvals.delegate(actor, approval, Level(body.level), to)
    return found.to_json()


@router.post("/{approval}/escalate")
async def escalate(studio: TheStudio, actor: TheActor, approval: str) -> dict[str, Any]:
    """Have the next group asked now, on every open level that names one."""
    return (await studio.approvals.escalate(actor, approval)).to_json()


@router.post("/{approval}/cancel")
async def cancel(
    studio: TheStudio, actor: TheActor, approval: str, body: CancelBody
) -> dict[str, Any]:
    """End an approval you asked for, as long as the version is not being activated."""
    return (await studio.approvals.cancel(actor, approval, body.reason)).to_json()


@router.post("/{approval}/expedite")
async def expedite(studio: TheStudio, actor: TheActor, approval: str) -> dict[str, Any]:
    """Ask for haste: deadlines that run become short, and so do those still to come."""
    return (await studio.approvals.expedite(actor, approval)).to_json()


@router.post("/{approval}/comments", status_code=201)
async def comment(
    studio: TheStudio, actor: TheActor, approval: str, body: CommentBody
) -> dict[str, Any]:
    """Say something about an open approval; whoever sees the approval can read it."""
    return (await studio.approvals.comment(actor, approval, body.text)).to_json()
