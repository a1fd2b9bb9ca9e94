"""What your organisation knows of its personal data: recognizers, thresholds, suppressions."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from dcs.api.access import TheActor, TheStudio
from dcs.api.preconditions import IfMatch, expected_revision, tag

router = APIRouter(prefix="/api/v1/personal-data", tags=["tenants"])


@router.put("/recognizers", status_code=201)
async def put(
    studio: TheStudio,
    actor: TheActor,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Judge the next files by these recognizers, thresholds and suppressions (YAML or JSON)."""
    kept = await studio.recognizers.put(actor, await request.body(), expected_revision(if_match))
    response.headers["ETag"] = tag(kept.revision)
    return kept.to_json()


@router.get("/recognizers")
async def get(
    studio: TheStudio,
    actor: TheActor,
    revision: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """Return the document as it was given; its `ETag` is its revision."""
    found = await studio.recognizers.get(actor, revision)
    headers = {"ETag": tag(found.revision), "Cache-Control": "no-store"}
    return Response(found.document, media_type="application/yaml", headers=headers)


@router.get("/recognizers/revisions")
async def revisions(studio: TheStudio, actor: TheActor) -> dict[str, Any]:
    """List the revisions, newest first; the first one is in force."""
    found = await studio.recognizers.revisions(actor)
    return {"items": [each.to_json() for each in found], "next": None}
