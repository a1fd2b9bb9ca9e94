"""The API's reference as a page of our own: no script from anywhere else."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from dcs.web.access import anybody
from dcs.web.pages import render

router = APIRouter()


@router.get("/api/v1/docs", dependencies=[Depends(anybody)])
async def show(request: Request) -> Response:
    """List every operation of the API, from the same document programs read."""
    document = request.app.openapi()
    return render(
        request,
        "docs.html",
        None,
        operations=_operations(document),
        title=document["info"]["title"],
    )


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "method": method.upper(),
            "path": path,
            "text": operation.get("description", ""),
            "parameters": operation.get("parameters", []),
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
