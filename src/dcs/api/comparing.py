"""What changed between versions, how checks went over time, and the rows that failed one."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from dcs.api.access import TheActor, TheStudio
from dcs.api.pages import Cursor, InvalidCursorError, Limit, decode, page
from dcs.sharing import Format

router = APIRouter(prefix="/api/v1/datasets/{dataset}", tags=["versions"])

CheckId = Annotated[str, Query(min_length=1, max_length=10_000)]


@router.get("/versions/{number}/diff")
async def diff(
    studio: TheStudio,
    actor: TheActor,
    dataset: str,
    number: int,
    to: Annotated[int, Query(ge=1)],
) -> dict[str, Any]:
    """Say what changed from this version to another (`dcs.diff/v1`); you need the reports of both."""
    return (await studio.comparisons.diff(actor, dataset, number, to)).to_json()


@router.get("/checks")
async def checks(
    studio: TheStudio,
    actor: TheActor,
    dataset: str,
    check: Annotated[CheckId | None, Query(alias="id")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """
    Return how a check ended, version after version, the oldest first.

    Without an id: how every check of the newest judged version ended. Only
    versions count whose reports you may see.
    """
    if check is not None:
        points = (await studio.history.points(actor, dataset, [check])).get(check, ())
        return {"items": [each.to_json() for each in points], "next": None}
    latest = await studio.history.latest(actor, dataset)
    begin = _behind(decode(cursor), [each.key for each in latest])
    return page(
        latest[begin : begin + limit + 1],
        limit,
        lambda each: each.to_json(),
        lambda each: each.key,
    )


def _behind(key: str | None, keys: Sequence[str]) -> int:
    """Return the place behind a check in a list of them."""
    if key is None:
        return 0
    if key not in keys:
        raise InvalidCursorError("The checks are others now. Begin again without a cursor.")
    return keys.index(key) + 1


@router.get("/versions/{number}/failing")
async def failing(
    studio: TheStudio,
    actor: TheActor,
    dataset: str,
    number: int,
    check: CheckId,
    format: Format = Format.CSV,  # noqa: A002  # the word of the interface
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int | None, Query(ge=1)] = None,
) -> StreamingResponse:
    """
    Stream the rows that failed a check, each whole, as you may see it.

    `X-Failed-Rows` says how many failed in all, `X-Complete` whether none behind these did;
    `after` a row's number goes on behind it.
    """
    found = await studio.failing.read(actor, dataset, number, check, format, after, limit)
    headers = {
        "X-Decision-Id": found.decision.id,
        "X-Granted-By": ",".join(found.decision.grant),
        "X-Masked-Columns": ",".join(quote(name, safe="") for name in sorted(found.masked)),
        "X-Complete": str(found.complete).lower(),
        "X-Failed-Rows": str(found.failed),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(found.chunks, 200, headers, media_type=format.media_type)
