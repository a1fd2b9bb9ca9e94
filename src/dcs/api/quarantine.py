"""Quarantine: what waits there, and letting it go or removing it with a reason."""

from typing import Any

from fastapi import APIRouter

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import ReasonBody
from dcs.api.pages import Limit
from dcs.catalog import Dataset, Version

router = APIRouter(prefix="/api/v1/quarantine", tags=["quarantine"])


@router.get("")
async def find(studio: TheStudio, actor: TheActor, limit: Limit = 100) -> dict[str, Any]:
    """List the files in quarantine that you may look after, newest first."""
    found = await studio.quarantine.find(actor, limit)
    return {"items": [_show(*each) for each in found], "next": None}


@router.post("/{version}/release", status_code=202)
async def release(
    studio: TheStudio, actor: TheActor, version: str, body: ReasonBody
) -> dict[str, Any]:
    """Let a file go on, with a reason; whoever sent it cannot."""
    return (await studio.quarantine.release(actor, version, body.reason)).to_json()


@router.post("/{version}/discard")
async def discard(
    studio: TheStudio, actor: TheActor, version: str, body: ReasonBody
) -> dict[str, Any]:
    """End a file's journey and remove its bytes, with a reason; whoever sent it cannot."""
    return (await studio.quarantine.discard(actor, version, body.reason)).to_json()


def _show(dataset: Dataset, version: Version) -> dict[str, Any]:
    return version.to_json() | {
        "dataset_name": dataset.name,
        "uploaded_by": version.uploaded_by,
        "scanned_with": version.scanned_with,
    }
