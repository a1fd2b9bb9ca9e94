"""Datasets: the list, one dataset, and sending a file."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from dcs.catalog import NewDataset
from dcs.core.classification import Classification
from dcs.core.errors import DcsError
from dcs.ingestion import CHOSEN
from dcs.policy import Action, Resource
from dcs.web.access import TheActor, TheStudio, form_of
from dcs.web.pages import render
from dcs.web.retention import retention_of

router = APIRouter()


@router.get("/datasets")
async def find(request: Request, studio: TheStudio, actor: TheActor, q: str = "") -> Response:
    """List the datasets you may know of."""
    found = await studio.catalog.datasets(actor, "", 200, q)
    return render(request, "datasets.html", actor, datasets=found, q=q)


@router.get("/datasets/{name}")
async def show(request: Request, studio: TheStudio, actor: TheActor, name: str) -> Response:
    """Show a dataset: its active version, or the newest you may know of."""
    dataset = await studio.catalog.dataset_for(actor, name, Action.LIST)
    versions = await studio.catalog.versions(actor, dataset.id)
    number = dataset.active_number or (versions[0].number if versions else None)
    if number is not None:
        return RedirectResponse(f"/datasets/{dataset.name}/versions/{number}", status_code=303)
    retention = await retention_of(studio, actor, dataset)
    return render(request, "dataset.html", actor, dataset=dataset, retention=retention)


@router.get("/upload")
async def upload_page(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """Ask for a file and the dataset it belongs to."""
    tenant = Resource("tenant", actor.tenant, actor.tenant)
    allowed = (await studio.permits.decide(actor, Action.CREATE, tenant)).allow
    return render(
        request,
        "upload.html",
        actor,
        classifications=list(Classification),
        endings=",".join(CHOSEN),
        allowed=allowed,
    )


@router.post("/datasets")
async def ensure(request: Request, studio: TheStudio, actor: TheActor) -> Response:
    """Add the dataset a file is about to be sent to, unless it exists; answered without a page."""
    form = await form_of(request)
    name = form.get("name", "")
    classification = form.get("classification", Classification.INTERNAL.value)
    try:
        await studio.catalog.dataset_for(actor, name, Action.UPLOAD)
    except DcsError as error:
        if error.status != 404:
            raise
        await studio.catalog.add_dataset(actor, NewDataset(name, Classification(classification)))
    return Response(status_code=204)
