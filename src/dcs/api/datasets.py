"""Datasets and their data contracts."""

from typing import Any

from fastapi import APIRouter, Request, Response

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import DatasetBody, DatasetChangeBody
from dcs.api.pages import Cursor, Limit, decode, page
from dcs.catalog import NewDataset
from dcs.core.classification import Classification

router = APIRouter(prefix="/api/v1/datasets", tags=["datasets"])


@router.post("", status_code=201)
async def add(
    studio: TheStudio, actor: TheActor, body: DatasetBody, response: Response
) -> dict[str, Any]:
    """Add a dataset; you become its owner."""
    dataset = await studio.catalog.add_dataset(actor, NewDataset(**body.model_dump()))
    response.headers["Location"] = f"/api/v1/datasets/{dataset.id}"
    return dataset.to_json()


@router.get("")
async def find(
    studio: TheStudio,
    actor: TheActor,
    q: str = "",
    classification: Classification | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """List the datasets you may know of, by name; `q` looks into names and descriptions."""
    found = await studio.catalog.datasets(actor, decode(cursor) or "", limit + 1, q, classification)
    return page(found, limit, lambda each: each.to_json(), lambda each: each.name)


@router.get("/{dataset}")
async def show(studio: TheStudio, actor: TheActor, dataset: str) -> dict[str, Any]:
    """Show a dataset by its id or name."""
    return (await studio.catalog.dataset_for(actor, dataset, "list")).to_json()


@router.patch("/{dataset}")
async def change(
    studio: TheStudio, actor: TheActor, dataset: str, body: DatasetChangeBody
) -> dict[str, Any]:
    """Change how long versions of the dataset are to be kept; nothing is removed by it."""
    if "retention_days" not in body.model_fields_set:
        return await show(studio, actor, dataset)
    return (await studio.catalog.set_retention(actor, dataset, body.retention_days)).to_json()


@router.put("/{dataset}/contract", status_code=201)
async def set_contract(
    studio: TheStudio, actor: TheActor, dataset: str, request: Request
) -> dict[str, Any]:
    """Judge the dataset's next versions by a data contract (ODCS as YAML or JSON)."""
    contract = await studio.reports.set_contract(actor, dataset, await request.body())
    return contract.to_json()


@router.get("/{dataset}/contract")
async def contract(studio: TheStudio, actor: TheActor, dataset: str) -> Response:
    """Return the dataset's data contract as it was given."""
    found = await studio.contracts.of(actor, dataset)
    return Response(found.document, media_type="application/yaml")


@router.get("/{dataset}/contracts")
async def contracts(studio: TheStudio, actor: TheActor, dataset: str) -> dict[str, Any]:
    """List the data contracts the dataset has had, newest first; one of them is `current`."""
    owner, found = await studio.contracts.all_of(actor, dataset)
    items = [each.to_json() | {"current": each.id == owner.contract} for each in found]
    return {"items": items, "next": None}


@router.get("/{dataset}/contracts/{contract}")
async def earlier_contract(
    studio: TheStudio, actor: TheActor, dataset: str, contract: str
) -> Response:
    """Return one of the data contracts the dataset has had, as it was given."""
    found = await studio.contracts.earlier(actor, dataset, contract)
    return Response(found.document, media_type="application/yaml")
