"""What every answer to a tus client carries, also one that no route has written."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dcs.api.uploads.tus import VERSION

PREFIX = "/api/v1/uploads"


class TusHeader:
    """Name the protocol's version in the answers to those who named it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the header to the answer of a tus request."""
        if (
            scope["type"] != "http"
            or not scope["path"].startswith(PREFIX)
            or "tus-resumable" not in Headers(scope=scope)
        ):
            await self._app(scope, receive, send)
            return

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Tus-Resumable"] = VERSION
            await send(message)

        await self._app(scope, receive, named)
