"""A version: its journey, what was found, what it is like and how you see it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dcs.catalog import Dataset, Status, Version
from dcs.core.actor import Actor
from dcs.core.errors import ConflictError, ForbiddenError, NotFoundError
from dcs.policy import Action
from dcs.sharing import Preview
from dcs.studio import Studio
from dcs.validation import Report
from dcs.web.access import TheActor, TheStudio
from dcs.web.pages import render
from dcs.web.retention import retention_of
from dcs.workflow import TERMS

router = APIRouter()

STAGES = ("INITIALIZING", "VALIDATING", "COMPLIANCE_CHECK", "APPROVAL_PENDING", "ACTIVATING")
STAGE_NAMES = ("received", "validated", "complies", "approved", "active")


@router.get("/versions/{version_id}")
async def by_id(studio: TheStudio, actor: TheActor, version_id: str) -> Response:
    """Go to a version's page by its id."""
    dataset, version = await studio.catalog.with_dataset(actor, version_id)
    return RedirectResponse(f"/datasets/{dataset.name}/versions/{version.number}", status_code=303)


@router.get("/versions/{version_id}/journey")
async def journey(
    request: Request, studio: TheStudio, actor: TheActor, version_id: str
) -> Response:
    """Return the journey alone, for the page to put in place while it goes on."""
    _, version = await studio.catalog.with_dataset(actor, version_id)
    page = render(request, "journey.html", actor, version=version, steps=steps(version))
    if not version.status.waits_for_machinery:
        page.headers["HX-Refresh"] = "true"
    return page


@router.get("/datasets/{name}/versions/{number}")
async def show(
    request: Request, studio: TheStudio, actor: TheActor, name: str, number: int
) -> Response:
    """Show a version: failures first, then what it is like, then its first rows as you see them."""
    version = await studio.catalog.numbered(actor, name, number)
    dataset = await studio.catalog.dataset_for(actor, version.dataset, Action.LIST)
    preview, denied = await _preview(studio, actor, dataset, version)
    return render(
        request,
        "version.html",
        actor,
        dataset=dataset,
        version=version,
        versions=await studio.catalog.versions(actor, dataset.id),
        steps=steps(version),
        report=await _report(studio, actor, dataset, version),
        preview=preview,
        denied=denied,
        can_ask=bool(denied) and await studio.access.may_ask(actor, dataset),
        terms=TERMS,
        rules=await studio.approvals.rules_on(actor, version),
        retention=await retention_of(studio, actor, dataset),
        logins=await studio.identity.logins(actor.tenant),
    )


def steps(version: Version) -> list[dict[str, str]]:
    """Return the five steps of the journey with their state: done, now, failed or ahead."""
    reached = STAGES.index(version.stage) if version.stage in STAGES else len(STAGES)
    if version.status is Status.ACTIVE:
        reached = len(STAGES)
    elif version.status.has_ended or version.status is Status.QUARANTINED:
        reached = _failed_step(version)
    states = []
    for position, name in enumerate(STAGE_NAMES):
        state = "done" if position < reached else "ahead"
        if position == reached:
            ended = version.status.has_ended or version.status is Status.QUARANTINED
            state = "failed" if ended else "now"
        states.append({"name": name, "state": state})
    return states


def _failed_step(version: Version) -> int:
    by_reason = {
        "VALIDATION_FAILED": 1,
        "COMPLIANCE_FAILED": 2,
        "HUMAN_REJECTION": 3,
        "DEADLINE": 3,
    }
    return by_reason.get(version.reason or "", 0)


async def _report(
    studio: Studio, actor: Actor, dataset: Dataset, version: Version
) -> Report | None:
    try:
        document = await studio.reports.report(actor, dataset.id, version.number)
    except (NotFoundError, ForbiddenError):
        return None
    return Report.from_json(document)


async def _preview(
    studio: Studio, actor: Actor, dataset: Dataset, version: Version
) -> tuple[Preview | None, list[Any]]:
    """Return the first rows as the actor may see them, or the reasons why they may not."""
    try:
        return await studio.delivery.preview(actor, dataset.id, version.number), []
    except ForbiddenError as error:
        return None, error.extra["reasons"]
    except (NotFoundError, ConflictError):
        return None, []
