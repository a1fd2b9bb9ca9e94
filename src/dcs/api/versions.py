"""Versions: receive, follow, look at, read."""

from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from dcs.api import events
from dcs.api.access import TheActor, TheStudio
from dcs.api.bodies import announced_size, body_of
from dcs.api.models import SubmitBody
from dcs.ingestion import UploadRequest
from dcs.sharing import Format

router = APIRouter(prefix="/api/v1", tags=["versions"])

CHANGE_SECONDS = 20.0  # how long one question for a change is kept open


@router.put("/datasets/{dataset}/versions", status_code=202)
async def receive(
    studio: TheStudio,
    actor: TheActor,
    dataset: str,
    request: Request,
    response: Response,
    filename: Annotated[str, Query(min_length=1, max_length=1_000)],
    submit: bool = True,
    sensitive: bool = False,
) -> dict[str, Any]:
    """
    Receive the body as the dataset's next version, streamed.

    202 means that the file is kept for good and its journey has begun. 200
    means that the dataset had exactly this content already.
    """
    received = await studio.receiver.receive(
        actor,
        dataset,
        filename,
        body_of(request),
        UploadRequest(submit, sensitive),
        announced_size(request),
    )
    version = received.version
    response.status_code = 200 if received.duplicate else 202
    response.headers["Location"] = f"/api/v1/datasets/{version.dataset}/versions/{version.number}"
    return version.to_json()


@router.get("/datasets/{dataset}/versions")
async def versions(studio: TheStudio, actor: TheActor, dataset: str) -> dict[str, Any]:
    """List the versions you may know of, newest first."""
    found = await studio.catalog.versions(actor, dataset)
    return {"items": [each.to_json() for each in found], "next": None}


@router.get("/datasets/{dataset}/versions/{number}")
async def numbered(studio: TheStudio, actor: TheActor, dataset: str, number: int) -> dict[str, Any]:
    """Show a version by its number."""
    return (await studio.catalog.numbered(actor, dataset, number)).to_json()


@router.get("/versions/{version}")
async def show(studio: TheStudio, actor: TheActor, version: str) -> dict[str, Any]:
    """Show a version by its id."""
    return (await studio.catalog.version(actor, version)).to_json()


@router.get("/versions/{version}/change")
async def change(
    studio: TheStudio,
    actor: TheActor,
    version: str,
    from_status: Annotated[str, Query(alias="from", max_length=30)],
) -> dict[str, Any]:
    """Answer once the version's status is another than `from`, or after twenty seconds."""
    found = await studio.catalog.version_changed(actor, version, from_status, CHANGE_SECONDS)
    return found.to_json()


@router.post("/datasets/{dataset}/versions/{number}/submit", status_code=202)
async def submit(
    studio: TheStudio, actor: TheActor, dataset: str, number: int, body: SubmitBody | None = None
) -> dict[str, Any]:
    """Ask for the approval of a draft or of what was returned, and confirm what is asked for."""
    version = await studio.catalog.numbered(actor, dataset, number)
    attested = () if body is None else tuple(body.attestations)
    await studio.approvals.submit(actor, version, attested)
    return (await studio.catalog.version(actor, version.id)).to_json()


@router.get("/datasets/{dataset}/versions/{number}/preview")
async def preview(studio: TheStudio, actor: TheActor, dataset: str, number: int) -> dict[str, Any]:
    """Return the first rows as you may see them, and which columns are masked for you."""
    return (await studio.delivery.preview(actor, dataset, number)).to_json()


@router.get("/datasets/{dataset}/versions/{number}/data")
async def data(
    studio: TheStudio,
    actor: TheActor,
    dataset: str,
    number: int,
    format: Format = Format.CSV,  # noqa: A002  # the word of the interface
    columns: str | None = None,
    limit: Annotated[int | None, Query(ge=1)] = None,
) -> StreamingResponse:
    """Stream the rows as you may see them; up to 1,000 rows is a read, more a download."""
    chosen = None if columns is None else [each.strip() for each in columns.split(",")]
    delivered = await studio.delivery.read(actor, dataset, number, format, chosen, limit)
    headers = {
        "X-Decision-Id": delivered.decision.id,
        "X-Granted-By": ",".join(delivered.decision.grant),
        "X-Masked-Columns": ",".join(quote(name, safe="") for name in sorted(delivered.masked)),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(delivered.chunks, 200, headers, media_type=format.media_type)


_followed = partial(router.get, response_class=Response, responses=events.DESCRIBED)
_followed("/datasets/{dataset}/versions/{number}/events")(events.numbered_events)
_followed("/versions/{version}/events")(events.version_events)
