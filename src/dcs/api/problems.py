"""Errors as problem documents (RFC 9457): one shape for everything that goes wrong."""

import http
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from dcs.core.errors import DcsError, LimitError

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"
DOCS = "/api/v1/docs#"


def install(app: FastAPI) -> None:
    """Answer every error of *app* with a problem document."""
    app.add_exception_handler(DcsError, _known)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _protocol)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unknown)


def problem(request: Request, status: int, code: str, detail: str, **extra: Any) -> JSONResponse:
    """Build a problem document; *extra* are further members."""
    headers = {}
    if "retry_after" in extra:
        headers["Retry-After"] = str(int(extra["retry_after"]) + 1)
    if status == http.HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    document = {
        "type": DOCS + code,
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "code": code,
        "trace_id": request.scope.get("state", {}).get("request_id"),
        **extra,
    }
    return JSONResponse(document, status, headers, media_type=MEDIA_TYPE)


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, DcsError)  # noqa: S101  # registered for this class
    status = error.status
    if isinstance(error, LimitError) and error.too_large:
        status = http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return problem(request, status, error.code, error.detail, **error.extra)


async def _malformed(request: Request, error: Exception) -> Response:
    """Say which fields are wrong and how, without repeating what was sent."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for this class
    errors = [
        {"field": ".".join(str(part) for part in each["loc"][1:]), "detail": each["msg"]}
        for each in error.errors()
    ]
    detail = "; ".join(f"{each['field']}: {each['detail']}" for each in errors)
    return problem(request, 422, "invalid_request", detail, errors=errors)


async def _protocol(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class
    code = "not_found" if error.status_code == http.HTTPStatus.NOT_FOUND else "http_error"
    return problem(request, error.status_code, code, str(error.detail))


async def _gone(_request: Request, _error: Exception) -> Response:
    """Nobody is there to read the answer; the status is for the log."""
    return Response(status_code=499)


async def _unknown(request: Request, error: Exception) -> Response:
    log.error("request_failed", path=request.url.path, exc_info=error)
    return problem(request, 500, "internal_error", "Something went wrong here. It has been logged.")
