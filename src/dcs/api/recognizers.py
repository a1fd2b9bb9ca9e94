"""What your organisation knows of its personal data: recognizers, thresholds, suppressions."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response

from dcs.api.access import TheActor, TheStudio
from dcs.core.errors import InvalidError
from dcs.validation import RecognizersRevision

router = APIRouter(prefix="/api/v1/personal-data", tags=["tenants"])

IfMatch = Annotated[str | None, Header(description='The `ETag` of what you change, or `"0"`.')]


class InvalidPreconditionError(InvalidError):
    """`If-Match` is not the `ETag` of a revision."""

    code = "invalid_precondition"


@router.put("/recognizers", status_code=201)
async def put(
    studio: TheStudio,
    actor: TheActor,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Judge the next files by these recognizers, thresholds and suppressions (YAML or JSON)."""
    kept = await studio.recognizers.put(actor, await request.body(), _expected(if_match))
    response.headers["ETag"] = _tag(kept)
    return kept.to_json()


@router.get("/recognizers")
async def get(
    studio: TheStudio,
    actor: TheActor,
    revision: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """Return the document as it was given; its `ETag` is its revision."""
    found = await studio.recognizers.get(actor, revision)
    headers = {"ETag": _tag(found), "Cache-Control": "no-store"}
    return Response(found.document, media_type="application/yaml", headers=headers)


@router.get("/recognizers/revisions")
async def revisions(studio: TheStudio, actor: TheActor) -> dict[str, Any]:
    """List the revisions, newest first; the first one is in force."""
    found = await studio.recognizers.revisions(actor)
    return {"items": [each.to_json() for each in found], "next": None}


def _tag(revision: RecognizersRevision) -> str:
    return f'"{revision.revision}"'


def _expected(given: str | None) -> int | None:
    """Return the revision a header names."""
    if given is None or given.strip() == "*":
        return None
    text = given.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidPreconditionError('If-Match takes the ETag of a revision, such as "3".')
    return int(text)
