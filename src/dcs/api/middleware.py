"""
What every request passes, as plain ASGI: headers, limits, an id, a measurement.

Never ``BaseHTTPMiddleware``: measured over eight layers it cost about 140 times
as much, and it breaks streams.
"""

import http
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dcs.api.problems import problem
from dcs.core.errors import LimitError
from dcs.core.ids import new_id
from dcs.observability import Metrics

log = structlog.get_logger()

MAX_BODY = 1024 * 1024  # of every request that is not an upload
MAX_HEADERS = 64 * 1024  # bytes of names, values and address together
CONTENT_SECURITY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)


class BodyTooLargeError(LimitError):
    """The body of a request that is not an upload is too large."""

    code = "body_too_large"


class SecurityHeaders:
    """Tell browsers to be strict about every answer."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": CONTENT_SECURITY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to the answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class BodyLimit:
    """Stop a body that is too large while it arrives, before anything keeps it in memory."""

    def __init__(self, app: ASGIApp, *, exempt: Callable[[Scope], bool]) -> None:
        self._app = app
        self._exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the body's bytes as the application reads them."""
        if scope["type"] != "http" or self._exempt(scope):
            await self._app(scope, receive, send)
            return
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MAX_BODY:
                raise BodyTooLargeError("too large", too_large=True)
            return message

        async def unless_too_large(message: Message) -> None:
            if size <= MAX_BODY:
                await send(message)

        # Frameworks turn an error while a body is read into an answer of their own.
        with suppress(BodyTooLargeError):
            await self._app(scope, counted, unless_too_large)
        if size > MAX_BODY:
            detail = f"The body is larger than {MAX_BODY:,} bytes."
            answer = problem(Request(scope), 413, BodyTooLargeError.code, detail)
            await answer(scope, receive, send)


class HeaderLimit:
    """
    Refuse a request whose headers are larger than any honest one's.

    The server reads a body ahead by megabytes, and would take as much of headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the names and values before anything looks at them."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        size = sum(len(name) + len(value) for name, value in scope["headers"])
        if size + len(scope["raw_path"]) + len(scope["query_string"]) <= MAX_HEADERS:
            await self._app(scope, receive, send)
            return
        detail = f"The headers and the address have more than {MAX_HEADERS:,} bytes."
        status = http.HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        answer = problem(Request(scope), status, "headers_too_large", detail)
        await answer(scope, receive, send)


class Observed:
    """Give each request an id, measure it and log it as one event."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Measure from the first byte of the request to the end of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        answered: dict[str, Any] = {"status": 500}

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered["status"] = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, with_id)
            finally:
                self._note(scope, answered["status"], time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        labels = ("api", scope["method"], str(status))
        self._metrics.requests.labels(*labels).inc()
        self._metrics.request_seconds.labels(*labels).observe(seconds)
        route = scope.get("route")
        log.info(
            "request_answered",
            method=scope["method"],
            route=getattr(route, "path", None),
            status=status,
            seconds=round(seconds, 4),
        )


def _request_id(scope: Scope) -> str:
    """Keep an id that a proxy in front gave, if it looks like one; else make one."""
    given = Headers(scope=scope).get("x-request-id", "")
    plain = given.replace("-", "")
    return given if plain.isalnum() and plain.isascii() and len(given) <= 64 else new_id()
