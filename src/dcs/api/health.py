"""Health, metrics and who is calling."""

from typing import Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse

from dcs.api.access import TheActor, TheStudio, public
from dcs.core.clock import rfc3339
from dcs.observability import HealthReport, run_checks

router = APIRouter()


@router.get("/health/live", dependencies=[Depends(public)], tags=["health"])
async def live(studio: TheStudio) -> dict[str, Any]:
    """Say that this process runs; asks nothing else, so a slow database does not restart it."""
    return HealthReport(studio.clock.now(), ()).to_json()


@router.get("/health/ready", dependencies=[Depends(public)], tags=["health"])
async def ready(studio: TheStudio) -> JSONResponse:
    """Name each thing this process needs and whether it answers; 503 if one does not."""
    report = await run_checks(studio.checks, studio.clock.now())
    return JSONResponse(report.to_json(), 200 if report.healthy else 503)


@router.get("/metrics", tags=["health"])
async def metrics(studio: TheStudio, actor: TheActor) -> Response:
    """Return the metrics in Prometheus text; needs an admin's token."""
    text = await studio.measure(actor)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/api/v1/whoami", tags=["accounts"])
async def whoami(studio: TheStudio, actor: TheActor) -> dict[str, Any]:
    """Return the account behind the credentials."""
    return {
        "id": actor.id,
        "login": actor.login,
        "tenant": actor.tenant,
        "roles": sorted(actor.roles),
        "attributes": dict(actor.attributes),
        "time": rfc3339(studio.clock.now()),
    }
