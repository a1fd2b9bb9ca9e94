"""Imports: files the server fetches itself, and the places in S3 it may fetch from."""

from typing import Any

from fastapi import APIRouter, Response

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import ImportBody, SourceBody
from dcs.api.pages import Limit
from dcs.core.clock import rfc3339
from dcs.ingestion import UploadRequest
from dcs.ingestion.importing import Import, Source

router = APIRouter(prefix="/api/v1/imports", tags=["imports"])


@router.post("", status_code=202)
async def ask(
    studio: TheStudio, actor: TheActor, body: ImportBody, response: Response
) -> dict[str, Any]:
    """Have a file fetched as a dataset's next version: `https`, or `s3` from a listed place."""
    request = UploadRequest(body.submit, body.sensitive)
    new = await studio.imports.ask(actor, body.url, body.dataset, request)
    response.headers["Location"] = f"/api/v1/imports/{new.id}"
    return _show(new, 0)


@router.get("")
async def find(studio: TheStudio, actor: TheActor, limit: Limit = 50) -> dict[str, Any]:
    """List your imports, newest first."""
    found = await studio.imports.find(actor, limit)
    return {"items": [_show(each, None) for each in found], "next": None}


@router.get("/sources")
async def sources(studio: TheStudio, actor: TheActor) -> dict[str, Any]:
    """List the places in S3 from which people may import."""
    found = await studio.imports.sources(actor)
    return {"items": [_show_source(each) for each in found], "next": None}


@router.post("/sources", status_code=201)
async def add_source(studio: TheStudio, actor: TheActor, body: SourceBody) -> dict[str, Any]:
    """Let people import from a place in S3, such as `s3://bucket/prefix`."""
    return _show_source(await studio.imports.add_source(actor, body.address))


@router.delete("/sources/{source}", status_code=204)
async def remove_source(studio: TheStudio, actor: TheActor, source: str) -> None:
    """Take a place off the list."""
    await studio.imports.remove_source(actor, source)


@router.get("/{task}")
async def show(studio: TheStudio, actor: TheActor, task: str) -> dict[str, Any]:
    """Show an import you asked for, and how many bytes have come."""
    return _show(*await studio.imports.show(actor, task))


@router.delete("/{task}", status_code=204)
async def cancel(studio: TheStudio, actor: TheActor, task: str) -> None:
    """End an import and remove what has come."""
    await studio.imports.cancel(actor, task)


def _show(found: Import, received: int | None) -> dict[str, Any]:
    return {
        "id": found.id,
        "dataset": found.dataset,
        "host": found.host,
        "state": found.state.value,
        "size": found.size,
        "received": received,
        "version": found.version,
        "reason": found.reason,
        "created_at": rfc3339(found.created_at),
        "finished_at": None if found.finished_at is None else rfc3339(found.finished_at),
    }


def _show_source(found: Source) -> dict[str, Any]:
    return {
        "id": found.id,
        "address": found.address,
        "added_by": found.added_by,
        "created_at": rfc3339(found.created_at),
    }
