"""Add the pages to an application: routes, static files, and errors people can read."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ExceptionHandler

from dcs.core.errors import DcsError
from dcs.studio import Studio
from dcs.web import (
    approvals,
    asking,
    audit,
    changes,
    datasets,
    docs,
    groups,
    home,
    inbox,
    me,
    quarantine,
    retention,
    versions,
)
from dcs.web.access import SignInNeededError
from dcs.web.pages import render

STATIC = Path(__file__).parent / "static"
MACHINE_PATHS = ("/api/", "/health/", "/metrics")


def add_pages(app: FastAPI, _studio: Studio) -> None:
    """Serve the studio's pages beside the API."""
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for part in (
        home,
        datasets,
        retention,
        versions,
        changes,
        approvals,
        asking,
        inbox,
        quarantine,
        audit,
        groups,
        me,
        docs,
    ):
        app.include_router(part.router, include_in_schema=False)
    app.add_exception_handler(SignInNeededError, _to_sign_in)
    for kind in (DcsError, HTTPException):
        app.add_exception_handler(kind, _for_people(app.exception_handlers[kind]))


def _for_people(for_machines: ExceptionHandler) -> ExceptionHandler:
    """Show an error as a page, unless a program asked."""

    async def show(request: Request, error: Exception) -> Response:
        if request.url.path.startswith(MACHINE_PATHS):
            answer: Response = await for_machines(request, error)  # type: ignore[misc,arg-type]  # ours are async
            return answer
        status = _status(error)
        detail = getattr(error, "detail", "")
        reasons = getattr(error, "extra", {}).get("reasons", [])
        return render(
            request, "error.html", None, status=status, code=status, detail=detail, reasons=reasons
        )

    return show


async def _to_sign_in(_request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeededError)  # noqa: S101  # registered for this class
    return RedirectResponse(error.address, status_code=303)


def _status(error: Exception) -> int:
    """Return the status of one of our errors, or of the protocol's."""
    if isinstance(error, HTTPException):
        return error.status_code
    return error.status if isinstance(error, DcsError) else 500
