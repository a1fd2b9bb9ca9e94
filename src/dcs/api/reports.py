"""Validation reports, for programs, people and code hosts, and the schema they follow."""

import asyncio
import json
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from dcs.api.access import TheActor, TheStudio, public
from dcs.validation import Report, content_security, schema_document, to_html, to_sarif

router = APIRouter(prefix="/api/v1", tags=["versions"])


class Form(StrEnum):
    """How a report is written."""

    JSON = "json"
    HTML = "html"
    SARIF = "sarif"


_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report in the form that was asked for.",
        "content": {
            "application/json": {"schema": {"$ref": "/api/v1/schemas/validation.json"}},
            "text/html": {"schema": {"type": "string"}},
            "application/sarif+json": {"schema": {"type": "object"}},
        },
    }
}


@router.get(
    "/datasets/{dataset}/versions/{number}/report", response_class=Response, responses=_FORMS
)
async def report(
    studio: TheStudio,
    actor: TheActor,
    dataset: str,
    number: int,
    form: Annotated[
        Form, Query(alias="format", description="`html` stands alone; `sarif` is version 2.1.0.")
    ] = Form.JSON,
) -> Response:
    """Return the validation report: as `dcs.validation/v1`, as a page of its own, or as SARIF."""
    document = await studio.reports.report(actor, dataset, number)
    match form:
        case Form.JSON:
            return Response(json.dumps(document), media_type="application/json")
        case Form.HTML:
            page = await asyncio.to_thread(to_html, Report.from_json(document))
            policy = f"{content_security()}; frame-ancestors 'none'"
            headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
            return Response(page, headers=headers, media_type="text/html")
        case Form.SARIF:
            log = to_sarif(Report.from_json(document))
            return Response(json.dumps(log), media_type="application/sarif+json")


@router.get("/schemas/validation.json", dependencies=[Depends(public)], response_class=Response)
async def schema() -> Response:
    """Return the JSON Schema (2020-12) of `dcs.validation/v1`; anybody may read it."""
    return Response(schema_document(), media_type="application/schema+json")
