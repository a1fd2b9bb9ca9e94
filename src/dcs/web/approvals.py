"""Approvals: what waits for you, the evidence beside the decision, and voting."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dcs.core.errors import ForbiddenError, NotFoundError
from dcs.policy import Action
from dcs.validation import Report
from dcs.web.access import TheActor, TheStudio, form_of
from dcs.web.pages import render

router = APIRouter()


@router.get("/approvals")
async def inbox(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """Show what waits for your vote, the nearest deadline first, and what was decided."""
    return render(
        request,
        "approvals.html",
        actor,
        waiting=await studio.approvals.find(actor, mine=True, before=None, limit=50),
        all=await studio.approvals.find(actor, mine=False, before=None, limit=50),
        logins=await studio.identity.logins(actor.tenant),
        now=studio.clock.now(),
    )


@router.get("/approvals/{approval}")
async def show(request: Request, studio: TheStudio, actor: TheActor, approval: str) -> Response:
    """Show an approval: evidence first, then the levels, the vote and the history."""
    view = await studio.approvals.show(actor, approval)
    dataset, version = await studio.catalog.with_dataset(actor, view.version)
    try:
        document = await studio.reports.report(actor, dataset.id, version.number)
        report = Report.from_json(document)
    except (NotFoundError, ForbiddenError):
        report = None
    story = await studio.approvals.story(actor, approval)
    return render(
        request,
        "approval.html",
        actor,
        approval=view,
        rules=view.compliance,
        dataset=dataset,
        version=version,
        report=report,
        diff=await studio.comparisons.since_active(actor, version),
        history=story["history"],
        can_vote=await studio.approvals.waits_for(actor, view),
        can_expedite=await studio.approvals.may(actor, view, Action.EXPEDITE),
        can_comment=await studio.approvals.may(actor, view, Action.COMMENT),
        logins=await studio.identity.logins(actor.tenant),
    )


@router.post("/approvals/{approval}/votes")
async def vote(request: Request, studio: TheStudio, actor: TheActor, approval: str) -> Response:
    """Cast a vote and show the approval as it is now."""
    form = await form_of(request)
    asked = form.get("decision", "")
    decision = asked if asked in {"approve", "return"} else "reject"
    reason = form.get("reason", "")[:2_000]
    await studio.approvals.vote(actor, approval, form.get("level", "L1"), decision, reason)
    return RedirectResponse(f"/approvals/{approval}", status_code=303)


@router.post("/approvals/{approval}/expedite")
async def expedite(studio: TheStudio, actor: TheActor, approval: str) -> Response:
    """Ask for haste and show the approval as it is now."""
    await studio.approvals.expedite(actor, approval)
    return RedirectResponse(f"/approvals/{approval}", status_code=303)


@router.post("/approvals/{approval}/comments")
async def comment(request: Request, studio: TheStudio, actor: TheActor, approval: str) -> Response:
    """Say something and show the approval as it is now."""
    form = await form_of(request)
    await studio.approvals.comment(actor, approval, form.get("text", "")[:2_000])
    return RedirectResponse(f"/approvals/{approval}#comments", status_code=303)
