"""What changed between versions of a dataset, and how its checks went from version to version."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from dcs.policy import Action
from dcs.web.access import TheActor, TheStudio
from dcs.web.pages import render

router = APIRouter()

MOST_CHECKS = 200  # on one page


@router.get("/datasets/{name}/versions/{number}/changes")
async def changes(
    request: Request,
    studio: TheStudio,
    actor: TheActor,
    name: str,
    number: int,
    since: Annotated[int, Query(ge=1)],
) -> Response:
    """Show what changed from an earlier version to this one."""
    diff = await studio.comparisons.diff(actor, name, since, number)
    dataset = await studio.catalog.dataset_for(actor, name, Action.LIST)
    return render(
        request,
        "changes.html",
        actor,
        dataset=dataset,
        number=number,
        since=since,
        versions=await studio.catalog.versions(actor, dataset.id),
        diff=diff,
    )


@router.get("/datasets/{name}/checks")
async def checks(request: Request, studio: TheStudio, actor: TheActor, name: str) -> Response:
    """Show how each check ended, version after version; what keeps a file back comes first."""
    dataset = await studio.catalog.dataset_for(actor, name, Action.LIST)
    courses = await studio.history.courses(actor, name, MOST_CHECKS)
    return render(request, "checks.html", actor, dataset=dataset, courses=courses)
