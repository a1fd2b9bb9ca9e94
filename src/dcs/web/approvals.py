"""Approvals: what waits for you, the evidence beside the decision, and voting."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dcs.core.errors import ForbiddenError, NotFoundError
from dcs.policy import Action
from dcs.validation import Report
from dcs.web.access import TheActor, TheStudio, form_of
from dcs.web.pages import render
from dcs.workflow import Ballot, Level

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
        voting=await studio.approvals.levels_for(actor, view),
        can_expedite=await studio.approvals.may(actor, view, Action.EXPEDITE),
        can_escalate=await studio.approvals.may(actor, view, Action.ESCALATE),
        can_comment=await studio.approvals.may(actor, view, Action.COMMENT),
        logins=await studio.identity.logins(actor.tenant),
    )


@router.get("/approvals/{approval}/deciding")
async def deciding(
    request: Request, studio: TheStudio, actor: TheActor, approval: str, seen: str = ""
) -> Response:
    """Return what people have decided so far, for the page to put in place while it goes on."""
    view = await studio.approvals.show(actor, approval)
    page = render(
        request,
        "deciding.html",
        actor,
        approval=view,
        history=(await studio.approvals.story(actor, approval))["history"],
        logins=await studio.identity.logins(actor.tenant),
        again=True,
    )
    if seen != view.seen:
        page.headers["HX-Refresh"] = "true"
    return page


@router.post("/approvals/{approval}/votes")
async def vote(request: Request, studio: TheStudio, actor: TheActor, approval: str) -> Response:
    """Cast a vote and show the approval as it is now."""
    form = await form_of(request)
    asked = form.get("decision", "")
    decision = asked if asked in {"approve", "return"} else "reject"
    reason = form.get("reason", "")[:2_000]
    await studio.approvals.vote(actor, approval, _ballot(form, decision, reason))
    return RedirectResponse(f"/approvals/{approval}", status_code=303)


def _ballot(form: Mapping[str, str], decision: str, reason: str) -> Ballot:
    """Return the vote that a form asks for; a level nobody knows is one that nobody asked."""
    level = Level.L2 if form.get("level") == "L2" else Level.L1
    columns = [each.strip() for each in form.get("masks", "").split(",") if each.strip()]
    method = "partial" if form.get("method") == "partial" else "redact"
    return Ballot(level, decision, reason, dict.fromkeys(columns, method))


@router.post("/approvals/{approval}/delegate")
async def delegate(request: Request, studio: TheStudio, actor: TheActor, approval: str) -> Response:
    """Hand a vote over and show the approval as it is now."""
    form = await form_of(request)
    to = await studio.identity.account_by_login(actor.tenant, form.get("to", "").strip())
    level = Level.L2 if form.get("level") == "L2" else Level.L1
    await studio.approvals.delegate(actor, approval, level, to)
    return RedirectResponse(f"/approvals/{approval}", status_code=303)


@router.post("/approvals/{approval}/escalate")
async def escalate(studio: TheStudio, actor: TheActor, approval: str) -> Response:
    """Have the next group asked and show the approval as it is now."""
    await studio.approvals.escalate(actor, approval)
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
