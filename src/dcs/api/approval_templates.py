"""Approval templates: how versions of each classification are decided on in your organisation."""

from typing import Any

from fastapi import APIRouter, Response

from dcs.api.access import TheActor, TheStudio
from dcs.api.models import ApprovalTemplateBody
from dcs.api.preconditions import IfMatch, expected_revision, tag
from dcs.core.classification import Classification
from dcs.workflow import ApprovalTemplate, LevelRule

router = APIRouter(prefix="/api/v1/approval-templates", tags=["approvals"])


@router.get("")
async def templates(studio: TheStudio, actor: TheActor) -> dict[str, Any]:
    """List the template of every classification; revision 0 is the built-in one."""
    found = await studio.approval_templates.find(actor)
    return {"items": [each.to_json() for each in found], "next": None}


@router.get("/{classification}")
async def template(
    studio: TheStudio, actor: TheActor, response: Response, classification: Classification
) -> dict[str, Any]:
    """Show the template of one classification; its `ETag` is the revision."""
    found = await studio.approval_templates.get(actor, classification)
    response.headers["ETag"] = tag(found.revision)
    return found.to_json()


@router.put("/{classification}")
async def put(
    studio: TheStudio,
    actor: TheActor,
    response: Response,
    classification: Classification,
    body: ApprovalTemplateBody,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Decide on versions of a classification by this template from now on; admins only."""
    wanted = ApprovalTemplate(
        first=LevelRule(**body.levels.L1.model_dump()),
        second=LevelRule(**body.levels.L2.model_dump()),
        business_hours=body.business_hours,
        contract_required=body.contract_required,
        attestations=tuple(body.attestations),
    )
    expected = expected_revision(if_match)
    kept = await studio.approval_templates.put(actor, classification, wanted, expected)
    response.headers["ETag"] = tag(kept.revision)
    return kept.to_json()


@router.delete("/{classification}")
async def remove(
    studio: TheStudio,
    actor: TheActor,
    response: Response,
    classification: Classification,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Let the built-in template hold again; admins only."""
    expected = expected_revision(if_match)
    kept = await studio.approval_templates.remove(actor, classification, expected)
    response.headers["ETag"] = tag(kept.revision)
    return kept.to_json()
