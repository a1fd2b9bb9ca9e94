"""Bodies that are streamed: as they arrive, and never taken for whole when they broke off."""

from collections.abc import AsyncIterator

from fastapi import Request

from dcs.ingestion import ReceivingStoppedError


def announced_size(request: Request) -> int | None:
    """Return the body's length as its sender announced it."""
    announced = request.headers.get("content-length", "")
    return int(announced) if announced.isascii() and announced.isdigit() else None


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """
    Yield the body as it arrives.

    Raises:
        ReceivingStoppedError: It ended before its announced length.
    """
    announced, size = announced_size(request), 0
    async for chunk in request.stream():
        size += len(chunk)
        if chunk:
            yield chunk
    if announced is not None and size != announced:
        raise ReceivingStoppedError("The file broke off before its end. Send it again.")
